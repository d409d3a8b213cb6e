// The about page's island: a frame there and back through both generators, loaded when it comes into sight.

import type { StyleModel } from "./_style_protocol.ts";
import { useWhenSeen } from "./_when_seen.ts";

/** What the about page gives the figure. */
export interface CycleFigureProps {
  /** Style models with both directions; may be empty. */
  models: StyleModel[];
}

/** A scene of the one film, redrawn as the other, redrawn back, and the true answer. */
export default function CycleFigure({ models }: CycleFigureProps) {
  const { place, Part } = useWhenSeen<CycleFigureProps>(
    models.length > 0
      ? () => import("./_cycle_figure.tsx").then(({ CycleView }) => CycleView)
      : undefined,
  );
  return (
    <figure class="figure" ref={place}>
      {Part
        ? <Part models={models} />
        : models.length > 0
        ? <div class="figure__awaited" />
        : <p class="notice">There is no model with both directions on this server to show it.</p>}
    </figure>
  );
}
