// The flags of StyleGAN2 in `train:posters`: what they set, what they refuse, and that the help and the dry run tell of them.

import assert from "node:assert/strict";
import { type PosterModel } from "../../models/poster/config.ts";
import { resolvePosterConfig } from "../../tasks/_poster_config.ts";
import type { PosterTrainFlags } from "../../tasks/_poster_flags.ts";
import { posterPresets } from "../../tasks/_poster_presets.ts";
import { runTask } from "./_run_task.ts";

function resolve(model: PosterModel, flags: PosterTrainFlags) {
  const set = { size: posterPresets.toy.size, genres: ["a", "b"], balance: undefined };
  return resolvePosterConfig({ model, preset: "toy", images: 100 }, set, flags);
}

Deno.test("StyleGAN2's flags set its style vector, its mapping network, its noise and its penalties", () => {
  const config = resolve("stylegan2", {
    ...{ style: "48", mapping: "5", noise: "off" },
    ...{ "mix-styles": "25", "path-length": "2->1@0..100", "path-every": "8" },
  });
  assert(config.model === "stylegan2");
  const { generator, mixStyles, pathLength, pathEvery } = config;
  assert.deepEqual([generator.style, generator.mapping, generator.noise], [48, 5, false]);
  assert.deepEqual([mixStyles, pathLength, pathEvery], [0.25, "2->1@0..100", 8]);
  const on = resolve("stylegan2", { noise: "on" });
  assert(on.model === "stylegan2" && on.generator.noise);
});

Deno.test("StyleGAN2's flags refuse what they cannot mean, and every other model refuses them", () => {
  const refused: [PosterTrainFlags, RegExp][] = [
    [{ style: "0" }, /generator\.style: .*>=1/],
    [{ mapping: "9" }, /generator\.mapping: .*<=8/],
    [{ noise: "some" }, /--noise is "some", expected on, off/],
    [{ "mix-styles": "101" }, /--mix-styles is "101", expected a whole number from 0 to 100/],
    [{ "path-length": "long" }, /pathLength: Cannot read schedule "long"/],
    [{ "path-every": "0" }, /pathEvery: .*>=1/],
  ];
  for (const [flags, message] of refused) {
    assert.throws(() => resolve("stylegan2", flags), message);
    for (const model of ["r3gan", "cgan"] as const) {
      assert.throws(() => resolve(model, flags), /Cannot use --[a-z-]+ with this run/);
    }
  }
});

Deno.test("train:posters tells of StyleGAN2's flags in its help and its dry run", async () => {
  const flags = "--model stylegan2 --style 24 --mapping 1 --path-length 2 --dry-run";
  const { code, out, err } = await runTask("train_posters", flags);
  assert.equal(code, 0, err);
  const { config } = JSON.parse(out);
  assert.deepEqual([config.generator.style, config.generator.mapping, config.pathLength], [
    ...[24, 1],
    "2",
  ]);
  const help = await runTask("train_posters", "--help");
  for (const flag of ["style", "mapping", "noise", "mix-styles", "path-length", "path-every"]) {
    assert.match(help.out, new RegExp(`--${flag} [A-Z]+ `));
  }
});
