// Manifests: a good one is read, and every wrong field is refused by its name.

import assert from "node:assert/strict";
import { parseManifest } from "../../models/manifest.ts";
import { manifestJson, parseStyle } from "./_exported_model.ts";

/** The good manifest with the field at a dotted path replaced, or removed if the value is undefined. */
function changed(path: string, value: unknown): unknown {
  const json: unknown = structuredClone(manifestJson);
  const keys = path.split("."), last = keys.pop() ?? path;
  const parent = keys.reduce((node: unknown, key) => Reflect.get(node as object, key), json);
  if (value === undefined) Reflect.deleteProperty(parent as object, last);
  else Reflect.set(parent as object, last, value);
  return json;
}

function assertRefused(json: unknown, problem: string): void {
  const message = `Cannot read model manifest: ${problem}`;
  assert.throws(() => parseManifest(json), { name: "SyntaxError", message });
}

/** The dotted paths of all fields, branches and leaves. */
function fieldPaths(node: unknown, prefix = ""): string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [path, ...fieldPaths(child, path)];
  });
}

Deno.test("parseManifest gives a good manifest back as it is", () => {
  assert.deepEqual(parseManifest(manifestJson), manifestJson);
  const oneWay = changed("directions", [manifestJson.directions[1]]);
  assert.deepEqual(parseStyle(oneWay).directions, [manifestJson.directions[1]]);
  for (
    const [path, value] of [["dtype", "f16"], ["training.metrics", {}], ["id", "a-1"]] as const
  ) {
    parseManifest(changed(path, value));
  }
});

Deno.test("parseManifest refuses a manifest that lacks any field, naming it", () => {
  // An absent number in a list shifts no other: it is the list's length that is wrong.
  const fields = fieldPaths(manifestJson)
    .filter((path) =>
      !/^(directions\.\d|trainedSize\.\d|valueRange\.\d)$|^training\.metrics\./.test(path)
    );
  assert.equal(fields.length, 36);
  for (const path of fields) assertRefused(changed(path, undefined), `"${path}" is missing`);
  assertRefused(changed("trainedSize", [64]), '"trainedSize.1" is missing');
});

Deno.test("parseManifest refuses an unknown field anywhere, naming it", () => {
  for (const path of ["extra", "config.extra", "directions.0.extra", "weights.url", "training.x"]) {
    assertRefused(changed(path, 1), `"${path}" is not a known key`);
  }
});

Deno.test("parseManifest refuses null in the place of any field", () => {
  for (const path of fieldPaths(manifestJson)) {
    assert.throws(() => parseManifest(changed(path, null)), (error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, /^Cannot read model manifest: "[\w.]+" is null, expected /);
      assert.ok(error.message.includes(`"${path}"`), error.message);
      return true;
    });
  }
});

Deno.test("parseManifest refuses a wrong value of each field, with what was found and expected", () => {
  const hex = "64 hexadecimal digits", idText = "lower-case letters, digits and single hyphens";
  const wrong: [path: string, value: unknown, problem: string][] = [
    ["formatVersion", 2, " is 2, expected 1"],
    ["id", "Two films", ` is "Two films", expected ${idText}`],
    ["id", "../two", ` is "../two", expected ${idText}`],
    ["id", "a--b", ` is "a--b", expected ${idText}`],
    ["id", "a".repeat(65), ": Invalid length: Expected <=64 but received 65"],
    ["name", "", ": Invalid length: Expected >=1 but received 0"],
    ["name", "n".repeat(81), ": Invalid length: Expected <=80 but received 81"],
    ["family", "pix2pix", ' is "pix2pix", expected ("cyclegan" | "poster")'],
    ["config.width", 0, ": Invalid value: Expected >=1 but received 0"],
    ["config.width", 2.5, ": Invalid integer: Received 2.5"],
    ["config.blocks", 33, ": Invalid value: Expected <=32 but received 33"],
    ["config.upsample", "bilinear", ' is "bilinear", expected ("convt" | "resize")'],
    ["directions", [], ": Invalid length: Expected >=1 but received 0"],
    ["directions.1.id", "AtoC", ' is "AtoC", expected ("AtoB" | "BtoA")'],
    ["directions.0.from", "", ": Invalid length: Expected >=1 but received 0"],
    ["sizeMultiple", 0, ": Invalid value: Expected >=4 but received 0"],
    ["sizeMultiple", 6, ": Invalid multiple: Expected %4 but received 6"],
    ["trainedSize.0", 0, ": Invalid value: Expected >=1 but received 0"],
    ["trainedSize.1", "64", ' is "64", expected number'],
    ["valueRange.0", 0, " is 0, expected -1"],
    ["dtype", "f64", ' is "f64", expected ("f16" | "f32")'],
    ["weights.file", "../x", ' is "../x", expected "weights.safetensors"'],
    ["weights.bytes", -1, ": Invalid value: Expected >=0 but received -1"],
    ["weights.bytes", 2 ** 30, ": Invalid value: Expected <=536870912 but received 1073741824"],
    ["weights.sha256", "ABC", ` is "ABC", expected ${hex}`],
    ["parameters", 1.5, ": Invalid integer: Received 1.5"],
    ["training.datasetHash", "", ` is "", expected ${hex}`],
    ["training.seed", -1, ": Invalid value: Expected >=0 but received -1"],
    ["training.seconds", -0.5, ": Invalid value: Expected >=0 but received -0.5"],
    ["training.metrics.lossCycle", "low", ' is "low", expected number'],
    ["card", "c".repeat(4001), ": Invalid length: Expected <=4000 but received 4001"],
    ["exportedAt", "yesterday", ': Invalid timestamp: Received "yesterday"'],
  ];
  for (const [path, value, problem] of wrong) {
    assertRefused(changed(path, value), `"${path}"${problem}`);
  }
});

Deno.test("parseManifest refuses a direction that comes twice", () => {
  const [there] = manifestJson.directions;
  const problem = '"directions" is Array, expected each direction once';
  assertRefused(changed("directions", [there, there]), problem);
});

Deno.test("parseManifest refuses what is no object", () => {
  const wrong: [json: unknown, problem: string][] = [
    [null, '"(top)" is null, expected Object'],
    ["{}", '"(top)" is "{}", expected Object'],
    [7, '"(top)" is 7, expected Object'],
    [[], '"family" is missing'],
    [{}, '"family" is missing'],
  ];
  for (const [json, problem] of wrong) assertRefused(json, problem);
});

const { directions: _, sizeMultiple: _also, ...commonJson } = manifestJson;
const posterJson = {
  ...commonJson,
  family: "poster",
  model: "cgan",
  config: {
    ...{ architecture: "dcgan", latent: 4, genres: 2, normalise: true },
    ...{ width: 4, base: [6, 4], stages: 1 },
  },
  genres: ["horror", "comedy"],
  trainedSize: [12, 8],
};

Deno.test("parseManifest gives a poster generator's manifest back as it is", () => {
  assert.deepEqual(parseManifest(posterJson), posterJson);
});

Deno.test("parseManifest refuses a poster generator's manifest whose parts do not fit each other", () => {
  const { config } = posterJson;
  const wrong: [change: Record<string, unknown>, problem: string][] = [
    [{ genres: ["horror"] }, '"genres" is Array, expected as many names as config.genres'],
    [{ genres: ["horror", "horror"] }, '"genres" is Array, expected each genre once'],
    [{ trainedSize: [8, 12] }, '"trainedSize" is Array, expected the size that config makes'],
    [
      { config: { ...config, latent: 0 } },
      '"config.latent": Invalid value: Expected >=1 but received 0',
    ],
    [{ directions: manifestJson.directions }, '"directions" is not a known key'],
  ];
  for (const [change, problem] of wrong) assertRefused({ ...posterJson, ...change }, problem);
});

const figure = { of: "A to B", model: 14.5, beside: [{ name: "nothing done", value: 9 }] };
const measure = {
  ...{ name: "PSNR", unit: "dB", better: "higher", definition: "Against the true answer." },
  figures: [figure],
};

Deno.test("parseManifest takes what newer exports tell beside: limits, figures, a sample", () => {
  const more = {
    limits: "Small things are lost.",
    sample: { file: "sample.webp", width: 30, height: 20 },
    evaluation: { data: "64 pairs", measures: [measure] },
  };
  assert.deepEqual(parseManifest({ ...manifestJson, ...more }), { ...manifestJson, ...more });
  const plain = { ...measure, unit: undefined, figures: [{ model: 1, beside: [] }] };
  parseManifest({ ...manifestJson, evaluation: { data: "x", measures: [plain] } });
});

Deno.test("parseManifest refuses figures that say less than they must", () => {
  const wrong = (change: object) =>
    parseManifest({
      ...manifestJson,
      evaluation: { data: "x", measures: [{ ...measure, ...change }] },
    });
  assert.throws(() => wrong({ better: "bigger" }), /"evaluation.measures.0.better"/);
  assert.throws(() => wrong({ figures: [] }), /"evaluation.measures.0.figures"/);
  assert.throws(() => wrong({ definition: "" }), /"evaluation.measures.0.definition"/);
  assert.throws(
    () => wrong({ figures: [{ ...figure, model: null }] }),
    /"evaluation.measures.0.figures.0.model"/,
  );
});
