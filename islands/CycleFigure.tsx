// The about page's island: a frame there and back through both generators, loaded when it comes into sight.

import { LiveFigure } from "./_live_figure.tsx";
import type { StyleModel } from "./_style_protocol.ts";

/** What the about page gives the figure. */
export interface CycleFigureProps {
  /** Style models with both directions; may be empty. */
  models: StyleModel[];
}

/** A scene of the one film, redrawn as the other, redrawn back, and the true answer. */
export default function CycleFigure({ models }: CycleFigureProps) {
  return (
    <LiveFigure
      models={models}
      load={async () => (await import("./_cycle_figure.tsx")).CycleView}
      missing="There is no model with both directions on this server to show it."
    />
  );
}
