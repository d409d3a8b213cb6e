// Sliders for a generator's strongest directions: what its first layer makes most of, found in its weights alone.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { moveAlong } from "../models/poster/latent_edit.ts";
import { type LatentChoice, PosterLatent } from "./_poster_latent.ts";

/** What the page gives it. */
export interface DirectionsProps {
  choice: LatentChoice;
  /** The latent vector of the poster on show, before it is truncated. */
  latent: Float32Array;
  /** Makes the poster one of this latent vector. */
  onMove(latent: Float32Array): void;
}

/** Sliders on show. */
const COUNT = 6;
/** How far each goes, in standard deviations. */
const RANGE = 3;
/** The latent vector of a poster comes back from a link rounded, but no further away than this. */
const SAME = 1e-3;

/** A slider for each direction; another poster has them all in the middle. */
export function PosterDirections({ choice, latent, onMove }: DirectionsProps) {
  const { model, engine } = choice;
  const finder = useMemo(() => newFinder(choice), [model, engine]);
  useEffect(() => {
    finder.findDirections(COUNT);
    return () => finder.cancel();
  }, [finder]);
  const [amounts, setAmounts] = useState<readonly number[]>(new Array(COUNT).fill(0));
  /** The poster that the sliders move, and where they have moved it. */
  const base = useRef({ from: latent, to: latent });
  if (!isSame(latent, base.current.to)) {
    base.current = { from: latent, to: latent };
    if (amounts.some((amount) => amount !== 0)) setAmounts(amounts.map(() => 0));
  }
  const directions = finder.directions.value, problem = finder.problem.value;
  if (problem) return <p role="alert" class="notice notice--bad">{problem}</p>;
  if (!directions) return <p class="small soft" role="status">The directions are looked for …</p>;
  const move = (next: readonly number[]) => {
    const { from } = base.current, to = moveAlong(from, directions, next);
    base.current = { from, to };
    setAmounts(next);
    onMove(to);
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
        <button type="button" class="button" onClick={() => move(amounts.map(() => 0))}>
          All to the middle
        </button>
      </div>
    </div>
  );
}

function newFinder(choice: LatentChoice): PosterLatent {
  return new PosterLatent({
    createWorker: () =>
      new Worker(new URL("./_poster_latent_worker.ts", import.meta.url), { type: "module" }),
    // Weights are read here and nothing is drawn: no GPU has to be started for that.
    choice: () => ({ ...choice, engine: "cpu" }),
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

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) <= SAME);
}
