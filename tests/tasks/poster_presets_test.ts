// Presets of `train:posters`: those of the source project have the published networks, and no step leaves work to stock kernels.

import assert from "node:assert/strict";
import { BALANCES as SET_BALANCES, GENRES } from "../../data/posters.ts";
import { startDevice } from "../../gpu/device.ts";
import { randomStream } from "../../gpu/random.ts";
import { sizeOf } from "../../gpu/shape.ts";
import { SimdBackend } from "../../gpu/simd/backend.ts";
import * as tf from "../../gpu/tf.ts";
import type { ParamShapes } from "../../gpu/tree.ts";
import { POSTER_MODELS, type PosterModel } from "../../models/poster/config.ts";
import { discriminatorShapes } from "../../models/poster/discriminator.ts";
import { generatorShapes } from "../../models/poster/generator.ts";
import { disposePosterState, initPosterState } from "../../models/poster/state.ts";
import { posterStep } from "../../models/poster/step.ts";
import { BALANCES, type PosterTrainingConfig } from "../../models/poster/training_config.ts";
import { resolvePosterConfig } from "../../tasks/_poster_config.ts";
import { posterPresets } from "../../tasks/_poster_presets.ts";

function configOf(preset: string, model: PosterModel, images = 1000): PosterTrainingConfig {
  const { size } = posterPresets[preset];
  return resolvePosterConfig({ model, preset, images }, { size, genres: [...GENRES] }, {});
}

function count(shapes: ParamShapes): number {
  return Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/** One line for each layer: its parameters' shapes and how many scalars they are. */
function table(title: string, shapes: ParamShapes): string {
  const lines = Object.entries(shapes).map(([path, shape]) =>
    `  ${path.padEnd(22)} ${shape.join(" x ").padStart(20)} ${String(sizeOf(shape)).padStart(10)}`
  );
  return [`${title}: ${count(shapes)} parameters`, ...lines].join("\n");
}

Deno.test("the preset seed has the published DCGAN at 64x128, and the conditional one of 120 inputs", () => {
  // DCGAN at 64 x 64 in the authors' PyTorch form, whose last and first layers have no bias.
  const generator = 3_576_704, discriminator = 2_765_568;
  const networks = (["dcgan", "cgan"] as const).map((model) => {
    const config = configOf("seed", model);
    assert(config.model !== "r3gan" && config.model !== "stylegan2");
    return {
      model,
      gen: generatorShapes(config.generator, "training"),
      disc: discriminatorShapes(config.discriminator, config.generator),
    };
  });
  for (const { model, gen, disc } of networks) {
    console.log(table(`${model} generator`, gen));
    console.log(table(`${model} discriminator`, disc));
  }
  const [dcgan, cgan] = networks;
  // Twice the grid: its 4 x 4 more cells, and as many more at the discriminator's end.
  assert.equal(count(dcgan.gen), generator + 3 + 100 * 512 * 16);
  assert.equal(count(dcgan.disc), discriminator + 64 + 1 + 512 * 16);
  assert.equal(count(cgan.gen), count(dcgan.gen) + 20 * 512 * 32);
  // The answer and 20 genres through one more linear layer.
  assert.equal(count(cgan.disc), count(dcgan.disc) + 21 + 1);
  assert.deepEqual(cgan.gen["stem.kernel"], [120, 8 * 4 * 512]);
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => dcgan.disc[`layer.${i}.conv.kernel`]),
    [[4, 4, 3, 64], [4, 4, 64, 128], [4, 4, 128, 256], [4, 4, 256, 512]],
  );
});

Deno.test("every preset resolves for every model, at its own length and at the shortest", () => {
  for (const [preset, { images }] of Object.entries(posterPresets)) {
    for (const model of POSTER_MODELS) {
      for (const length of [images, 24, 1]) {
        assert.equal(configOf(preset, model, length).model, model);
      }
    }
  }
});

/** A configuration as it is, but narrow and small. */
function shrunk(config: PosterTrainingConfig): PosterTrainingConfig {
  const small = { latent: 6, base: [3, 2] as [number, number], stages: 3 };
  const size: [number, number] = [24, 16];
  if (config.model === "r3gan") {
    const narrow = { width: 4, widest: 8 };
    return {
      ...config,
      generator: { ...config.generator, ...narrow, ...small },
      discriminator: { ...config.discriminator, ...narrow },
      ...{ size, batch: 4 },
    };
  }
  if (config.model === "stylegan2") {
    const narrow = { width: 4, widest: 8 };
    return {
      ...config,
      generator: { ...config.generator, ...narrow, ...small },
      discriminator: { ...config.discriminator, ...narrow },
      // With what the presets leave out.
      ...{ size, batch: 4, pathLength: "2" },
    };
  }
  return {
    ...config,
    generator: { ...config.generator, width: 4, ...small },
    discriminator: { ...config.discriminator, width: 4 },
    ...{ size, batch: 4 },
  };
}

async function stepsOf(config: PosterTrainingConfig): Promise<string[]> {
  const device = await startDevice("simd", { threads: 2 });
  const backend = tf.backend();
  assert.ok(backend instanceof SimdBackend);
  const g = config.generator.genres;
  const state = initPosterState(config, [new Uint8Array(g).fill(1)]);
  const images = tf.tensor4d(randomStream(1, "x").normals(4 * 24 * 16 * 3), [4, 24, 16, 3]);
  const genres = tf.tensor2d(Array.from({ length: 4 * g }, (_, i) => i % 2), [4, g]);
  // Initialisation may leave something to tfjs's kernels; from the first step on nothing.
  backend.fallbacks.clear();
  for (let i = 0; i <= config.penaltyEvery; i++) {
    const { finite } = await posterStep(state, { images, genres }, {
      config,
      random: randomStream(1, "step", i),
    });
    assert.ok(finite);
  }
  const fallbacks = [...backend.fallbacks.keys()];
  tf.dispose([images, genres]);
  disposePosterState(state);
  device.dispose();
  return fallbacks;
}

for (const preset of Object.keys(posterPresets)) {
  for (const model of POSTER_MODELS) {
    Deno.test(`training steps of ${model} in the preset ${preset} leave nothing to stock kernels on simd`, async () => {
      assert.deepEqual(await stepsOf(shrunk(configOf(preset, model))), []);
    });
  }
}

Deno.test("what a set can ask for is what a configuration can say", () => {
  assert.deepEqual(BALANCES, SET_BALANCES);
});

Deno.test("a set's own way of drawing goes before the preset's, and a flag before both", () => {
  const { size } = posterPresets.toy, set = { size, genres: ["a", "b"], balance: "sqrt" as const };
  const resolve = (model: PosterModel, flags: { balance?: string }) =>
    resolvePosterConfig({ model, preset: "toy", images: 100 }, set, flags).balance;
  assert.equal(resolve("cgan", {}), "sqrt");
  assert.equal(resolve("cgan", { balance: "inverse" }), "inverse");
  assert.equal(resolve("vae", {}), "none");
  assert.throws(() => resolve("cgan", { balance: "fair" }), /balance: /);
});
