// Sliders for a generator's strongest directions: what its first layer makes most of, found in its weights alone.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { latentFrom } from "../models/poster/breeding.ts";
import { moveAlong } from "../models/poster/latent_edit.ts";
import { formatLatent } from "../models/poster/latent_text.ts";
import { PosterLatent } from "./_poster_latent.ts";
import type { PosterModel } from "./_poster_protocol.ts";
import type { Recipe } from "./_poster_recipe.ts";
import type { ToolProps } from "./_poster_studio.ts";

/** Sliders on show. */
const COUNT = 6;
/** How far each goes, in standard deviations. */
const RANGE = 3;
const MIDDLE: readonly number[] = new Array(COUNT).fill(0);

/** A slider for each direction; another poster has them all in the middle. */
export default function PosterDirections({ studio: { session } }: ToolProps) {
  const { model, recipe } = session.options.value;
  const finder = useMemo(() => newFinder(model), [model]);
  const [amounts, setAmounts] = useState(MIDDLE);
  /** The poster that the sliders move, and what they have made of it. */
  const base = useRef({ from: recipe, to: originOf(recipe) });
  if (originOf(recipe) !== base.current.to) {
    base.current = { from: recipe, to: originOf(recipe) };
    if (amounts !== MIDDLE) setAmounts(MIDDLE);
  }
  useEffect(() => {
    base.current = { from: recipe, to: originOf(recipe) };
    setAmounts(MIDDLE);
    finder.findDirections(COUNT);
    return () => finder.cancel();
  }, [finder]);
  const directions = finder.directions.value, problem = finder.problem.value;
  if (problem) return <p role="alert" class="notice notice--bad">{problem}</p>;
  if (!directions) return <p class="small soft" role="status">The directions are looked for …</p>;
  const move = (next: readonly number[]) => {
    const { from } = base.current;
    const latent = () =>
      formatLatent(moveAlong(latentFrom(from, model.manifest.config.latent), directions, next));
    const { seed, steps, latent: own } = from;
    const origin = next.every((amount) => amount === 0)
      ? { seed, steps, latent: own }
      : { seed, steps: [], latent: latent() };
    base.current.to = originOf(origin);
    setAmounts(next);
    // Genres and truncation are those of the faders, which may have moved meanwhile.
    session.open({ recipe: { ...recipe, ...origin } });
  };
  return (
    <div class="stack">
      <div class="poster-genres">
        {directions.vectors.map((_, i) => (
          <Slider
            key={i}
            number={i + 1}
            value={amounts[i]}
            onMove={(x) => move(amounts.with(i, x))}
          />
        ))}
      </div>
      <div class="row">
        <button type="button" class="button" onClick={() => move(MIDDLE)}>
          All to the middle
        </button>
      </div>
    </div>
  );
}

/** A text that tells one latent vector from another. */
function originOf({ seed, latent, steps }: Pick<Recipe, "seed" | "latent" | "steps">): string {
  return JSON.stringify([latent ?? seed, steps]);
}

function newFinder(model: PosterModel): PosterLatent {
  return new PosterLatent({
    createWorker: () =>
      new Worker(new URL("./_poster_latent_worker.ts", import.meta.url), { type: "module" }),
    // Weights are read here and nothing is drawn: no GPU has to be started for that.
    choice: () => ({ model, engine: "cpu" }),
    onFound: () => {},
  });
}

function Slider({ number, value, onMove }: {
  number: number;
  value: number;
  onMove: (value: number) => void;
}) {
  const id = `poster-direction-${number}`;
  return (
    <div class="fader" data-lit={value !== 0}>
      <label for={id}>Direction {number}</label>
      <span class="fader__value" aria-hidden="true">{value.toFixed(1)}</span>
      <input
        id={id}
        type="range"
        min={-RANGE}
        max={RANGE}
        step="0.1"
        value={value}
        aria-valuetext={value.toFixed(1)}
        onInput={({ currentTarget }) => onMove(currentTarget.valueAsNumber)}
      />
    </div>
  );
}
