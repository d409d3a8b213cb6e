// Heads on a trunk score as a PatchGAN does, and each level has the same say.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { disposeTree, treeEntries } from "../../../gpu/tree.ts";
import {
  applyAnyDiscriminator,
  initAnyDiscriminator,
  type TrunkDiscriminatorParams,
} from "../../../models/cyclegan/any_discriminator.ts";
import { applyDiscriminator, initDiscriminator } from "../../../models/cyclegan/discriminator.ts";
import { initTrunk } from "../../../models/trunks/trunk.ts";
import { assertClose } from "../../_assert.ts";
import { testOnSimd } from "../../_on_simd.ts";

const config = { net: "resnet18", freeze: true, width: 3, score: "patch" } as const;

testOnSimd("applyAnyDiscriminator of a PatchGAN is that PatchGAN", async () => {
  const patch = { net: "patch", width: 2, layers: 1, score: "patch" } as const;
  const params = initAnyDiscriminator(patch, randomStream(1, "patch"));
  const same = initDiscriminator(patch, randomStream(1, "patch"));
  const [found, wanted] = tf.tidy(() => {
    const images = tf.ones([2, 12, 8, 3]) as tf.Tensor4D;
    return [
      applyAnyDiscriminator(params, images, patch),
      applyDiscriminator(same, images, patch),
    ];
  });
  assert.deepEqual(await found.data(), await wanted.data());
  tf.dispose([found, wanted]);
  [params, same].forEach(disposeTree);
});

testOnSimd("applyAnyDiscriminator gives every level the same weight in the mean", async () => {
  const trunk = initTrunk("resnet18", randomStream(1, "trunk"));
  const params = initAnyDiscriminator(config, randomStream(1, "heads")) as TrunkDiscriminatorParams;
  // Heads that say the number of their level whatever they see.
  const fixed: TrunkDiscriminatorParams = {
    head: params.head.map(({ hidden, score }, i) => ({
      hidden,
      score: { kernel: tf.zerosLike(score.kernel), bias: tf.tensor1d([i]) },
    })),
  };
  const apply = (size: [number, number], score: "patch" | "image") =>
    tf.tidy(() => {
      const images = tf.zeros([2, ...size, 3]) as tf.Tensor4D;
      return applyAnyDiscriminator(fixed, images, { ...config, score }, trunk);
    });
  // Levels of 8x10, 4x5, 2x3 and 1x2, and others whose sides are no multiples of each other.
  for (const size of [[32, 40], [36, 52]] as [number, number][]) {
    const patches = apply(size, "patch"), pooled = apply(size, "image");
    const values = Array.from(await patches.data()), each = values.length / 4;
    for (const level of [0, 1, 2, 3]) {
      assert.equal(values.filter((value) => value === level).length, each, `level ${level}`);
    }
    assert.equal(patches.shape[0], 2);
    assert.deepEqual(pooled.shape, [2, 1]);
    assertClose(await pooled.data(), [1.5, 1.5], { absolute: 1e-6 });
    tf.dispose([patches, pooled]);
  }
  [trunk, params].forEach(disposeTree);
  fixed.head.forEach(({ score }) => disposeTree(score));
});

testOnSimd("applyAnyDiscriminator refuses heads without a trunk", () => {
  const params = initAnyDiscriminator(config, randomStream(1, "heads"));
  assert.ok(treeEntries(params).every(([path]) => path.startsWith("head.")));
  tf.tidy(() => {
    assert.throws(() => applyAnyDiscriminator(params, tf.zeros([1, 32, 32, 3]), config), {
      message: "Cannot run discriminator: there is no trunk of resnet18",
    });
  });
  disposeTree(params);
});
