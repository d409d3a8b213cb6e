// The tour's way through the poster page: what a visitor does there, with the models that ship.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { PAPERS, sheetOf, toPoints } from "../../islands/_poster_paper.ts";
import { readPdf } from "./_pdf.ts";
import { downloadPoster, moveFader, openPosters, waitUntilDrawn } from "./_poster_page.ts";
import {
  openTool,
  printPoster,
  readCanvases,
  readPosterText,
  waitForTiles,
} from "./_poster_tools.ts";

/** The model that the page starts with, moved by its faders. */
export async function moveFaders(page: Page): Promise<void> {
  await page.fill("#poster-seed", "12");
  await page.waitForURL(/seed=12/);
  await waitUntilDrawn(page);
  for (const [id, value] of [["poster-genre-0", 1], ["poster-truncation", 0.5]] as const) {
    const before = await readPosterText(page);
    await moveFader(page, id, value);
    assert.notEqual(await readPosterText(page), before, `${id} does nothing`);
  }
}

/** A variation, and the way from the poster to it and back. */
export async function varyAndWalk(page: Page): Promise<void> {
  const first = await readPosterText(page);
  await page.getByRole("button", { name: "Keep as A" }).click();
  const variation = page.getByRole("button", { name: "Variation 3 of 8" });
  await variation.locator("canvas").waitFor();
  await variation.click();
  await page.waitForURL(/steps=/);
  await waitUntilDrawn(page);
  const varied = await readPosterText(page);
  assert.notEqual(varied, first);
  await page.getByRole("button", { name: "Keep as B" }).click();
  const stations: string[] = [];
  for (const share of [0, 0.5, 1]) {
    await moveFader(page, "poster-share", share);
    stations.push(await readPosterText(page));
  }
  assert.deepEqual([stations[0], stations[2]], [first, varied]);
  assert.equal(new Set(stations).size, 3, "Half-way there is no poster of its own");
  await page.getByRole("button", { name: "Leave the way" }).click();
  await page.getByRole("button", { name: "One step back" }).click();
  await page.waitForURL((url) => !url.hash.includes("steps="));
  await waitUntilDrawn(page);
  assert.equal(await readPosterText(page), first);
}

/** Words over the poster, and the file with them. */
export async function setWords(page: Page): Promise<void> {
  await page.fill("#poster-title", "The Grand Tour");
  await page.fill("#poster-credits", "nobody at all");
  await page.selectOption("#poster-lettering", "lobster");
  await page.locator(".poster__type text").filter({ hasText: "The Grand Tour" }).waitFor();
  const { name, picture } = await downloadPoster(page);
  assert.match(name, /^the-grand-tour-8x\.png$/);
  const sides = await page.locator(".poster canvas").evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    return [width, height];
  });
  assert.deepEqual([picture.width, picture.height], sides.map((side) => 8 * side));
}

/** The address, opened in another tab. */
export async function followLink(page: Page, origin: string): Promise<void> {
  await page.waitForURL(/lettering=lobster/);
  const other = await page.context().newPage();
  await openPosters(other, origin, new URL(page.url()).hash.slice(1));
  assert.equal(await readPosterText(other), await readPosterText(page), "Its link draws another");
  assert.equal(await other.inputValue("#poster-title"), "The Grand Tour");
  await other.close();
}

/** The wall, a favourite that outlives a reload, and children of two posters. */
export async function keepAndBreed(page: Page): Promise<void> {
  const wall = await openTool(page, "The wall");
  await waitForTiles(wall, 12);
  const posters = await readCanvases(wall);
  assert.equal(new Set(posters).size, 12, "The wall has a poster twice");
  await wall.getByRole("button", { name: /^Keep:/ }).nth(2).click();
  await wall.getByRole("button", { name: /^Kept:/, pressed: true }).waitFor();
  await page.reload();
  await waitUntilDrawn(page);
  const favourites = await openTool(page, "Favourites");
  await waitForTiles(favourites, 1);
  assert.deepEqual(await readCanvases(favourites), [posters[2]], "The favourite is another one");
  await favourites.getByRole("button", { name: /^Breed:/ }).click();
  await waitForTiles(await openTool(page, "The wall"), 12);
  await wall.getByRole("button", { name: /^Breed:/ }).first().click();
  const breeding = await openTool(page, "Breeding");
  // The parents are no tiles.
  await waitForTiles(breeding, 9);
  const children = await readCanvases(breeding);
  assert.equal(new Set(children).size, 9, "Children are twins");
  await breeding.getByRole("button", { name: /^Open:/ }).nth(4).click();
  await page.waitForURL(/latent=1/);
  await waitUntilDrawn(page);
  assert.equal(await readPosterText(page), children[4]);
}

/** The first direction of the model, and back to the middle. */
export async function moveDirection(page: Page): Promise<void> {
  const poster = await readPosterText(page), address = page.url();
  const tool = await openTool(page, "Directions");
  await tool.getByLabel("Direction 1", { exact: true }).fill("2");
  await page.waitForURL((url) => url.href !== address);
  await waitUntilDrawn(page);
  assert.notEqual(await readPosterText(page), poster, "The direction leads nowhere");
  await tool.getByRole("button", { name: "All to the middle" }).click();
  await page.waitForURL(address);
  await waitUntilDrawn(page);
  assert.equal(await readPosterText(page), poster);
}

/** A picture of one's own, whose search is seen to begin, and given up. */
export async function searchOwnPicture(page: Page): Promise<void> {
  const address = page.url();
  const tool = await openTool(page, "Your picture");
  const sample = new URL("../../static/samples/lighthouse.jpg", import.meta.url);
  await tool.locator("input[type=file]").setInputFiles(sample.pathname);
  await tool.getByText(/% nearer than the first guess/).waitFor({ timeout: 60_000 });
  assert.equal(await tool.locator("canvas").count(), 2, "The picture and the poster so far");
  await tool.getByRole("button", { name: "Cancel" }).click();
  await tool.getByText("Choose a picture").waitFor();
  assert.equal(page.url(), address, "A search that is given up has changed the poster");
}

/** A PDF on the smallest paper. */
export async function printPdf(page: Page): Promise<void> {
  const { path } = await printPoster(page, {});
  const file = readPdf(await Deno.readFile(path));
  const { media, trim } = sheetOf(PAPERS[0], true);
  const near = (found: number[], sides: number[]) =>
    found.length === 4 &&
    [found[2] - found[0], found[3] - found[1]].every((side, i) =>
      Math.abs(side - toPoints(sides[i])) < 0.01
    );
  for (const [name, box] of [["MediaBox", media], ["TrimBox", trim]] as const) {
    const found = file.box(name);
    assert.ok(near(found, [box.width, box.height]), `${name} is ${found}`);
  }
  assert.match(file.content, / c$/m, "The words are no curves");
}
