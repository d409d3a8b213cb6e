// What the browser tests do with the tools below the poster: open them, press what is in them, and look.

import type { Locator, Page } from "playwright-core";

const PATIENCE_MS = 60_000;
const PRINT_PATIENCE_MS = 120_000;

/** The fold of a tool, opened by its heading. */
export async function openTool(page: Page, label: string): Promise<Locator> {
  const fold = page.locator(".poster-tool").filter({
    has: page.getByRole("heading", { name: label, exact: true }),
  });
  if (await fold.getAttribute("open") === null) await fold.locator("summary").click();
  await fold.locator(".poster-tool__body > :not(.small)").first().waitFor();
  return fold;
}

/** Waits until so many posters are drawn in a tool. */
export async function waitForTiles(tool: Locator, count: number): Promise<void> {
  await tool.locator(".poster-tile canvas").nth(count - 1).waitFor({ timeout: PATIENCE_MS });
}

/** The pixels of the canvases in a tool, as texts to compare. */
export async function readCanvases(tool: Locator): Promise<string[]> {
  return await tool.locator(".poster-tile canvas").evaluateAll((canvases) =>
    canvases.map((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  );
}

/** The pixels of the poster, as a text to compare. */
export async function readPosterText(page: Page): Promise<string> {
  return await page.locator(".poster canvas").evaluate((canvas) =>
    (canvas as HTMLCanvasElement).toDataURL()
  );
}

/** Makes the file of these choices. */
export async function printPoster(
  page: Page,
  { paper = "a4", format = "pdf", dpi = "150", bleed = true, alone = false },
): Promise<{ name: string; path: string }> {
  const tool = await openTool(page, "Print");
  await tool.getByLabel("Paper").selectOption(paper);
  await tool.getByLabel("File").selectOption(format);
  await tool.getByLabel("Dots per inch").selectOption(dpi);
  await tool.getByLabel("3 mm bleed and crop marks").setChecked(bleed);
  await tool.getByLabel("Picture alone").setChecked(alone);
  const button = tool.getByRole("button", { name: "Make the file" });
  await tool.locator("[aria-disabled=false]").waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download", { timeout: PRINT_PATIENCE_MS }),
    button.click(),
  ]);
  await tool.getByText(/^Made: /).waitFor();
  return { name: file.suggestedFilename(), path: await file.path() };
}
