// Shape checks and their wording.

import assert from "node:assert/strict";
import { assertShape, sizeOf } from "../../gpu/shape.ts";

Deno.test("assertShape accepts the same sizes, and any size where the pattern has null", () => {
  assertShape({ shape: [2, 64, 48, 3] }, [2, 64, 48, 3], "batch");
  assertShape({ shape: [2, 64, 48, 3] }, [null, null, null, 3], "batch");
  assertShape({ shape: [0] }, [null], "an empty list");
  assertShape({ shape: [] }, [], "scalar");
});

Deno.test("assertShape refuses another size or rank, naming tensor, found and expected", () => {
  const wrong: [shape: number[], found: string][] = [
    [[2, 64, 48, 4], "[2, 64, 48, 4]"],
    [[64, 48, 3], "[64, 48, 3]"],
    [[2, 64, 48, 3, 1], "[2, 64, 48, 3, 1]"],
    [[], "[]"],
  ];
  for (const [shape, found] of wrong) {
    assert.throws(() => assertShape({ shape }, [null, 64, null, 3], "batch A"), {
      name: "TypeError",
      message: `Cannot use batch A: its shape is ${found}, expected [any, 64, any, 3]`,
    });
  }
});

Deno.test("sizeOf multiplies the sizes", () => {
  assert.equal(sizeOf([2, 3, 4]), 24);
  assert.equal(sizeOf([2, 0, 4]), 0);
  assert.equal(sizeOf([]), 1);
});
