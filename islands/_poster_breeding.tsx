// Breeding: two posters and the sheet of their children, each of which may be a parent again.

import { useEffect, useMemo, useState } from "preact/hooks";
import { breed, type Genome, latentFrom } from "../models/poster/breeding.ts";
import { formatLatent } from "../models/poster/latent_text.ts";
import { Fader } from "./_poster_fader.tsx";
import { MAX_SEED, type Recipe } from "./_poster_recipe.ts";
import type { PosterStudio, ToolProps } from "./_poster_studio.ts";
import { Parents } from "./_poster_parents.tsx";
import { PosterTile } from "./_poster_tile.tsx";

/** How much chance children have at first. */
const FIRST_MUTATION = 0.1;

/** Two parents, and their nine children. */
export default function PosterBreeding({ studio }: ToolProps) {
  const { session } = studio;
  const parents = studio.parents.value;
  const { model } = session.options.value;
  const [mutation, setMutation] = useState(FIRST_MUTATION);
  const [litter, setLitter] = useState(() => drawLitter(session.random));
  const [first, second] = parents;
  const children = useMemo(
    () =>
      first && second
        ? childrenOf([first, second], model.manifest.config.latent, { seed: litter, mutation })
        : [],
    [first, second, model, litter, mutation],
  );
  useEffect(
    () => session.show("breeding", [...parents, ...children].map((recipe) => ({ recipe }))),
    [parents, children],
  );
  useEffect(() => () => session.show("breeding", []), [session]);
  return (
    <div class="poster-breeding">
      <div class="stack">
        <Parents studio={studio} />
        {children.length > 0 && (
          <>
            <Fader
              id="poster-mutation"
              label="Mutation"
              hint="How much of each child comes from neither parent."
              value={mutation}
              onMove={setMutation}
            />
            <button
              type="button"
              class="button"
              onClick={() => setLitter(drawLitter(session.random))}
            >
              Other children
            </button>
          </>
        )}
      </div>
      {children.length > 0 && <Sheet studio={studio} litter={children} />}
    </div>
  );
}

function Sheet({ studio, litter }: { studio: PosterStudio; litter: readonly Recipe[] }) {
  return (
    <div class="stack">
      <ul class="poster-tiles poster-sheet">
        {litter.map((recipe, i) => <PosterTile key={i} studio={studio} shot={{ recipe }} />)}
      </ul>
      <p class="small soft">
        From left to right they take after the second parent more. The top row blends both, the
        bottom row takes each trait whole from one or the other.
      </p>
    </div>
  );
}

/** The number of a sheet of children. @param random draws from [0, 1) */
function drawLitter(random: () => number): number {
  return Math.floor(random() * (MAX_SEED + 1));
}

/** The children as recipes: their numbers tell them apart, their latents are what they are drawn from. */
function childrenOf(
  parents: readonly [Recipe, Recipe],
  length: number,
  litter: { seed: number; mutation: number },
): Recipe[] {
  const genomeOf = (recipe: Recipe): Genome => ({
    latent: latentFrom(recipe, length),
    ...{ genres: recipe.genres, truncation: recipe.truncation },
  });
  const children = breed([genomeOf(parents[0]), genomeOf(parents[1])], litter);
  return children.map(({ latent, genres, truncation }, i) => ({
    ...{ seed: (litter.seed % 100_000) * 10 + i + 1, latent: formatLatent(latent) },
    ...{ genres, truncation, steps: [] },
  }));
}
