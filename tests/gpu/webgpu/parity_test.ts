// Every kernel of the `webgpu` device gives what tfjs's operations give on the processor, to the second order.

import { strict as assert } from "node:assert";
import { forTraining } from "../../../gpu/webgpu/for_training.ts";
import { gatedTest, gpuGate } from "../../_gates.ts";
import { measureParity } from "./_parity.ts";

gatedTest(
  await gpuGate(),
  "the kernels of webgpu equal compositions of tfjs's operations",
  async () => {
    const all = await measureParity();
    for (const { given, difference, shaders } of all) {
      assert.ok(difference <= 1e-4, `${given.name}: the difference is ${difference}`);
      const missing = given.shaders.filter((name) => !shaders.has(name));
      assert.deepEqual(missing, [], `${given.name}: these did not run`);
    }
    const ran = new Set(
      all.flatMap(({ shaders }) => [...shaders].map((name) => name.split(" ")[0])),
    );
    const untried = Object.keys(forTraining.kernels).filter((name) =>
      !ran.has(name) && name !== "Mean"
    );
    assert.deepEqual(untried, [], "These kernels have no case");
  },
);
