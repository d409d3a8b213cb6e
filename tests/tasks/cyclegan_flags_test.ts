// Presets and flags of `train:cyclegan` become one resolved configuration, or a list of what is wrong.

import assert from "node:assert/strict";
import { UsageError } from "../../tasks/_cli.ts";
import { resolveTrainingConfig, type TrainFlags } from "../../tasks/_cyclegan_flags.ts";
import { cycleGanPresets } from "../../tasks/_cyclegan_presets.ts";
import { readImages } from "../../tasks/_training_flags.ts";

Deno.test("resolveTrainingConfig() accepts every preset at its own length and at the shortest", () => {
  for (const [name, { images }] of Object.entries(cycleGanPresets)) {
    for (const length of [images, 24, 1]) {
      assert.equal(resolveTrainingConfig(name, length, {}).kind, "cyclegan");
    }
  }
});

Deno.test("resolveTrainingConfig() gives the source project's settings, decaying", () => {
  const lsgan = resolveTrainingConfig("seed-lsgan", 200_000, {});
  assert.deepEqual(lsgan.size, [128, 128]);
  assert.equal(lsgan.gan, "lsgan");
  assert.match(lsgan.cycle, /^10->/);
  assert.match(lsgan.identity, /^5->/);
  const wgangp = resolveTrainingConfig("seed-wgangp", 200_000, {});
  assert.deepEqual(wgangp.size, [180, 324]);
  assert.equal(wgangp.gan, "wgangp");
  assert.equal(wgangp.criticSteps, 5);
  assert.match(wgangp.cycle, /^50->/);
  assert.match(wgangp.identity, /^25->/);
  assert.match(wgangp.penalty, /^50->/);
  for (const { clipGenerator, clipDiscriminator } of [lsgan, wgangp]) {
    assert.match(clipGenerator, /->/);
    assert.match(clipDiscriminator, /->/);
  }
});

Deno.test("resolveTrainingConfig() lays flags over the preset and normalises schedules", () => {
  const config = resolveTrainingConfig("toy", 1000, {
    size: "32x48",
    cycle: "10->5@20k..150k:cosine",
    "clip-d": "none",
    augment: "color,cutout",
    "no-flip": "true",
    blocks: "1",
  });
  assert.deepEqual(config.size, [32, 48]);
  assert.equal(config.cycle, "10->5@20000..150000:cosine");
  assert.equal(config.clipDiscriminator, "none");
  assert.deepEqual(config.augment, ["color", "cutout"]);
  assert.equal(config.flip, false);
  assert.deepEqual(config.generator, {
    ...{ width: 24, blocks: 1, upsample: "resize", bias: "needed" },
  });
});

Deno.test("resolveTrainingConfig() gives what a run of before --bias had with --bias every", () => {
  const { generator, discriminator } = resolveTrainingConfig("toy", 1000, { bias: "every" });
  assert.deepEqual(generator, { width: 24, blocks: 4, upsample: "resize" });
  assert.deepEqual(discriminator, { net: "patch", width: 24, layers: 2, score: "patch" });
  assert.throws(() => resolveTrainingConfig("toy", 1000, { bias: "some" }), UsageError);
});

Deno.test("resolveTrainingConfig() takes the preset's PatchGAN, the published one, or heads on a big network", () => {
  const resolve = (flags: TrainFlags) => resolveTrainingConfig("toy", 1000, flags).discriminator;
  const patch = { net: "patch", width: 24, layers: 2, score: "patch", bias: "needed" };
  assert.deepEqual(resolve({}), patch);
  assert.deepEqual(resolve({ "d-net": "patch70" }), { ...patch, layers: 3 });
  assert.deepEqual(resolve({ "d-net": "patch70", "disc-layers": "1" }), { ...patch, layers: 1 });
  const heads = { net: "vgg16", freeze: false, width: 24, score: "patch" };
  assert.deepEqual(resolve({ "d-net": "vgg16", "d-weights": "vgg16.pth" }), heads);
  const frozen = { "d-net": "inception", "d-freeze": "true", "disc-width": "8", score: "image" };
  assert.deepEqual(resolve(frozen), { net: "inception", freeze: true, width: 8, score: "image" });
  // Images of any size: a big network enlarges those that are too small for it.
  assert.equal(resolveTrainingConfig("toy", 10, { "d-net": "vgg19", size: "16" }).size[0], 16);
});

Deno.test("resolveTrainingConfig() refuses the settings of another kind of discriminator", () => {
  const refused: [TrainFlags, RegExp][] = [
    [{ "d-net": "vgg11" }, /^--d-net is "vgg11", expected patch70, vgg16, /],
    [{ "d-freeze": "true" }, /^--d-freeze is for a big network, and --d-net is not given/],
    [{ "d-net": "patch70", "d-weights": "f" }, /^--d-weights is for a big network, .* patch70/],
    [{ "d-net": "vgg16", "disc-layers": "3" }, /^--disc-layers is for a PatchGAN/],
  ];
  for (const [flags, message] of refused) {
    assert.throws(() => resolveTrainingConfig("toy", 10, flags), { name: "UsageError", message });
  }
});

Deno.test("resolveTrainingConfig() reads a bare switch as one from the preset's loss", () => {
  assert.equal(resolveTrainingConfig("toy", 1000, { gan: "wgangp@50k" }).gan, "lsgan,wgangp@50000");
  assert.equal(resolveTrainingConfig("toy", 1000, { gan: "hinge" }).gan, "hinge");
});

Deno.test("resolveTrainingConfig() lists everything that is wrong at once", () => {
  const flags = { size: "31", cycle: "abc", gan: "ragan", score: "pixel" };
  assert.throws(() => resolveTrainingConfig("toy", 1000, flags), (error) => {
    assert.ok(error instanceof UsageError);
    for (
      const text of [
        "size.0: every side must be a multiple of 4",
        'schedule "abc"',
        '"ragan"',
        "discriminator.score",
      ]
    ) {
      assert.ok(error.message.includes(text), `${text} not in: ${error.message}`);
    }
    return true;
  });
});

Deno.test("resolveTrainingConfig() refuses images too small for the discriminator", () => {
  assert.throws(
    () => resolveTrainingConfig("toy", 10, { size: "16", "disc-layers": "3" }),
    /too small for the discriminator/,
  );
});

Deno.test("readImages() reads human units and names the flag otherwise", () => {
  assert.equal(readImages("images", "1.5M"), 1_500_000);
  assert.equal(readImages("images", undefined), undefined);
  assert.throws(() => readImages("images", "many"), { message: /^--images is "many"/ });
});
