// Plants one fault of each import rule in a small house that is otherwise in order.

import assert from "node:assert/strict";
import { findImportFaults } from "../../tasks/check_imports.ts";
import { parseSource } from "../../tasks/_syntax.ts";

const map = {
  "fresh": "./fresh/mod.ts",
  "fresh/runtime": "./fresh/runtime.ts",
  "@tensorflow/tfjs-core": "npm:@tensorflow/tfjs-core@4.22.0",
  "hono": "npm:hono@4.13.19",
  "preact": "npm:preact@10.29.6",
  "sharp": "npm:sharp@0.35.5",
  "valibot": "npm:valibot@1.5.0",
};

const house: Record<string, string> = {
  "main.ts": `import { App } from "fresh"; import "./routes/index.tsx";`,
  "fresh/mod.ts": `import { Hono } from "hono"; export class App {}`,
  "fresh/runtime.ts": `export const IS_BROWSER = "document" in globalThis;`,
  "routes/index.tsx": `import Player from "../islands/Player.tsx";
import { parseManifest } from "../models/manifest.ts"; import "../server/queue.ts";`,
  "server/queue.ts": `const address = new URL("./worker.ts", import.meta.url);`,
  "server/worker.ts": `import "../models/poster_generator.ts"; import "../gpu/device.ts"; Deno;`,
  "islands/Player.tsx": `import { h } from "preact"; import { IS_BROWSER } from "fresh/runtime";
const address = new URL("./_worker.ts", import.meta.url);`,
  "islands/_worker.ts": `import { loadGenerator } from "../models/generator.ts";`,
  "models/manifest.ts": `import * as v from "valibot";`,
  "models/generator.ts": `import { applyGenerator } from "./cyclegan/generator.ts";`,
  "models/cyclegan/generator.ts": `import { conv } from "../../gpu/conv.ts";`,
  "models/cyclegan/step.ts":
    `import { conv } from "../../gpu/gradients.ts"; import "../trunks/vgg.ts";`,
  "models/poster/generator.ts": `import { conv } from "../../gpu/conv.ts";`,
  "models/trunks/config.ts": `export const TRUNK_NETS = ["vgg16"];`,
  "models/trunks/vgg.ts": `import { conv } from "../../gpu/conv.ts";`,
  "gpu/tf.ts": `export * from "@tensorflow/tfjs-core";`,
  "gpu/conv.ts": `import { tensor } from "./tf.ts";
/** Works in Deno too. */ const name = "Deno";`,
  "gpu/gradients.ts": `import { tensor } from "./tf.ts";`,
  "models/poster_generator.ts": `import { applyGenerator } from "./poster/generator.ts";`,
  "gpu/device.ts": `import { tensor } from "./tf.ts";`,
  "gpu/picture.ts": `export interface Picture {}`,
  "data/decode.ts": `import sharp from "sharp"; import type { Picture } from "../gpu/picture.ts";`,
  "tasks/train.ts": `import "../models/cyclegan/step.ts"; import "../data/decode.ts"; Deno.args;`,
  "tests/train_test.ts": `import "../tasks/train.ts"; import "../main.ts"; import "node:assert";`,
};

function faultsOf(changes: Record<string, string>, changedMap = map): string[] {
  const files = Object.entries({ ...house, ...changes }).map(([path, text]) =>
    parseSource(path, text)
  );
  return findImportFaults(files, changedMap);
}

Deno.test("findImportFaults() finds nothing in a house that is in order", () => {
  assert.deepEqual(faultsOf({}), []);
});

/** A file, what is planted in it, and the one message that must come back. */
const planted: [path: string, text: string, message: RegExp][] = [
  [
    "gpu/conv.ts",
    `\nimport "../models/manifest.ts";`,
    /^gpu\/conv.ts:3: .*no arrow gpu -> models$/,
  ],
  ["gpu/conv.ts", `import "../data/decode.ts";`, /no arrow gpu -> data$/],
  ["data/decode.ts", `import "../gpu/conv.ts";`, /no arrow data -> gpu\/conv$/],
  ["data/decode.ts", `import "../models/manifest.ts";`, /no arrow data -> models$/],
  ["models/manifest.ts", `import "../data/decode.ts";`, /no arrow models -> data$/],
  ["routes/index.tsx", `import "../gpu/conv.ts";`, /no arrow routes -> gpu$/],
  ["routes/index.tsx", `import "../models/generator.ts";`, /no arrow routes -> models\/generator$/],
  ["routes/index.tsx", `const lazy = import("../gpu/conv.ts");`, /no arrow routes -> gpu$/],
  ["routes/index.tsx", `type Conv = import("../gpu/conv.ts").Conv;`, /no arrow routes -> gpu$/],
  ["routes/index.tsx", `export { conv } from "../gpu/conv.ts";`, /no arrow routes -> gpu$/],
  ["routes/index.tsx", `import "../gpu/device.ts";`, /no arrow routes -> gpu$/],
  [
    "server/queue.ts",
    `import "./worker.ts";`,
    /^routes\/index.tsx:1: .*server\/queue.ts -> server\/worker.ts -> .*gpu\/tf.ts: the server computes in/,
  ],
  ["server/worker.ts", `import "../models/generator.ts";`, /no arrow server -> models\/generator$/],
  ["server/queue.ts", `import "../islands/Player.tsx";`, /no arrow server -> islands$/],
  ["server/queue.ts", `import "sharp";`, /server has no use for this package$/],
  ["islands/Player.tsx", `import "../server/queue.ts";`, /no arrow islands -> server$/],
  ["islands/Player.tsx", `import "../routes/index.tsx";`, /no arrow islands -> routes$/],
  ["islands/Player.tsx", `import "../gpu/conv.ts";`, /no arrow islands -> gpu\/conv$/],
  ["fresh/mod.ts", `import "../routes/index.tsx";`, /no arrow fresh -> routes$/],
  ["main.ts", `import "./gpu/conv.ts";`, /no arrow main -> gpu$/],
  ["gpu/conv.ts", `import "../tests/train_test.ts";`, /nothing imports tests$/],
  ["models/manifest.ts", `import "../tasks/train.ts";`, /nothing imports tasks$/],
  ["tasks/train.ts", `import "../main.ts";`, /nothing imports main$/],
  ["helpers/text.ts", `import "../gpu/conv.ts";`, /helpers\/ is not a room of the house$/],
  ["models/poster/generator.ts", `import "../cyclegan/generator.ts";`, /families of models never/],
  [
    "models/cyclegan/generator.ts",
    `import "../trunks/vgg.ts";`,
    /-> models\/trunks\/vgg.ts: training code never reaches a visitor$/,
  ],
  ["gpu/conv.ts", `import "./convolution.ts";`, /there is no such file$/],
  [
    "gpu/tf.ts",
    `import "./conv.ts";`,
    /^gpu\/conv.ts:1: gpu\/conv.ts -> gpu\/tf.ts -> gpu\/conv.ts: .*ring$/,
  ],
  ["gpu/conv.ts", `import "node:fs";`, /^gpu\/conv.ts:2: .*never names node:$/],
  ["models/manifest.ts", `const home = Deno.env;`, /^models\/manifest.ts:1: .*never names Deno$/],
  ["islands/Player.tsx", `globalThis.Deno;`, /never names Deno$/],
  ["fresh/runtime.ts", `Deno.args;`, /never names Deno$/],
  ["gpu/conv.ts", `import "@tensorflow/tfjs-core";`, /only gpu\/tf\*\.ts name the tfjs packages$/],
  ["tasks/train.ts", `import "@tensorflow/tfjs-core";`, /only gpu\/tf\*\.ts/],
  ["gpu/conv.ts", `import "sharp";`, /gpu has no use for this package$/],
  ["data/decode.ts", `import "lodash";`, /packages are named in deno.json/],
  ["data/decode.ts", `import "npm:lodash@4.17.21";`, /packages are named in deno.json/],
  ["data/decode.ts", `import "https://example.org/x.ts";`, /packages are named in deno.json/],
  [
    "models/generator.ts",
    `import "./cyclegan/step.ts";`,
    /islands\/_worker.ts -> models\/generator.ts -> models\/cyclegan\/step.ts: training code never/,
  ],
  [
    "gpu/conv.ts",
    `const later = import("./gradients.ts");`,
    /islands\/_worker.ts -> .* -> gpu\/gradients.ts: training code never reaches a visitor$/,
  ],
];

for (const [path, text, message] of planted) {
  Deno.test(`findImportFaults() reports ${text.trim()} in ${path}`, () => {
    const faults = faultsOf({
      [path]: `${house[path] ?? ""}${text}`,
    });
    const hits = faults.filter((fault) => message.test(fault));
    assert.equal(hits.length, 1, faults.join("\n") || "no fault was found");
  });
}

Deno.test("findImportFaults() lets a file train on demand that is fetched by a lazy import alone", () => {
  const search = "islands/_poster_search.ts", text = `import "../models/poster_search.ts";`;
  const files = { [search]: text, "models/poster_search.ts": `import "../gpu/gradients.ts";` };
  const lazy = `${house["islands/_worker.ts"]} const later = () => import("./_poster_search.ts");`;
  assert.deepEqual(faultsOf({ ...files, "islands/_worker.ts": lazy }), []);
  const plain = `${house["islands/_worker.ts"]} import "./_poster_search.ts";`;
  assert.match(
    faultsOf({ ...files, "islands/_worker.ts": plain }).join("\n"),
    /islands\/_worker.ts -> islands\/_poster_search.ts -> .*: training code never reaches a visitor/,
  );
});

Deno.test("findImportFaults() lets types of training code into what visitors load, as they leave no trace there", () => {
  const text = `${house["models/generator.ts"]} import type { Step } from "./cyclegan/step.ts";`;
  assert.deepEqual(faultsOf({ "models/generator.ts": text }), []);
});

Deno.test("findImportFaults() reports packages that are not from npm at one exact version", () => {
  for (
    const target of ["npm:hono@^4.13.19", "npm:hono", "jsr:@std/assert@1.0.0", "https://x.org/y.ts"]
  ) {
    const faults = faultsOf({}, { ...map, hono: target });
    assert.match(faults.join("\n"), /^deno.json: "hono" -> .*one exact version$/);
  }
});
