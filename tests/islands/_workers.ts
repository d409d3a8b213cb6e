// How many workers a page has, by the browser's own word: Playwright never hears of the end of a worker's worker whose parent went first.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";

const PATIENCE_MS = 30_000, PAUSE_MS = 50;

/** Workers of the page's origin, with those that they have started. */
export async function countWorkers(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const { targetInfos } = await session.send("Target.getTargets", { filter: [{ type: "worker" }] });
  await session.detach();
  const { origin } = new URL(page.url());
  return targetInfos.filter(({ type, url }) => type === "worker" && url.startsWith(origin)).length;
}

/** Waits until the page has no worker any more. */
export async function waitForNoWorkers(page: Page): Promise<void> {
  for (let waited = 0; await countWorkers(page) > 0; waited += PAUSE_MS) {
    assert.ok(waited < PATIENCE_MS, `${await countWorkers(page)} workers have not ended`);
    await page.waitForTimeout(PAUSE_MS);
  }
}
