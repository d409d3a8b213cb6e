// The networks as data: limits of their sizes, and what follows from them.

import assert from "node:assert/strict";
import * as v from "valibot";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree } from "../../../gpu/tree.ts";
import {
  discriminatorSchema,
  generatorSchema,
  type PatchConfig,
  smallestSide,
} from "../../../models/cyclegan/config.ts";
import { applyDiscriminator, initDiscriminator } from "../../../models/cyclegan/discriminator.ts";
import { TRUNK_NETS } from "../../../models/trunks/config.ts";
import { testOnSimd } from "../../_on_simd.ts";

Deno.test("generatorSchema takes the published sizes and refuses what is outside its limits", () => {
  const published = { width: 64, blocks: 9, upsample: "convt" };
  assert.deepEqual(v.parse(generatorSchema, published), published);
  const lean = { ...published, bias: "needed" };
  assert.deepEqual(v.parse(generatorSchema, lean), lean);
  const wrong = [
    { width: 0 },
    { width: 257 },
    { width: 1.5 },
    { blocks: -1 },
    { blocks: 33 },
    { upsample: "nearest" },
    { depth: 3 },
    { bias: "every" },
    { width: undefined },
  ];
  for (const change of wrong) {
    const { success } = v.safeParse(generatorSchema, { ...published, ...change });
    assert.equal(success, false, JSON.stringify(change));
  }
});

Deno.test("discriminatorSchema takes the published sizes and refuses what is outside its limits", () => {
  const published = { width: 64, layers: 3, score: "patch" };
  // Configurations of before there were other networks do not name this one.
  assert.deepEqual(v.parse(discriminatorSchema, published), { net: "patch", ...published });
  const wrong = [{ width: 0 }, { layers: 0 }, { layers: 7 }, { score: "pixel" }, {
    spectral: true,
  }];
  for (const change of wrong) {
    const { success } = v.safeParse(discriminatorSchema, { ...published, ...change });
    assert.equal(success, false, JSON.stringify(change));
  }
});

Deno.test("discriminatorSchema takes heads on every trunk, and neither kind the other's settings", () => {
  const heads = { freeze: true, width: 64, score: "patch" };
  for (const net of TRUNK_NETS) {
    assert.deepEqual(v.parse(discriminatorSchema, { net, ...heads }), { net, ...heads });
  }
  const wrong = [
    { net: "vgg11", ...heads },
    { net: "vgg16", ...heads, layers: 3 },
    { net: "vgg16", ...heads, freeze: undefined },
    { net: "patch", width: 64, layers: 3, score: "patch", freeze: true },
    heads,
  ];
  for (const config of wrong) {
    assert.equal(v.safeParse(discriminatorSchema, config).success, false, JSON.stringify(config));
  }
});

testOnSimd("smallestSide is the side at which a discriminator is left with one score", () => {
  for (const layers of [1, 2, 3, 4]) {
    const config: PatchConfig = { width: 1, layers, score: "patch" };
    const side = smallestSide(config);
    const params = initDiscriminator(config, randomStream(1, "smallest side"));
    const patchesAt = (pixels: number) =>
      tf.tidy(() => applyDiscriminator(params, tf.zeros([1, pixels, pixels, 3]), config).shape[1]);
    assert.equal(patchesAt(side), 1, `${layers} layers`);
    assert.equal(patchesAt(2 * side), (2 * 3 - 2) ** 2, `${layers} layers`);
    // One pixel less: tfjs refuses, or there is nothing left to score.
    assert.throws(() => assert.ok(patchesAt(side - 1) > 0));
    disposeTree(params);
  }
});
