// The one form of number that most settings have.

import * as v from "valibot";

/** The schema of a whole number between two bounds, both included. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}
