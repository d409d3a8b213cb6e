// The about page's island: a walk from one poster to another, loaded when it comes into sight.

import type { PosterModel } from "./_poster_protocol.ts";
import { useWhenSeen } from "./_when_seen.ts";

/** What the about page gives the figure. */
export interface LatentWalkProps {
  /** The exported poster models; may be empty. */
  models: PosterModel[];
}

/** Two posters, a slider for the way between them, and a choice of genre. */
export default function LatentWalk({ models }: LatentWalkProps) {
  const { place, Part } = useWhenSeen<LatentWalkProps>(
    models.length > 0
      ? () => import("./_latent_walk.tsx").then(({ WalkView }) => WalkView)
      : undefined,
  );
  return (
    <figure class="figure" ref={place}>
      {Part
        ? <Part models={models} />
        : models.length > 0
        ? <div class="figure__awaited" />
        : <p class="notice">There is no poster model on this server to show it.</p>}
    </figure>
  );
}
