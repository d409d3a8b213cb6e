// Mixing: the styles of one poster in the first layers, of another in the rest, as a model that draws in styles can.

import { useEffect, useMemo, useState } from "preact/hooks";
import { countLayers } from "../models/poster/style_layers.ts";
import { boundLayer } from "./_poster_link.ts";
import { Parents } from "./_poster_parents.tsx";
import { mixOf, type Recipe } from "./_poster_recipe.ts";
import type { PosterStudio, ToolProps } from "./_poster_studio.ts";
import { PosterTile } from "./_poster_tile.tsx";

/** Two parents, and every mix of the two; or why there is none. */
export default function PosterMixing({ studio }: ToolProps) {
  const { manifest } = studio.session.options.value.model;
  const layers = countLayers(manifest.config);
  if (layers > 0) return <Mixer studio={studio} layers={layers} />;
  return (
    <p>
      “{manifest.name}” does not draw in styles, so its posters cannot be mixed: choose a model of
      StyleGAN2 for that.
    </p>
  );
}

function Mixer({ studio, layers }: { studio: PosterStudio; layers: number }) {
  const { session } = studio;
  const parents = studio.parents.value;
  const [first, second] = parents;
  const [layer, setLayer] = useState(() => Math.ceil(layers / 2));
  // The model may have been changed for one of fewer layers.
  const from = boundLayer(layer, layers);
  const mixes = useMemo(
    () =>
      first && second
        ? Array.from({ length: layers - 1 }, (_, i) => mixOf(first, second, i + 1))
        : [],
    [first, second, layers],
  );
  useEffect(
    () => session.show("mixing", [...parents, ...mixes].map((recipe) => ({ recipe }))),
    [parents, mixes],
  );
  useEffect(() => () => session.show("mixing", []), [session]);
  return (
    <>
      <div class="poster-mixing">
        <div class="stack">
          <Parents studio={studio} />
          {mixes.length > 0 && <LayerSlider from={from} layers={layers} onMove={setLayer} />}
        </div>
        {mixes.length > 0 && (
          <ul class="poster-tiles poster-mixing__chosen" aria-label="The chosen mix">
            <PosterTile
              studio={studio}
              shot={{ recipe: mixes[from - 1] }}
              caption={captionOf(from, layers)}
            />
          </ul>
        )}
      </div>
      {mixes.length > 0 && <Strip studio={studio} mixes={mixes} layers={layers} />}
    </>
  );
}

function LayerSlider(
  { from, layers, onMove }: { from: number; layers: number; onMove: (layer: number) => void },
) {
  const caption = captionOf(from, layers);
  return (
    <div class="fader" data-lit="true">
      <label for="poster-layer">Where the second begins</label>
      <span class="fader__value" aria-hidden="true">{from}</span>
      <input
        id="poster-layer"
        type="range"
        min="1"
        max={layers - 1}
        step="1"
        value={from}
        aria-valuetext={caption}
        aria-describedby="poster-layer-hint"
        onInput={({ currentTarget }) => onMove(currentTarget.valueAsNumber)}
      />
      <p id="poster-layer-hint" class="small soft fader__hint">
        Low: the first gives the rough layout alone. High: the second gives its colours alone.
      </p>
    </div>
  );
}

function Strip(
  { studio, mixes, layers }: { studio: PosterStudio; mixes: readonly Recipe[]; layers: number },
) {
  return (
    <ul class="poster-tiles" aria-label="All mixes">
      {mixes.map((recipe, i) => (
        <PosterTile
          key={i}
          studio={studio}
          shot={{ recipe }}
          caption={captionOf(i + 1, layers)}
        />
      ))}
    </ul>
  );
}

/**
 * What the second poster gives from a layer on, in words. Layers of small grids make the layout, those of middle ones shapes, those of
 * large ones colours (Karras et al. 2019, section 3.1, there of 4 to 8, 16 to 32 and more pixels).
 */
function captionOf(from: number, layers: number): string {
  const third = Math.floor(3 * from / layers);
  const given =
    ["all but the roughest layout", "its shapes and colours", "its colours alone"][third];
  return `From layer ${from}: ${given}`;
}
