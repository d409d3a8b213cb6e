// Tests of the cpu device alone.

import { strict as assert } from "node:assert";
import { startDevice } from "../gpu/device.ts";
import * as tf from "../gpu/tf.ts";

/**
 * A test on the CPU device, started before it and disposed after it.
 *
 * It must leave as many tensors alive as it found.
 */
export function testOnCpu(name: string, run: () => void | Promise<void>): void {
  Deno.test(name, async () => {
    const device = await startDevice("cpu");
    try {
      const before = tf.memory().numTensors;
      await run();
      const leaked = tf.memory().numTensors - before;
      assert.equal(leaked, 0, `The test left ${leaked} tensors alive, expected 0`);
    } finally {
      device.dispose();
    }
  });
}
