// Figures for the middle of a training, and the kernel distance within genres: what collapse and mixed-up genres do to them.

import assert from "node:assert/strict";
import {
  genreKernelDistance,
  LEAST_OF_GENRE,
} from "../../../models/metrics/genre_kernel_distance.ts";
import { wholeKernelDistance } from "../../../models/metrics/kernel_distance.ts";
import type { Matrix } from "../../../models/metrics/matrix.ts";
import { quickFigures } from "../../../models/metrics/quick_figures.ts";
import { assertClose } from "../../_assert.ts";
import { clustered, pick } from "./_pictures.ts";

Deno.test("quickFigures rank a collapse below dropped modes below the source itself", () => {
  const real = clustered(200, 12, "real");
  const same = quickFigures(real, clustered(200, 12, "samples"));
  const dropped = quickFigures(real, clustered(200, 12, "samples", { centres: 1 }));
  const collapsed = quickFigures(
    real,
    pick(real, Uint8Array.from({ length: 200 }, (_, i) => i % 2)),
  );
  assertClose(same.diversity, 1, { absolute: 0.05 });
  assert.ok(same.diversity > dropped.diversity && dropped.diversity > collapsed.diversity);
  assert.ok(
    same.kernelDistance < dropped.kernelDistance &&
      dropped.kernelDistance < collapsed.kernelDistance,
  );
  assert.equal(quickFigures(real, pick(real, new Uint8Array(200))).diversity, 0);
  assert.deepEqual(quickFigures(real, clustered(200, 12, "samples")), same);
  assert.throws(() => quickFigures(real, pick(real, [1])), /found 1 row, expected at least 2/);
});

/** Rows of two genres, each around a centre of its own; and what each row is said to be. */
function genres(name: string, isSwapped: boolean): { features: Matrix; labels: number[][] } {
  const features = clustered(120, 6, name, { centres: 1 });
  const labels = Array.from({ length: 120 }, (_, row) => {
    const own = Number(row % 2 === 0);
    if (own) { for (let k = 0; k < 6; k++) features.values[row * 6 + k] += 2; }
    // The third genre has too few, the fourth none.
    return [
      own ^ Number(isSwapped),
      1 - (own ^ Number(isSwapped)),
      Number(row < LEAST_OF_GENRE - 1),
      0,
    ];
  });
  return { features, labels };
}

Deno.test("genreKernelDistance notices genres that are mixed up, where the whole sets are alike", () => {
  const real = genres("real", false);
  const right = genreKernelDistance(real, genres("samples", false));
  const swapped = genreKernelDistance(real, genres("samples", true));
  assert.deepEqual(right.genres.map(({ genre, real, samples }) => [genre, real, samples]), [
    [0, 60, 60],
    [1, 60, 60],
  ]);
  assert.equal(right.all, 4);
  const [a, b] = [right.mean ?? NaN, swapped.mean ?? NaN];
  const whole = Math.abs(wholeKernelDistance(real.features, genres("samples", true).features));
  assert.ok(b > 20 * Math.abs(a) && b > 20 * whole, `${a}, ${b}, ${whole}`);
});

Deno.test("genreKernelDistance without a genre of enough pictures has no mean", () => {
  const { features, labels } = genres("real", false);
  const few = { features: pick(features, [0, 1, 2]), labels: labels.slice(0, 3) };
  assert.deepEqual(genreKernelDistance(few, few), { mean: undefined, genres: [], all: 4 });
});
