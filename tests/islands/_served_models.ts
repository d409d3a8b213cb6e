// Puts models on a page that no folder of the server holds, the page else being as the server renders it.

import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { type ComponentType, Fragment, h } from "preact";
import { renderTree } from "../../fresh/islands.ts";
import type { Manifest } from "../../models/manifest.ts";

/** A model that only the test's page knows of. */
export interface UnservedModel<M extends Manifest = Manifest> {
  manifest: M;
  weights: Uint8Array<ArrayBuffer>;
}

/** A page's address, and the island that plays its models. */
export interface PlayerPage<M extends Manifest> {
  path: string;
  name: string;
  player: ComponentType<{ models: { manifest: M; weightsUrl: string }[] }>;
}

/** Has the page's player offer these models, and answers for their weights. */
export async function serveModels<M extends Manifest>(
  page: Page,
  { path, name, player }: PlayerPage<M>,
  models: readonly UnservedModel<M>[],
): Promise<void> {
  const offered = models.map(({ manifest }) => ({
    manifest,
    weightsUrl: `/models/${manifest.id}/weights.safetensors?v=test`,
  }));
  await page.route(`**/${path}*`, async (route) => {
    if (route.request().resourceType() !== "document") return await route.continue();
    const response = await route.fetch();
    const island = renderTree(h(Fragment, null, h(player, { models: offered }))).html;
    assert.match(island, /^<fresh-island/);
    const place = new RegExp(`<fresh-island name="${name}".*</fresh-island>`, "s");
    const body = (await response.text()).replace(place, () => island);
    assert.ok(body.includes(island), "The page has no place for the player");
    await route.fulfill({ response, body });
  });
  for (const { manifest, weights } of models) {
    const body = Buffer.from(weights);
    await page.route(
      `**/models/${manifest.id}/weights.safetensors*`,
      (route) => route.fulfill({ body, contentType: "application/octet-stream" }),
    );
  }
}
