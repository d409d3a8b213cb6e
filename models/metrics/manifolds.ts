// Precision, recall, density and coverage: how far the regions in which two sets of features lie overlap.

import { assertMatrix, type Matrix } from "./matrix.ts";
import { eachSquaredDistance, nearestRows } from "./nearest.ts";

/** How real and generated pictures overlap. */
export interface Manifolds {
  /** Share of the samples that lie where real pictures do, 0 to 1: quality. */
  precision: number;
  /** Share of the real pictures that lie where samples do, 0 to 1: variety. */
  recall: number;
  /** In how many real pictures' neighbourhoods a sample lies, over what is expected; about 1 for one source, and may be above. */
  density: number;
  /** Share of the real pictures with a sample in their neighbourhood, 0 to 1. */
  coverage: number;
}

/** Neighbours that bound a neighbourhood, as published. */
export const PRECISION_NEIGHBOURS = 3, COVERAGE_NEIGHBOURS = 5;

/**
 * Precision and recall with k = 3 (Kynkäänniemi et al. 2019, equations 1 to 3), density and coverage with k = 5 (Naeem et al. 2020,
 * equations 4 and 5). A neighbourhood is the ball around a row whose radius is the distance to its k-th nearest row of the same
 * set, itself not counted; its border belongs to it. All depend on the numbers of rows: compare only figures of as many.
 *
 * @throws {RangeError} if the sets' vectors differ in length, or a set has fewer than six
 */
export function compareManifolds(real: Matrix, samples: Matrix): Manifolds {
  assertMatrix(real, COVERAGE_NEIGHBOURS + 1, "features of real pictures");
  assertMatrix(samples, COVERAGE_NEIGHBOURS + 1, "features of samples");
  const realRadii = squaredRadii(real), sampleRadii = squaredRadii(samples).precision;
  const isPrecise = new Uint8Array(samples.rows), isRecalled = new Uint8Array(real.rows);
  const isCovered = new Uint8Array(real.rows);
  let inside = 0;
  eachSquaredDistance(real, samples, (squares, i, fromB, toB) => {
    const precision = realRadii.precision[i], coverage = realRadii.coverage[i];
    for (let j = fromB; j < toB; j++) {
      const square = squares[j - fromB];
      if (square <= precision) isPrecise[j] = 1;
      if (square <= sampleRadii[j]) isRecalled[i] = 1;
      if (square > coverage) continue;
      isCovered[i] = 1;
      inside++;
    }
  });
  return {
    precision: share(isPrecise),
    recall: share(isRecalled),
    density: inside / (COVERAGE_NEIGHBOURS * samples.rows),
    coverage: share(isCovered),
  };
}

/** Squared radii of each row's neighbourhoods. */
function squaredRadii(set: Matrix): { precision: Float64Array; coverage: Float64Array } {
  const { count, squares } = nearestRows(set, set, COVERAGE_NEIGHBOURS, true);
  const radii = (neighbours: number) =>
    Float64Array.from({ length: set.rows }, (_, i) => squares[i * count + neighbours - 1]);
  return { precision: radii(PRECISION_NEIGHBOURS), coverage: radii(COVERAGE_NEIGHBOURS) };
}

function share(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
}
