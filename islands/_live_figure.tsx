// A figure of the about page whose live part is loaded when it comes into sight.

import type { ComponentType } from "preact";
import { useWhenSeen } from "./_when_seen.ts";

/** The figure; where there are no models to show it with, it says `missing`. */
export function LiveFigure<Model>({ models, load, missing }: {
  models: Model[];
  load: () => Promise<ComponentType<{ models: Model[] }>>;
  missing: string;
}) {
  const isShown = models.length > 0;
  const { place, Part } = useWhenSeen(isShown ? load : undefined);
  return (
    <figure class="figure" ref={place}>
      {Part
        ? <Part models={models} />
        : isShown
        ? <div class="figure__awaited" />
        : <p class="notice">{missing}</p>}
    </figure>
  );
}
