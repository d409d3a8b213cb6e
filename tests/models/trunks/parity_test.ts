// The trunks give torchvision's features and gradients, on the golden files that PyTorch made of them.

import { strict as assert } from "node:assert";
import { forEachDevice } from "../../_gates.ts";
import { testOnSimd } from "../../_on_simd.ts";
import type { ParityCheck } from "../cyclegan/_parity.ts";
import { trunkChecks } from "./_trunk_parity.ts";

/** The largest difference that passes. */
const LIMIT = 1e-4;

async function assertParity({ measure }: ParityCheck): Promise<void> {
  for (const { what, kind, difference } of await measure()) {
    assert.ok(difference <= LIMIT, `${what}: ${kind} differs by ${difference}; limit ${LIMIT}`);
  }
}

for (const check of trunkChecks) {
  const name =
    `${check.golden} gives torchvision's features and gradients of first and second order`;
  // One of them everywhere: the others are made of the same layers and take a while.
  if (check.golden === "trunk_resnet18") forEachDevice(name, () => assertParity(check));
  else testOnSimd(name, () => assertParity(check));
}
