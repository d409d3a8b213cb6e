// Makes every direction of a set of features equally important: of those of a random network a few, brightness first, would otherwise
// decide everything.

import { assertMatrix, type Matrix } from "./matrix.ts";

/** Added to each variance, as a share of their mean: directions in which the set hardly differs would count without end. */
const LEAST_VARIANCE = 1e-3;
/** The same where nothing differs at all. */
const TINY = 1e-12;

/**
 * The linear map after which these features have the mean 0 and the covariance 1, but for what is added to the variances: y of
 * L y = x - mean, with the covariance L L' (Cholesky's whitening; Kessy et al. 2018, section 2). 64-bit sums.
 *
 * @throws {RangeError} if there are fewer than two rows
 */
export function whiteningBy(features: Matrix): (others: Matrix) => Matrix {
  assertMatrix(features, 2, "features");
  const mean = meanOf(features), covariance = covarianceOf(features, mean);
  const trace = covariance.reduce((sum, row, i) => sum + row[i], 0);
  const added = Math.max(LEAST_VARIANCE * trace / features.width, TINY);
  covariance.forEach((row, i) => row[i] += added);
  const root = choleskyRoot(covariance);
  return (others) => ({ ...others, values: solveRows(root, others, mean) });
}

function meanOf({ rows, width, values }: Matrix): Float64Array {
  const mean = new Float64Array(width);
  values.forEach((value, at) => mean[at % width] += value / rows);
  return mean;
}

/** The lower triangle of the covariance. */
function covarianceOf({ rows, width, values }: Matrix, mean: Float64Array): Float64Array[] {
  return Array.from(mean, (_, i) =>
    Float64Array.from({ length: i + 1 }, (_, j) => {
      let sum = 0;
      for (let at = 0; at < values.length; at += width) {
        sum += (values[at + i] - mean[i]) * (values[at + j] - mean[j]);
      }
      return sum / rows;
    }));
}

/** The lower triangle L whose product with its transpose is the positive matrix of this lower triangle. */
function choleskyRoot(matrix: readonly Float64Array[]): Float64Array[] {
  const root = matrix.map((row) => row.slice());
  root.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      let rest = row[j];
      for (let k = 0; k < j; k++) rest -= row[k] * root[j][k];
      row[j] = i === j ? Math.sqrt(rest) : rest / root[j][j];
    }
  });
  return root;
}

function solveRows(
  root: readonly Float64Array[],
  { width, values }: Matrix,
  mean: Float64Array,
): Float32Array {
  const solved = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += width) {
    for (let i = 0; i < width; i++) {
      let rest = values[at + i] - mean[i];
      for (let k = 0; k < i; k++) rest -= root[i][k] * solved[at + k];
      solved[at + i] = rest / root[i][i];
    }
  }
  return Float32Array.from(solved);
}
