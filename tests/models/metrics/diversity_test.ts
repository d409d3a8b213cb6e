// Diversity: distances worked out by hand.

import assert from "node:assert/strict";
import { diversity } from "../../../models/metrics/diversity.ts";
import { assertClose } from "../../_assert.ts";

// A right triangle of sides 3, 4 and 5, and a point on its first corner.
const features = { rows: 4, width: 2, values: Float32Array.from([0, 0, 3, 0, 0, 4, 0, 0]) };

Deno.test("diversity is the mean over groups of the mean distance of a group's pairs", () => {
  assertClose(diversity(features, [[0, 1, 2]]).mean ?? NaN, (3 + 4 + 5) / 3, { absolute: 1e-12 });
  const { mean, groups } = diversity(features, [[0, 1, 2], [2, 3], [0, 3], [1], []]);
  // Groups of one and of none say nothing, and a row may be in several.
  assertClose(mean ?? NaN, (4 + 4 + 0) / 3, { absolute: 1e-12 });
  assert.equal(groups, 3);
});

Deno.test("diversity of no pair is undefined, and a row that is not there is refused", () => {
  assert.deepEqual(diversity(features, [[2], []]), { mean: undefined, groups: 0 });
  assert.throws(() => diversity(features, [[0, 4]]), /found row 4, expected 0 to 3/);
  assert.throws(
    () => diversity({ ...features, width: 3 }, []),
    /found 8 numbers, expected 4 rows of 3/,
  );
});
