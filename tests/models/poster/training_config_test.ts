// Poster training configurations: each model's own is good, and every rule that a bad one breaks is named.

import assert from "node:assert/strict";
import * as v from "valibot";
import { POSTER_MODELS, type PosterModel } from "../../../models/poster/config.ts";
import { posterTrainingSchema } from "../../../models/poster/training_config.ts";
import { tinyPosters, tinyTraining } from "./_tiny_posters.ts";

/** The message of the first issue with a changed configuration, after its key; undefined if there is none. */
function issueWith(model: PosterModel, change: Record<string, unknown>): string | undefined {
  const { issues } = v.safeParse(posterTrainingSchema, { ...tinyTraining(model), ...change });
  return issues && `${v.getDotPath(issues[0]) ?? "(all)"}: ${issues[0].message}`;
}

Deno.test("posterTrainingSchema gives each model's configuration back as it is", () => {
  for (const model of POSTER_MODELS) {
    assert.deepEqual(v.parse(posterTrainingSchema, tinyTraining(model)), tinyTraining(model));
  }
});

Deno.test("posterTrainingSchema refuses each value that does not go together, and says why", () => {
  const { generator, discriminator } = tinyPosters("cgan");
  const wrong: [model: PosterModel, change: Record<string, unknown>, issue: RegExp][] = [
    ["cgan", { kind: "cyclegan" }, /^kind: /],
    ["cgan", { model: "pix2pix" }, /^model: /],
    ["cgan", { generator: { ...generator, latent: 0 } }, /^generator\.latent: /],
    ["cgan", { batch: 1 }, /^batch: /],
    ["cgan", { size: [24, 8] }, /size is not what the generator's grid/],
    [
      "cgan",
      { penalty: "1", discriminator: { ...discriminator, norm: "batch" } },
      /penalty needs a discriminator without batch norms/,
    ],
    ["dcgan", { generator }, /generator\.genres must be 0 for dcgan and vae/],
    ["acgan", { generator: { ...generator, genres: 0 } }, /generator\.genres must be 0 for/],
    ["cgan", { genreNames: ["dark"] }, /genreNames must name each/],
    ["cgan", { genreNames: ["dark", "dark"] }, /^genreNames: each genre once/],
    ["vae", { hideGenres: 0.1 }, /hideGenres must be 0 and balance none/],
    ["dcgan", { balance: "sqrt" }, /hideGenres must be 0 and balance none/],
    ["acgan", { discriminator }, /discriminator\.genres must be classifier for acgan/],
    ["cvae-dcgan", { discriminator }, /discriminator\.genres must be classifier for acgan/],
    ["cvae-dcgan", { penalty: "1" }, /penalty and augment are for dcgan, acgan and cgan/],
    ["vae", { augment: ["color"] }, /penalty and augment are for dcgan, acgan and cgan/],
    ["cgan", { learningRate: "fast" }, /^learningRate: Cannot read schedule/],
    ["cgan", { surplus: 1 }, /surplus/],
    ["cgan", { accumulate: 2 }, /accumulate/],
    ["r3gan", { divergence: "1" }, /divergence/],
    ["r3gan", { generator }, /^generator\.architecture: /],
    ["r3gan", { size: [24, 8] }, /size is not what the generator's grid/],
    ["r3gan", { genreNames: ["dark"] }, /genreNames must name each/],
    ["r3gan", { accumulate: 3 }, /accumulate must divide batch/],
    ["r3gan", { beta2: "0.9->1@0..100" }, /^beta2: expected values from 0 to 0.999999/],
    ["r3gan", { condition: "2" }, /^condition: expected values from 0 to 1/],
    ["r3gan", { adapt: { target: 2, images: 1 } }, /^adapt\.target: /],
    ["r3gan", { augment: ["color"] }, /^augment\.0: /],
    ["stylegan2", { generator }, /^generator\.architecture: /],
    ["stylegan2", { size: [24, 8] }, /size is not what the generator's grid/],
    ["stylegan2", { genreNames: ["dark"] }, /genreNames must name each/],
    ["stylegan2", { accumulate: 3 }, /accumulate must divide batch, and discriminator.group/],
    ["stylegan2", { batch: 5 }, /accumulate must divide batch, and discriminator.group/],
    ["stylegan2", { mixStyles: 2 }, /^mixStyles: /],
    ["stylegan2", { pathEvery: 0 }, /^pathEvery: /],
  ];
  for (const [model, change, issue] of wrong) {
    assert.match(issueWith(model, change) ?? "accepted", issue, JSON.stringify(change));
  }
});
