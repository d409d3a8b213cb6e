// The trunks give torchvision's features and gradients, on the golden files that PyTorch made of them.

import { strict as assert } from "node:assert";
import { TRUNK_NETS, type TrunkNet } from "../../../models/trunks/config.ts";
import { forEachDevice } from "../../_gates.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { measureTrunk } from "./_trunk_parity.ts";

/** The largest difference that passes, relative; the worst that was measured is 8e-6. */
const LIMIT = 1e-4;

async function assertParity(net: TrunkNet): Promise<void> {
  for (const { what, difference } of await measureTrunk(net)) {
    assert.ok(difference <= LIMIT, `${net}, ${what}: differs by ${difference}; limit ${LIMIT}`);
  }
}

const claim = "gives torchvision's features and its gradients of first and second order";

forEachDevice(`resnet18 ${claim}`, () => assertParity("resnet18"));

// The others are made of the same layers and take a while.
for (const net of TRUNK_NETS.filter((other) => other !== "resnet18")) {
  testOnSimd(`${net} ${claim}`, () => assertParity(net));
}
