// Start from a picture of one's own: the poster that is nearest to it is looked for here, on the visitor's device.

import { useEffect, useMemo } from "preact/hooks";
import { formatLatent } from "../models/poster/latent_text.ts";
import { PictureCanvas } from "./_picture_canvas.tsx";
import { PosterLatent, type SearchShown } from "./_poster_latent.ts";
import type { ToolProps } from "./_poster_studio.ts";

/** Choose a picture, watch the search, and have its poster at the top of the page. */
export default function OwnPicture({ studio }: ToolProps) {
  const { session } = studio, { model, engine } = session.options.value;
  const latent = useMemo(() =>
    new PosterLatent({
      createWorker: () =>
        new Worker(new URL("./_poster_latent_worker.ts", import.meta.url), { type: "module" }),
      choice: () => ({ model, engine }),
      onFound: ({ latent, genres }) => {
        const { seed } = session.options.value.recipe;
        const recipe = { seed, latent: formatLatent(latent), genres, truncation: 1, steps: [] };
        studio.show({ recipe });
      },
    }), [model, engine]);
  useEffect(() => () => latent.cancel(), [latent]);
  const search = latent.search.value, problem = latent.problem.value;
  return (
    <div class="stack">
      <p class="small soft">
        The model looks for the poster that is nearest to your picture. The picture stays on this
        device.
      </p>
      {search
        ? <Search search={search} onCancel={() => latent.cancel()} />
        : (
          <label class="button" for="poster-own-picture">
            Choose a picture
            <input
              id="poster-own-picture"
              class="visually-hidden"
              type="file"
              accept="image/*"
              onChange={({ currentTarget }) => {
                const file = currentTarget.files?.[0];
                // The same file may be chosen again.
                currentTarget.value = "";
                if (file) latent.find(file);
              }}
            />
          </label>
        )}
      {problem && <p role="alert" class="notice notice--bad">{problem}</p>}
    </div>
  );
}

function Search({ search, onCancel }: { search: SearchShown; onCancel: () => void }) {
  const { step, steps, left, picture, target } = search;
  const nearer = `${Math.round(100 * (1 - left))} % nearer than the first guess`;
  return (
    <div class="stack">
      {picture && target && (
        <div class="row">
          <PictureCanvas picture={target} label="Your picture" class="poster-own" />
          <PictureCanvas picture={picture} label="The nearest poster so far" class="poster-own" />
        </div>
      )}
      <progress max={steps} value={step} aria-label="The search" />
      <p class="small soft" role="status">
        {step === 0 ? "The model is loaded …" : nearer}
      </p>
      <div class="row">
        <button type="button" class="button" onClick={onCancel}>Cancel</button>
      </div>
    </div>
  );
}
