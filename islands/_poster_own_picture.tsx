// Start from a picture of one's own: the poster that is nearest to it is looked for here, on the visitor's device.

import { useEffect, useMemo } from "preact/hooks";
import { PictureCanvas } from "./_picture_canvas.tsx";
import { type LatentChoice, PosterLatent, type SearchShown } from "./_poster_latent.ts";

/** A poster that was found: its latent vector and the weights of its genres. */
export interface OwnPoster {
  latent: Float32Array;
  genres: readonly number[];
  /** How much of the first guess's distance to the picture is left, 0 to 1. */
  left: number;
}

/** What the page gives it. */
export interface OwnPictureProps {
  choice: LatentChoice;
  onFound(poster: OwnPoster): void;
}

/** Choose a picture, watch the search, and have its poster at the top of the page. */
export function OwnPicture({ choice, onFound }: OwnPictureProps) {
  const { model, engine } = choice;
  const latent = useMemo(() =>
    new PosterLatent({
      createWorker: () =>
        new Worker(new URL("./_poster_latent_worker.ts", import.meta.url), { type: "module" }),
      choice: () => ({ model, engine }),
      onFound,
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
