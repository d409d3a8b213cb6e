// R3GAN's loss and penalties against numbers worked out by hand.

import assert from "node:assert/strict";
import { randomStream } from "../../../../gpu/random.ts";
import * as tf from "../../../../gpu/tf.ts";
import { penalisedScores } from "../../../../models/penalty.ts";
import {
  pairedDiscriminatorLoss,
  pairedGeneratorLoss,
} from "../../../../models/poster/r3gan/loss.ts";
import { assertClose } from "../../../_assert.ts";
import { forEachDevice } from "../../../_gates.ts";
// The penalties are gradients; training registers how they are taken.
import "../../../../gpu/gradients.ts";

async function read(compute: () => tf.Tensor): Promise<number[]> {
  const tensor = tf.tidy(compute), values = Array.from(await tensor.data());
  tensor.dispose();
  return values;
}

forEachDevice("the paired losses are softplus of the differences within pairs", async () => {
  const real = [0, 2, -1], fake = [0, 0, 3];
  const scores = (values: number[]) => tf.tensor2d(values, [3, 1]);
  // Differences real - fake: 0, 2, -4. softplus(0) = 0.693147, softplus(-2) = 0.126928, softplus(4) = 4.018150.
  const [judging] = await read(() => pairedDiscriminatorLoss(scores(real), scores(fake)));
  assertClose(judging, (0.693147 + 0.126928 + 4.01815) / 3, { absolute: 1e-5 });
  // softplus(2) = 2.126928, softplus(-4) = 0.018150.
  const [drawing] = await read(() => pairedGeneratorLoss(scores(fake), scores(real)));
  assertClose(drawing, (0.693147 + 2.126928 + 0.01815) / 3, { absolute: 1e-5 });
});

forEachDevice("a pair's loss does not ask at what level its two scores lie", async () => {
  const draws = randomStream(1, "scores").normals(8);
  const loss = (level: number) =>
    read(() => {
      const [real, fake] = tf.split(tf.add(tf.tensor2d(draws, [8, 1]), level), 2);
      return pairedDiscriminatorLoss(real as tf.Tensor2D, fake as tf.Tensor2D);
    });
  assertClose(await loss(0), await loss(5), { absolute: 1e-5 });
});

forEachDevice(
  "R1 of a linear discriminator is half its squared norm, for each picture",
  async () => {
    const weights = [3, 0, -4, 0, 0, 12, 0, 0, 0, 0, 0, 0];
    const shown = randomStream(1, "pictures").normals(24);
    const found = await read(() => {
      const w = tf.tensor4d(weights, [1, 2, 2, 3]);
      const critic = (x: tf.Tensor4D): tf.Tensor2D =>
        tf.reshape(tf.sum(tf.mul(x, w), [1, 2, 3]), [-1, 1]);
      const { scores, penalties } = penalisedScores(critic, tf.tensor4d(shown, [2, 2, 2, 3]));
      return tf.concat([scores, penalties]);
    });
    const dot = (from: number) => weights.reduce((sum, w, i) => sum + w * shown[from + i], 0);
    // 3^2 + 4^2 + 12^2 = 13^2.
    assertClose(found, [dot(0), dot(12), 84.5, 84.5], { absolute: 1e-4 });
  },
);

forEachDevice(
  "the penalty of a quadratic discriminator is taken where each picture is",
  async () => {
    // D(x) = sum x^2 / 2 has the slope x: the penalties are |x|^2 / 2.
    const found = await read(() =>
      penalisedScores(
        (x) => tf.mul(tf.reshape(tf.sum(tf.square(x), [1, 2, 3]), [-1, 1]), 0.5),
        tf.tensor4d([1, 2, 2, 0, 3, 4], [2, 1, 1, 3]),
      ).penalties
    );
    assertClose(found, [4.5, 12.5], { absolute: 1e-5 });
  },
);

forEachDevice("the penalty's gradient is that of the discriminator's parameters", async () => {
  // |s w|^2 / 2 has the slope s |w|^2 in s: 1.5 * 169.
  const [slope] = await read(() =>
    tf.grad((s: tf.Tensor) => {
      const w = tf.tensor4d([3, -4, 12], [1, 1, 1, 3]);
      const critic = (x: tf.Tensor4D): tf.Tensor2D =>
        tf.reshape(tf.sum(tf.mul(tf.mul(x, w), s), [1, 2, 3]), [-1, 1]);
      return tf.sum(penalisedScores(critic, tf.ones([1, 1, 1, 3])).penalties);
    })(tf.scalar(1.5))
  );
  assert.ok(Math.abs(slope - 1.5 * 169) < 1e-2, `found ${slope}`);
});
