// Presets and flags of `train:cyclegan` become one resolved configuration, or a list of what is wrong.

import assert from "node:assert/strict";
import { UsageError } from "../../tasks/_cli.ts";
import { resolveTrainingConfig } from "../../tasks/_cyclegan_flags.ts";
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
  assert.deepEqual(config.generator, { width: 24, blocks: 1, upsample: "resize" });
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
