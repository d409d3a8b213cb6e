// The about page's island: a walk from one poster to another, loaded when it comes into sight.

import { LiveFigure } from "./_live_figure.tsx";
import type { PosterModel } from "./_poster_protocol.ts";

/** What the about page gives the figure. */
export interface LatentWalkProps {
  /** The exported poster models; may be empty. */
  models: PosterModel[];
}

/** Two posters, a slider for the way between them, and a choice of genre. */
export default function LatentWalk({ models }: LatentWalkProps) {
  return (
    <LiveFigure
      models={models}
      load={async () => (await import("./_latent_walk.tsx")).WalkView}
      missing="There is no poster model on this server to show it."
    />
  );
}
