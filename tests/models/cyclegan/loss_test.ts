// The loss terms on scores whose losses can be worked out by hand.

import {
  adversarialLoss,
  discriminatorLoss,
  type GanKind,
  meanAbsoluteError,
} from "../../../models/cyclegan/loss.ts";
import * as tf from "../../../gpu/tf.ts";
import { assertClose } from "../../_assert.ts";
import { forEachDevice } from "../../_gates.ts";

async function valueOf(compute: () => tf.Scalar): Promise<number> {
  const loss = tf.tidy(compute);
  const [value] = await loss.data();
  loss.dispose();
  return value;
}

const adversarial = (kind: GanKind, scores: number[][]) =>
  valueOf(() => adversarialLoss(kind, tf.tensor2d(scores)));
const discriminator = (kind: GanKind, real: number[][], fake: number[][]) =>
  valueOf(() => discriminatorLoss(kind, tf.tensor2d(real), tf.tensor2d(fake)));

forEachDevice("adversarialLoss rewards high scores of fakes, as each loss says", async () => {
  // Scores 0, 3, -1, 1: squares of the distances to 1 are 1, 4, 4, 0; their mean is 9 / 4. The mean score is 3 / 4.
  const scores = [[0, 3], [-1, 1]];
  assertClose(await adversarial("lsgan", scores), 2.25, { absolute: 1e-6 });
  assertClose(await adversarial("wgangp", scores), -0.75, { absolute: 1e-6 });
  assertClose(await adversarial("hinge", scores), -0.75, { absolute: 1e-6 });
  // What fools the discriminator wholly costs nothing in LSGAN.
  assertClose(await adversarial("lsgan", [[1, 1, 1]]), 0, { absolute: 1e-7 });
});

forEachDevice("discriminatorLoss is half the squares in LSGAN", async () => {
  // Real 2, 0: distances to 1 are 1, 1; mean 1. Fake 3, -1: squares 9, 1; mean 5. Half of 6.
  assertClose(await discriminator("lsgan", [[2, 0]], [[3, -1]]), 3, { absolute: 1e-6 });
  assertClose(await discriminator("lsgan", [[1], [1]], [[0], [0]]), 0, { absolute: 1e-7 });
});

forEachDevice("discriminatorLoss is the difference of means in WGAN", async () => {
  assertClose(await discriminator("wgangp", [[2, 4]], [[-1, 0]]), -3.5, { absolute: 1e-6 });
  assertClose(await discriminator("wgangp", [[1, 1]], [[1, 1]]), 0, { absolute: 1e-7 });
});

forEachDevice("discriminatorLoss counts only what is within the margin in hinge", async () => {
  // Real 2, 0, -1: 1 - D is cut to 0, 1, 2; mean 1. Fake -2, 0, 0.5: 1 + D is cut to 0, 1, 1.5; mean 5 / 6.
  const found = await discriminator("hinge", [[2, 0, -1]], [[-2, 0, 0.5]]);
  assertClose(found, 1 + 5 / 6, { absolute: 1e-6 });
  assertClose(await discriminator("hinge", [[1, 9]], [[-1, -9]]), 0, { absolute: 1e-7 });
});

forEachDevice("meanAbsoluteError is the mean distance, whichever way round", async () => {
  const a = [1, -1, 0.5, 0], b = [0, 1, 0.5, -1];
  const error = (left: number[], right: number[]) =>
    valueOf(() =>
      meanAbsoluteError(tf.tensor4d(left, [1, 2, 2, 1]), tf.tensor4d(right, [1, 2, 2, 1]))
    );
  assertClose(await error(a, b), 1, { absolute: 1e-6 });
  assertClose(await error(b, a), 1, { absolute: 1e-6 });
  assertClose(await error(a, a), 0, { absolute: 1e-7 });
});
