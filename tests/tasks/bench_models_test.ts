// The bench's cases of exported models: one for each, which draws and leaves nothing behind.

import assert from "node:assert/strict";
import * as tf from "../../gpu/tf.ts";
import { inUnit } from "../../tasks/_bench_case.ts";
import { modelCases } from "../../tasks/_bench_models.ts";
import { listModels } from "../../tasks/_model_files.ts";
import { testOnSimd } from "../_on_simd.ts";

testOnSimd(
  "modelCases has a case for each exported model, which can be run and dropped",
  async () => {
    const cases = await modelCases(), ids = await listModels();
    assert.deepEqual(cases.map(({ name }) => name.replace(/^.*, /, "")), ids);
    for (const each of cases) {
      const { run, dispose } = await each.prepare();
      const held = tf.memory().numTensors;
      await run();
      assert.equal(tf.memory().numTensors, held, `${each.name} leaves tensors behind`);
      dispose();
      assert.equal(inUnit(each, 0.25), 250);
    }
  },
);
