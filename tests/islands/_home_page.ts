// What the browser tests do on the home page: wait until it is drawn, and read its wall.

import type { Page } from "playwright-core";

const PATIENCE_MS = 60_000;

/** A screen with room for the whole wall. */
export const DESKTOP = { width: 1440, height: 900 };

/** Opens the page and waits until the wall is full and the frame redrawn. */
export async function openHome(page: Page, origin: string, posters = 20): Promise<void> {
  await page.goto(origin);
  await page.locator(".wall__poster").nth(posters - 1).waitFor({ timeout: PATIENCE_MS });
  await page.locator(".frame").scrollIntoViewIfNeeded();
  await page.getByText(/Redrawn here in/).waitFor({ timeout: PATIENCE_MS });
}

/** Addresses of the posters on the wall, in their order. */
export function readWall(page: Page): Promise<string[]> {
  return page.locator("a.wall__case").evaluateAll((links) =>
    links.map((link) => (link as HTMLAnchorElement).href)
  );
}

/** Asks for another scene, and waits until it is there and redrawn. */
export async function showNextScene(page: Page): Promise<void> {
  const before = await page.locator(".frame canvas").first().evaluate((canvas) =>
    (canvas as HTMLCanvasElement).toDataURL()
  );
  await page.getByRole("button", { name: "Another scene" }).click();
  await page.waitForFunction(
    (before) =>
      document.querySelector<HTMLCanvasElement>(".frame canvas")?.toDataURL() !== before &&
      document.querySelector(".frame:not(.frame--awaited) .compare__after"),
    before,
    { timeout: PATIENCE_MS },
  );
  await page.getByText("Redrawn here in").waitFor();
}
