// /api/poster.png of the app itself, with its own worker and the bundled models: the pixels are those that the engine draws here.

import assert from "node:assert/strict";
import sharp from "sharp";
import { startDevice } from "../../gpu/device.ts";
import { resizePicture } from "../../gpu/picture.ts";
import {
  loadPosterGenerator,
  type PosterRecipe,
  requestOf,
} from "../../models/poster_generator.ts";
import { app } from "../../main.ts";
import { modelsOf, readShelf } from "../../routes/(_models)/shelf.ts";
import { posterAddress, type PosterModel } from "../../routes/(_posters)/poster_query.ts";
import { posters } from "../../routes/api/poster.png.ts";
import { ask } from "./_ask.ts";

const handler = app.handler();
const models = modelsOf(await readShelf(), "poster");

/** The colours of each poster, red, green, blue by pixel, as the engine of this process draws them. */
async function drawHere(
  { manifest, weightsFile }: PosterModel,
  recipes: PosterRecipe[],
  scale: number,
) {
  const device = await startDevice("simd", { threads: 2 });
  try {
    const generator = await loadPosterGenerator(
      manifest,
      await Deno.readFile(new URL(weightsFile)),
    );
    const found: number[][] = [];
    for (const recipe of recipes) {
      const [picture] = await generator.draw([requestOf(recipe, generator.config)]);
      const { data } = resizePicture(picture, picture.width * scale, picture.height * scale);
      found.push([...data.filter((_, i) => i % 4 < 3)]);
    }
    generator.dispose();
    return found;
  } finally {
    device.dispose();
  }
}

for (const model of models) {
  for (const scale of [1, 2, 4] as const) {
    Deno.test(`/api/poster.png draws ${model.manifest.id} at scale ${scale} as the engine does, to the last bit`, async () => {
      const { manifest, weightsFile } = model;
      const genres = manifest.genres.map((_, i) => i === 1 ? 1 : i === 3 ? 0.35 : 0);
      const recipes = [
        { seed: 4294967295, genres, truncation: 0.8 },
        { seed: scale, genres: genres.map(() => 0), truncation: 1 },
      ];
      const expected = await drawHere(model, recipes, scale);
      const [height, width] = manifest.trainedSize.map((side) => side * scale);
      for (const [i, recipe] of recipes.entries()) {
        const address = posterAddress({ manifest, weightsFile, recipe, scale });
        const response = await handler(new Request(`http://localhost${address}`));
        assert.equal(response.status, 200);
        const { data, info } = await sharp(await response.bytes()).raw()
          .toBuffer({ resolveWithObject: true });
        assert.deepEqual([info.width, info.height, info.channels], [width, height, 3]);
        assert.deepEqual([...data], expected[i]);
      }
      posters.close();
    });
  }
}

Deno.test("/api/poster.png keeps the site's security headers, but may be shown by other sites", async () => {
  for (const path of ["/api/poster.png", "/api/poster.png?seed=x"]) {
    const { headers } = await ask(path, { method: "HEAD" });
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
  }
  const { headers } = await ask("/api/poster.png", { method: "HEAD" });
  assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
  const { headers: refused } = await ask("/api/poster.png?seed=x");
  assert.equal(refused.get("cross-origin-resource-policy"), "same-origin");
});

Deno.test("/api/poster.png answers 405 to other methods", async () => {
  const { status, headers } = await ask("/api/poster.png", { method: "POST" });
  assert.deepEqual([status, headers.get("allow")], [405, "GET, HEAD"]);
});

Deno.test("Previews of /posters and /models show a poster of this site by its whole address", async () => {
  for (const path of ["/posters", "/models"]) {
    const { body } = await ask(path);
    const head = body.slice(0, body.indexOf("</head>"));
    const content = (name: string) =>
      head.match(new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`))?.[1]
        .replaceAll("&amp;", "&");
    const image = new URL(content("og:image") ?? "");
    assert.equal(image.origin, "http://localhost");
    assert.equal((await ask(image.pathname + image.search, { method: "HEAD" })).status, 200);
    const [height, width] = models[0].manifest.trainedSize;
    assert.equal(content("og:image:width"), String(4 * width));
    assert.equal(content("og:image:height"), String(4 * height));
    assert.equal(content("twitter:card"), "summary");
    assert.ok(content("og:title") && content("og:description") && content("og:image:alt"));
  }
});

Deno.test("The preview of /posters shows the poster of a link that tells it in the query", async () => {
  const { body } = await ask("/posters?seed=77&truncation=0.5");
  assert.match(
    body,
    /property="og:image" content="http:\/\/localhost\/api\/poster\.png\?[^"]*seed=77&amp;truncation=0\.5&amp;scale=4"/,
  );
});

Deno.test("Pages name no address for previews where their own cannot be told on", async () => {
  for (const host of ["localhost:8000", "[::1]:8000", "lobby-card.example.org", "127.0.0.1"]) {
    const response = await handler(new Request(`http://${host}/posters`));
    assert.ok((await response.text()).includes(`content="http://${host}/api/poster.png?`), host);
  }
  for (const host of ["a_b.example.org", "-a.example.org", "x'y.example.org", "a..b,c"]) {
    const response = await handler(new Request(`http://${host}/posters`));
    const text = await response.text();
    assert.equal(response.status, 200);
    assert.doesNotMatch(text, /og:/, host);
  }
});

Deno.test("/posters shows visitors without scripts a wall of posters of several genres", async () => {
  const { body } = await ask("/posters");
  const wall = body.match(/<noscript>.*?<\/noscript>/s)?.[0] ?? "";
  const addresses = [...wall.matchAll(/<img src="([^"]+)" width="\d+" height="\d+" alt="[^"]+"/g)]
    .map(([, address]) => address.replaceAll("&amp;", "&"));
  assert.equal(new Set(addresses).size, 8);
  for (const address of addresses) {
    assert.match(address, /&v=[0-9a-f]{16}&genres=[a-z-]+:1&/);
    assert.equal((await ask(address, { method: "HEAD" })).status, 200);
  }
});
