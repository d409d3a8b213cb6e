// CycleGAN's networks, penalty and training step give PyTorch's numbers, on the golden files of tests/golden/.

import { strict as assert } from "node:assert";
import { forEachDevice } from "../../_gates.ts";
import { networkChecks } from "./_network_parity.ts";
import { PARITY_LIMITS } from "./_parity.ts";
import { trainingChecks } from "./_training_parity.ts";

for (const { golden, measure } of [...networkChecks, ...trainingChecks]) {
  forEachDevice(`${golden} gives PyTorch's values and gradients`, async () => {
    for (const { what, kind, difference } of await measure()) {
      const limit = PARITY_LIMITS[kind];
      assert.ok(difference <= limit, `${what}: ${kind} differs by ${difference}; limit ${limit}`);
    }
  });
}
