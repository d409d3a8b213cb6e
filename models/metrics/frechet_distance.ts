// Fréchet distance between two sets of features (FID, Heusel et al. 2017): as if each were a normal distribution.

import { type SquareMatrix, squareRoot, symmetricEigen } from "../../gpu/symmetric_eigen.ts";
import { assertMatrix, type Matrix } from "./matrix.ts";

/** The normal distribution that has a set's mean and covariance. */
interface Moments {
  mean: Float64Array;
  covariance: SquareMatrix;
}

/**
 * FID: |m_a - m_b|^2 + tr(S_a + S_b - 2 (S_a S_b)^(1/2)) of means m and covariances S (Dowson and Landau 1982, equation 4; Heusel
 * et al. 2017, equation 6); covariances with n - 1 below the line. The trace of the root is taken over the symmetric
 * S_a^(1/2) S_b S_a^(1/2), which has the same eigenvalues. 64-bit sums.
 *
 * It is biased: sets of few rows are far from each other even if they are of one source. Compare only distances of as many rows.
 *
 * @throws {RangeError} if the sets' vectors differ in length, or a set has fewer than two
 */
export function frechetDistance(a: Matrix, b: Matrix): number {
  assertMatrix(a, 2, "features of the first set");
  assertMatrix(b, 2, "features of the second set");
  if (a.width !== b.width) {
    throw new RangeError(
      `Cannot compare features: found ${b.width} numbers a row, expected ${a.width}`,
    );
  }
  const [first, second] = [momentsOf(a), momentsOf(b)];
  const apart = first.mean.reduce((sum, mean, i) => sum + (mean - second.mean[i]) ** 2, 0);
  const spread = trace(first.covariance) + trace(second.covariance) -
    2 * traceOfRoot(first.covariance, second.covariance);
  // Rounding may leave a hair below 0 where there is no distance.
  return Math.max(0, apart + spread);
}

function momentsOf({ rows, width, values }: Matrix): Moments {
  const mean = new Float64Array(width), sums = new Float64Array(width * width);
  for (let i = 0; i < values.length; i++) mean[i % width] += values[i] / rows;
  const centred = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) centred[i] = values[row * width + i] - mean[i];
    for (let i = 0; i < width; i++) {
      const value = centred[i];
      for (let j = 0; j <= i; j++) sums[i * width + j] += value * centred[j];
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      sums[j * width + i] = sums[i * width + j] /= rows - 1;
    }
  }
  return { mean, covariance: { size: width, values: sums } };
}

function traceOfRoot(a: SquareMatrix, b: SquareMatrix): number {
  const root = squareRoot(a);
  const { eigenvalues } = symmetricEigen(symmetric(product(product(root, b), root)));
  return eigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

function product(a: SquareMatrix, b: SquareMatrix): SquareMatrix {
  const { size } = a, values = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < size; k++) {
      const factor = a.values[row * size + k];
      for (let column = 0; column < size; column++) {
        values[row * size + column] += factor * b.values[k * size + column];
      }
    }
  }
  return { size, values };
}

/** The mean of a matrix and its transpose: rounding left the two a little apart. */
function symmetric({ size, values }: SquareMatrix): SquareMatrix {
  const mean = values.map((value, i) =>
    (value + values[(i % size) * size + Math.floor(i / size)]) / 2
  );
  return { size, values: mean };
}

function trace({ size, values }: SquareMatrix): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += values[i * size + i];
  return sum;
}
