// Tests what a PatchGAN's scores see against a plain loop: change one pixel at a time, and see which scores notice.

import { strict as assert } from "node:assert";
import * as tf from "../../gpu/tf.ts";
import { startDevice } from "../../gpu/device.ts";
import { randomStream } from "../../gpu/random.ts";
import { disposeTree } from "../../gpu/tree.ts";
import { countScores, receptiveField } from "../../islands/_receptive_field.ts";
import { applyDiscriminator, initDiscriminator } from "../../models/cyclegan/discriminator.ts";

Deno.test("receptiveField is 16, 34 and 70 pixels wide, as published", () => {
  const sides = [1, 2, 3].map((halvings) => {
    const { from, to } = receptiveField(5, halvings);
    return to - from + 1;
  });
  assert.deepEqual(sides, [16, 34, 70]);
});

Deno.test("receptiveField moves by the halvings' step from score to score", () => {
  const [first, second] = [receptiveField(0, 3), receptiveField(1, 3)];
  assert.deepEqual([second.from - first.from, second.to - first.to], [8, 8]);
});

Deno.test("countScores refuses a picture that is too small for one score", () => {
  assert.throws(() => countScores(8, 3), /a side of 8 pixels leaves -?\d+ scores/);
});

for (const halvings of [1, 2]) {
  Deno.test(`countScores and receptiveField hold for the discriminator itself, ${halvings} halvings`, async () => {
    const device = await startDevice("cpu");
    const side = 24;
    const config = { width: 2, layers: halvings, score: "patch", bias: "needed" } as const;
    const params = initDiscriminator(config, randomStream(1, "disc"));
    // Norms would let every pixel reach every score by way of the mean: convolutions alone are looked at.
    const scores = (images: tf.Tensor4D) =>
      tf.tidy(() => {
        const { layer, score } = params;
        const convolve = (x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number) =>
          tf.conv2d(x, kernel, stride, 1);
        const features = layer.reduce(
          (x, { conv }, i) => convolve(x, conv.kernel, i < layer.length - 1 ? 2 : 1),
          images,
        );
        return convolve(features, score.conv.kernel, 1).arraySync()[0];
      });
    const blank = tf.zeros<tf.Rank.R4>([1, side, side, 3]);
    const real = tf.tidy(() => applyDiscriminator(params, blank, config).shape);
    const count = countScores(side, halvings);
    assert.deepEqual(real, [1, count * count]);
    for (const pixel of [0, 5, 11, side - 1]) {
      const touched = tf.tidy(() => {
        const values = tf.buffer([1, side, side, 3]);
        for (let c = 0; c < 3; c++) values.set(1, 0, pixel, pixel, c);
        return scores(values.toTensor() as tf.Tensor4D);
      });
      for (let i = 0; i < count; i++) {
        const { from, to } = receptiveField(i, halvings);
        const isSeen = touched[i].some(([value]) => value !== 0);
        assert.equal(isSeen, from <= pixel && pixel <= to, `score ${i}, pixel ${pixel}`);
      }
    }
    blank.dispose();
    disposeTree(params);
    device.dispose();
  });
}
