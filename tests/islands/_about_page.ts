// What the browser tests do on the about page: scroll to its live figures.

import type { Page } from "playwright-core";

const PATIENCE_MS = 60_000;

/** Scrolls to a figure and waits until all its pictures are there. */
export async function openFigure(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().scrollIntoViewIfNeeded({ timeout: PATIENCE_MS });
  await page.waitForFunction(
    (selector) => {
      const figure = document.querySelector(selector)?.closest("figure");
      return figure?.querySelector("canvas") && !figure.querySelector(".figure__awaited");
    },
    selector,
    { timeout: PATIENCE_MS },
  );
}
