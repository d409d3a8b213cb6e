// Eigenvalues and eigenvectors of small symmetric matrices in 64 bits: of covariances, and of what a layer does to directions.

/** A square matrix, `size * size` numbers row by row. */
export interface SquareMatrix {
  size: number;
  values: Float64Array;
}

/** A symmetric matrix taken apart: the sum over i of `eigenvalues[i]` times row i of `vectors` times itself, as a column. */
export interface SymmetricEigen {
  /** In no order. */
  eigenvalues: Float64Array;
  /** Of length 1, one in each row. */
  vectors: SquareMatrix;
}

/** Each sweep squares what is left beside the diagonal once that is small; matrices of 1,000 rows take about 10. */
const MOST_SWEEPS = 60;
/** What may be left beside the diagonal, as a share of the whole matrix: the rounding of 64 bits. */
const NOTHING = 1e-15;

/**
 * The cyclic Jacobi method (Golub and Van Loan 2013, section 8.5): planes are turned one after another so that the entry beside
 * the diagonal becomes 0, until all are. Its time grows with the cube of the size, about half a second for 256 rows.
 *
 * @param matrix symmetric; left as it is
 * @throws {RangeError} if an entry is not finite
 */
export function symmetricEigen(matrix: SquareMatrix): SymmetricEigen {
  const { size } = matrix, a = matrix.values.slice(), vectors = identity(size);
  const whole = Math.sqrt(squares(a));
  if (!Number.isFinite(whole)) {
    throw new RangeError("Cannot find eigenvalues: an entry is not finite, expected numbers");
  }
  for (let sweep = 0; sweep < MOST_SWEEPS && besideDiagonal(a, size) > NOTHING * whole; sweep++) {
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) turnPlane(a, vectors, size, p, q);
    }
  }
  const eigenvalues = Float64Array.from({ length: size }, (_, i) => a[i * size + i]);
  return { eigenvalues, vectors: { size, values: vectors } };
}

/**
 * The symmetric square root of a symmetric matrix without eigenvalues below 0; those that rounding put there count as 0.
 *
 * @throws {RangeError} if an entry is not finite
 */
export function squareRoot(matrix: SquareMatrix): SquareMatrix {
  const { size } = matrix, { eigenvalues, vectors } = symmetricEigen(matrix);
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const root = Math.sqrt(Math.max(0, eigenvalues[i]));
    const vector = vectors.values.subarray(i * size, (i + 1) * size);
    for (let row = 0; row < size; row++) {
      const factor = root * vector[row];
      for (let column = 0; column < size; column++) {
        values[row * size + column] += factor * vector[column];
      }
    }
  }
  return { size, values };
}

/** Turns rows and columns p and q so that their common entry becomes 0 (Golub and Van Loan, algorithm 8.5.1). */
function turnPlane(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number) {
  const common = a[p * size + q];
  if (common === 0) return;
  const tau = (a[q * size + q] - a[p * size + p]) / (2 * common);
  // The smaller of the two angles.
  const tangent = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
  const cosine = 1 / Math.hypot(1, tangent), sine = tangent * cosine;
  const [pp, qq] = [a[p * size + p], a[q * size + q]];
  turnRows(a, size, p, q, cosine, sine);
  turnRows(vectors, size, p, q, cosine, sine);
  // Columns equal rows; what both turns meet is known in closed form.
  for (let k = 0; k < size; k++) {
    a[k * size + p] = a[p * size + k];
    a[k * size + q] = a[q * size + k];
  }
  a[p * size + p] = pp - tangent * common;
  a[q * size + q] = qq + tangent * common;
  a[p * size + q] = a[q * size + p] = 0;
}

function turnRows(
  values: Float64Array,
  size: number,
  p: number,
  q: number,
  cosine: number,
  sine: number,
): void {
  for (let k = 0, i = p * size, j = q * size; k < size; k++, i++, j++) {
    const x = values[i], y = values[j];
    values[i] = cosine * x - sine * y;
    values[j] = sine * x + cosine * y;
  }
}

function identity(size: number): Float64Array {
  return Float64Array.from(
    { length: size * size },
    (_, i) => i % (size + 1) === 0 ? 1 : 0,
  );
}

function squares(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

function besideDiagonal(a: Float64Array, size: number): number {
  let sum = 0;
  for (let row = 0; row < size; row++) {
    for (let column = row + 1; column < size; column++) sum += 2 * a[row * size + column] ** 2;
  }
  return Math.sqrt(sum);
}
