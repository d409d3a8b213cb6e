// Assertions on numbers: two arrays are close, element by element.

import { AssertionError } from "node:assert/strict";

/** How far an element may be from the expected one; an element passes if it meets either bound. */
export interface Tolerance {
  /** The largest allowed |actual - expected|; 0 unless given. */
  absolute?: number;
  /** The largest allowed |actual - expected| / |expected|; 0 unless given. */
  relative?: number;
}

/** Where two arrays differ most. */
export interface WorstDifference {
  /** The element's index in the flattened arrays, -1 for empty ones. */
  index: number;
  actual: number;
  expected: number;
  /** |actual - expected|; infinite if one is NaN or they are different infinities. */
  difference: number;
}

/**
 * Asserts that every element of `actual` is within the tolerance of `expected`, and returns the worst absolute difference.
 *
 * Two NaNs, or the same infinity twice, are equal. A plain number counts as an array of one.
 *
 * @throws {AssertionError} naming the worst index and its two values, or the two lengths if they differ.
 */
export function assertClose(
  actual: ArrayLike<number> | number,
  expected: ArrayLike<number> | number,
  tolerance: Tolerance,
  what = "values",
): number {
  const left = typeof actual === "number" ? [actual] : actual;
  const right = typeof expected === "number" ? [expected] : expected;
  if (left.length !== right.length) {
    fail(`Cannot compare ${what}: ${left.length} elements; expected ${right.length}`, left, right);
  }
  const { absolute = 0, relative = 0 } = tolerance;
  const allowed = (wanted: number) =>
    Number.isFinite(wanted) ? Math.max(absolute, relative * Math.abs(wanted)) : 0;
  const excess = (d: WorstDifference) => d.difference - allowed(d.expected);
  const worst = worstDifference(left, right, excess);
  if (worst.index >= 0 && !(excess(worst) <= 0)) {
    fail(
      `${what} differ at index ${worst.index} of ${left.length}: ${worst.actual}; expected ` +
        `${worst.expected} within ${allowed(worst.expected)}; difference ${worst.difference}`,
      worst.actual,
      worst.expected,
    );
  }
  return worstDifference(left, right).difference;
}

/**
 * The element at which two arrays of one length differ most.
 *
 * @param rank what "most" means; the absolute difference unless given.
 */
export function worstDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  rank: (element: WorstDifference) => number = (element) => element.difference,
): WorstDifference {
  let worst: WorstDifference = { index: -1, actual: 0, expected: 0, difference: 0 };
  for (let index = 0; index < expected.length; index++) {
    const element = compare(index, actual[index], expected[index]);
    if (worst.index < 0 || rank(element) > rank(worst)) worst = element;
  }
  return worst;
}

function compare(index: number, actual: number, expected: number): WorstDifference {
  if (Object.is(actual, expected) || actual === expected) {
    return { index, actual, expected, difference: 0 };
  }
  const difference = Math.abs(actual - expected);
  return { index, actual, expected, difference: Number.isNaN(difference) ? Infinity : difference };
}

function fail(message: string, actual: unknown, expected: unknown): never {
  throw new AssertionError({ message, actual, expected });
}
