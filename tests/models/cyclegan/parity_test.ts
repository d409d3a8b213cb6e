// The CycleGAN networks give PyTorch's outputs and gradients, on the golden files of tests/golden/.

import { strict as assert } from "node:assert";
import { forEachDevice } from "../../_gates.ts";
import { PARITY_LIMITS, parityChecks } from "./_parity.ts";

for (const [golden, measure] of parityChecks) {
  forEachDevice(`${golden} gives PyTorch's values and gradients`, async () => {
    for (const { what, kind, difference } of await measure()) {
      const limit = PARITY_LIMITS[kind];
      assert.ok(difference <= limit, `${what}: ${kind} differs by ${difference}; limit ${limit}`);
    }
  });
}
