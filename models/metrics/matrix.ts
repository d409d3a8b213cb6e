// Vectors of one length, one for each picture: what a network says of a set, as the metrics take it.

/** Rows of numbers, one below the other. */
export interface Matrix {
  /** How many vectors. */
  rows: number;
  /** The length of each. */
  width: number;
  /** `rows * width` numbers, row by row. */
  values: Float32Array;
}

/**
 * Checks that a matrix has as many numbers as it says, and enough rows.
 *
 * @param what the name used in the message, such as `"features"`
 * @throws {RangeError} saying what was found and what was expected
 */
export function assertMatrix({ rows, width, values }: Matrix, leastRows: number, what: string) {
  if (values.length !== rows * width || width < 1) {
    throw new RangeError(
      `Cannot use ${what}: found ${values.length} numbers, expected ${rows} rows of ${width}`,
    );
  }
  if (rows < leastRows) {
    throw new RangeError(
      `Cannot use ${what}: found ${rows} row${
        rows === 1 ? "" : "s"
      }, expected at least ${leastRows}`,
    );
  }
}
