// Asks axe what is wrong with a page, in the light and in the dark.

import axe from "axe-core";
import { chromium } from "playwright-core";
import type { AuditedDevice } from "./_audit_lighthouse.ts";
import { findChromium } from "./_gates.ts";

/** Sizes of the devices' screens. */
export const VIEWPORTS: Readonly<Record<AuditedDevice, { width: number; height: number }>> = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
};
/** What a page has to draw its first pictures. */
const SETTLED_MS = 3000;

/** One line for each element that breaks a rule. */
export async function findViolations(url: string, device: AuditedDevice): Promise<string[]> {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ["--no-sandbox"],
  });
  try {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await browser.newPage({
        colorScheme,
        viewport: VIEWPORTS[device],
        // Colours are measured as they are when nothing moves any more.
        reducedMotion: "reduce",
        serviceWorkers: "block",
      });
      await page.goto(url);
      await page.waitForTimeout(SETTLED_MS);
      await page.evaluate(axe.source);
      // By name and not by type: the page's own global, not ours.
      const { violations } = await page.evaluate("axe.run()") as axe.AxeResults;
      found.push(
        ...violations.flatMap(({ id, nodes }) =>
          nodes.map(({ html }) => `${id}, in the ${colorScheme}: ${html}`)
        ),
      );
    }
    return found;
  } finally {
    await browser.close();
  }
}
