// Tests of the shelf: which exported models the pages offer, and which are left out and why.

import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { render } from "preact-render-to-string";
import { h } from "preact";
import { ModelCard } from "../../routes/(_models)/ModelCard.tsx";
import { readShelf } from "../../routes/(_models)/shelf.ts";

const weights = new Uint8Array(100);
const sha256 = createHash("sha256").update(weights).digest("hex");

function makeManifest(id: string, exportedAt = "2026-01-01T00:00:00.000Z") {
  return {
    formatVersion: 1,
    id,
    name: `Model <${id}>`,
    family: "cyclegan",
    config: { width: 8, blocks: 3, upsample: "resize" },
    directions: [{ id: "AtoB", from: "Film A", to: "Film B" }],
    sizeMultiple: 4,
    trainedSize: [64, 96],
    valueRange: [-1, 1],
    dtype: "f32",
    weights: { file: "weights.safetensors", bytes: weights.length, sha256 },
    parameters: 25,
    training: {
      dataset: "two films",
      datasetHash: "0".repeat(64),
      imagesSeen: 24000,
      seed: 1,
      revision: "1.0",
      device: "cpu",
      seconds: 7500,
      metrics: { "error AtoB": 0.08312345 },
    },
    license: "MIT",
    card: "A toy.",
    exportedAt,
  };
}

/** Runs with a folder of models; a value is a manifest, or text that is written as one. */
async function withModels(models: Record<string, unknown>, run: (folder: URL) => Promise<void>) {
  const path = await Deno.makeTempDir({ prefix: "lobbycard-shelf-" });
  try {
    for (const [id, manifest] of Object.entries(models)) {
      await Deno.mkdir(`${path}/${id}`);
      const text = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
      await Deno.writeTextFile(`${path}/${id}/manifest.json`, text);
      await Deno.writeFile(`${path}/${id}/weights.safetensors`, weights);
    }
    await run(pathToFileURL(`${path}/`));
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("readShelf offers the models, the newest first, with an address that follows the weights", async () => {
  const models = { old: makeManifest("old"), new: makeManifest("new", "2026-02-01T00:00:00.000Z") };
  await withModels(models, async (folder) => {
    await Deno.writeTextFile(new URL("old/sample.png", folder), "png");
    const { models: [first, second], problems } = await readShelf(folder);
    assert.deepEqual([first.manifest.id, second.manifest.id, problems], ["new", "old", []]);
    assert.equal(first.weightsUrl, `/models/new/weights.safetensors?v=${sha256}`);
    assert.deepEqual([first.sample, second.sample], [undefined, { url: "/models/old/sample.png" }]);
  });
});

Deno.test("readShelf leaves out what is broken and says so in one line each", async () => {
  const broken = {
    good: makeManifest("good"),
    truncated: '{"formatVersion": 1',
    "other-id": makeManifest("good"),
    unknown: { ...makeManifest("unknown"), extra: 1 },
    short: { ...makeManifest("short"), weights: { file: "weights.safetensors", bytes: 7, sha256 } },
  };
  await withModels(broken, async (folder) => {
    await Deno.mkdir(new URL("empty", folder));
    await Deno.writeTextFile(new URL("stray.txt", folder), "no model");
    const { models, problems } = await readShelf(folder);
    assert.deepEqual(models.map(({ manifest }) => manifest.id), ["good"]);
    assert.equal(problems.length, 5);
    for (const id of ["truncated", "other-id", "unknown", "short", "empty"]) {
      const lines = problems.filter((line) => line.startsWith(`Model ${id} is left out: `));
      assert.equal(lines.length, 1, id);
      assert.doesNotMatch(lines[0], /\n/);
    }
  });
});

Deno.test("readShelf is empty without a folder", async () => {
  const folder = pathToFileURL("/no/such/folder/");
  assert.deepEqual(await readShelf(folder), { models: [], problems: [] });
});

Deno.test("ModelCard tells what the manifest says, escaped", async () => {
  await withModels({ toy: makeManifest("toy") }, async (folder) => {
    const { models: [model] } = await readShelf(folder);
    const sample = { url: "/models/toy/sample.webp", width: 30, height: 20 };
    const html = render(h(ModelCard, { model: { ...model, sample } }));
    const facts = [
      "Model &lt;toy>",
      "Film A to Film B",
      "two films",
      "24,000",
      "96 × 64 pixels",
      "2 h 05 min on cpu",
      "0.08312",
      "100 bytes, 25 parameters, f32",
      "MIT",
      "A toy.",
      sha256.slice(0, 16),
    ];
    for (const fact of facts) assert.ok(html.includes(fact), `${fact} in ${html}`);
    assert.match(
      html,
      /<img[^>]* src="\/models\/toy\/sample.webp" width="30" height="20" alt="[^"]+"/,
    );
  });
});

Deno.test("ModelCard shows figures beside what they are read against, with what each means", async () => {
  const evaluation = {
    data: "4 test pictures",
    measures: [{
      ...{ name: "PSNR", unit: "dB", better: "higher", definition: "Nearness to the answer." },
      figures: [
        { of: "A to B", model: 14.25, beside: [{ name: "nothing done", value: 9.5 }] },
        { of: "B to A", model: 120.4, beside: [] },
      ],
    }],
  };
  const manifest = { ...makeManifest("toy"), limits: "Small things are lost.", evaluation };
  await withModels({ toy: manifest }, async (folder) => {
    const { models: [model], problems } = await readShelf(folder);
    assert.deepEqual(problems, []);
    const text = render(h(ModelCard, { model })).replaceAll(/<[^>]+>/g, " ").replaceAll(
      /\s+/g,
      " ",
    );
    for (
      const part of [
        "Where it fails Small things are lost.",
        "4 test pictures",
        "Measure This model Nothing done",
        "PSNR (dB) ↑ A to B 14.3 9.50",
        "PSNR (dB) ↑ B to A 120",
        "PSNR: higher is better Nearness to the answer.",
      ]
    ) assert.ok(text.includes(part), `${part} in ${text}`);
  });
});

Deno.test("readShelf takes the sample that the manifest names, with its sides", async () => {
  const sample = { file: "sample.webp", width: 30, height: 20 };
  await withModels({ toy: { ...makeManifest("toy"), sample } }, async (folder) => {
    assert.equal((await readShelf(folder)).models[0].sample, undefined, "It is not there");
    await Deno.writeTextFile(new URL("toy/sample.webp", folder), "webp");
    const { models: [model] } = await readShelf(folder);
    assert.deepEqual(model.sample, { url: "/models/toy/sample.webp", width: 30, height: 20 });
  });
});
