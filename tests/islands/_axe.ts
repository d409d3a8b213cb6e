// Asks axe what is wrong with a page.

import { strict as assert } from "node:assert";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds wrong with the page as it is now, one line each. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // By name and not by type: the page's own global, not ours.
  const { violations, passes } = await page.evaluate("axe.run()") as axe.AxeResults;
  assert.ok(passes.length > 20, `Axe looked at next to nothing: ${passes.length} rules`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
