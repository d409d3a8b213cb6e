// Sliders for a generator's strongest directions: what its first layer makes most of, or its styles do, found in its weights alone.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { latentFrom } from "../models/poster/breeding.ts";
import { moveAlong } from "../models/poster/latent_edit.ts";
import { formatLatent } from "../models/poster/latent_text.ts";
import { styleLength } from "../models/poster/style_layers.ts";
import { PosterLatent } from "./_poster_latent.ts";
import type { PosterModel } from "./_poster_protocol.ts";
import { DIRECTION_RANGE, MAX_DIRECTIONS, moveOf, type Recipe } from "./_poster_recipe.ts";
import type { PosterSession } from "./_poster_session.ts";
import type { ToolProps } from "./_poster_studio.ts";

const MIDDLE: readonly number[] = new Array(MAX_DIRECTIONS).fill(0);

/** Directions of the latent vector and, where the model draws in styles, of these. */
export default function PosterDirections({ studio: { session } }: ToolProps) {
  const count = Math.min(MAX_DIRECTIONS, styleLength(session.options.value.model.manifest.config));
  if (count === 0) return <LatentDirections session={session} />;
  return (
    <>
      <h3 class="poster-heading">Of its styles</h3>
      <StyleDirections session={session} count={count} />
      <h3 class="poster-heading">Of its latent vector</h3>
      <LatentDirections session={session} />
    </>
  );
}

/** The recipe says how far the poster is moved; the worker that draws it knows the directions. */
function StyleDirections({ session, count }: { session: PosterSession; count: number }) {
  const { recipe } = session.options.value;
  const amounts = MIDDLE.slice(0, count).map((zero, i) => recipe.along?.[i] ?? zero);
  return (
    <Sliders
      ids="poster-style-direction"
      label="Style direction"
      amounts={amounts}
      onMove={(next) => session.open({ recipe: moveOf(recipe, next) })}
    />
  );
}

/** A slider for each direction; another poster has them all in the middle. */
function LatentDirections({ session }: { session: PosterSession }) {
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
    finder.findDirections(MAX_DIRECTIONS);
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
    <Sliders
      ids="poster-direction"
      label="Direction"
      amounts={amounts.slice(0, directions.vectors.length)}
      onMove={move}
    />
  );
}

function Sliders({ ids, label, amounts, onMove }: {
  ids: string;
  label: string;
  amounts: readonly number[];
  onMove: (amounts: readonly number[]) => void;
}) {
  return (
    <div class="stack">
      <div class="poster-genres">
        {amounts.map((amount, i) => (
          <Slider
            key={i}
            id={`${ids}-${i + 1}`}
            label={`${label} ${i + 1}`}
            value={amount}
            onMove={(x) => onMove(amounts.with(i, x))}
          />
        ))}
      </div>
      <div class="row">
        <button
          type="button"
          class="button"
          onClick={() => onMove(amounts.map(() => 0))}
        >
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

function Slider({ id, label, value, onMove }: {
  id: string;
  label: string;
  value: number;
  onMove: (value: number) => void;
}) {
  return (
    <div class="fader" data-lit={value !== 0}>
      <label for={id}>{label}</label>
      <span class="fader__value" aria-hidden="true">{value.toFixed(1)}</span>
      <input
        id={id}
        type="range"
        min={-DIRECTION_RANGE}
        max={DIRECTION_RANGE}
        step="0.1"
        value={value}
        aria-valuetext={value.toFixed(1)}
        onInput={({ currentTarget }) => onMove(currentTarget.valueAsNumber)}
      />
    </div>
  );
}
