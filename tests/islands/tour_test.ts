// One visitor's tour of the whole app in Chromium, with the models that ship: every feature once, then all again without a network.

import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { type Handler, type PageOptions, withPage } from "../_browser.ts";
import { browserGate, ffmpegGate, gatedTest } from "../_gates.ts";
import { openFigure } from "./_about_page.ts";
import { DESKTOP, openHome, readWall, showNextScene } from "./_home_page.ts";
import { waitUntilKept } from "./_kept_app.ts";
import { moveFader, waitUntilDrawn } from "./_poster_page.ts";
import { openTool, readPosterText, waitForTiles } from "./_poster_tools.ts";
import { waitForText } from "./_style_page.ts";
import * as posters from "./_tour_posters.ts";
import * as style from "./_tour_style.ts";

const browser = await browserGate();
const ffmpeg = browser.available ? await ffmpegGate() : browser;
/** Sizes of icons that installing takes. */
const ICONS = ["192x192", "512x512"];

/** A part of the tour, which goes on from where the one before has left the page. */
interface Stop {
  name: string;
  isLeftOut?: boolean;
  visit(page: Page, origin: string): Promise<void>;
}

const STOPS: readonly Stop[] = [
  { name: "Home: a wall of posters and a frame, drawn here; a pause", visit: seeHome },
  { name: "The app can be installed, and is kept by its worker", visit: install },
  {
    name: "Style: in by the home page's button, a sample frame",
    visit: async (page) => {
      await enter(page, "Restyle a picture");
      await page.waitForSelector("text=Ready for a picture", { timeout: 60_000 });
      await style.restyleSample(page, "Lighthouse");
    },
  },
  { name: "Style: the line and the strength by keyboard", visit: style.moveLineAndStrength },
  { name: "Style: compared with other directions and models", visit: style.compareWithOthers },
  { name: "Style: saved", visit: style.savePicture },
  { name: "Style: the camera", visit: style.useCamera },
  {
    name: "Style: a video restyled and recorded",
    isLeftOut: !ffmpeg.available,
    visit: style.recordVideo,
  },
  { name: "Style: a large picture in tiles", visit: style.restyleLarge },
  {
    name: "Posters: in by the home page's button, faders",
    visit: async (page, origin) => {
      await page.goto(origin);
      await enter(page, "Draw a poster");
      await waitUntilDrawn(page);
      await posters.moveFaders(page);
    },
  },
  { name: "Posters: variations and the way between two", visit: posters.varyAndWalk },
  { name: "Posters: words", visit: posters.setWords },
  { name: "Posters: the link", visit: posters.followLink },
  { name: "Posters: the wall, favourites, breeding", visit: posters.keepAndBreed },
  { name: "Posters: directions", visit: posters.moveDirection },
  { name: "Posters: a picture of one's own", visit: posters.searchOwnPicture },
  { name: "Posters: a PDF", visit: posters.printPdf },
  { name: "Models: a card for each", visit: seeModels },
  { name: "About: live figures", visit: seeFigures },
];

/** What the server was asked for. */
function watchedSite() {
  const asked: { method: string; path: string; hasBody: boolean; status: number }[] = [];
  const serve = (app: Handler): Handler => async (req) => {
    const { pathname: path } = new URL(req.url);
    const response = await app(req);
    asked.push({ method: req.method, path, hasBody: req.body !== null, status: response.status });
    return response;
  };
  return { asked, serve };
}

gatedTest(browser, "A visitor's tour of every feature, and of all without a network", async (t) => {
  const site = watchedSite();
  const options: PageOptions = {
    ...{ webGpu: false, camera: "allowed", serviceWorkers: true, viewport: DESKTOP },
    serve: site.serve,
  };
  await withPage(options, async (page, origin) => {
    const foreign: string[] = [], uploads: string[] = [];
    page.context().on("request", (request) => {
      const url = new URL(request.url());
      if (["blob:", "data:"].includes(url.protocol)) return;
      if (url.origin !== origin) foreign.push(url.href);
      if (request.method() !== "GET" || request.postDataBuffer()) uploads.push(url.href);
    });
    const visit = async ({ name, isLeftOut = false, visit }: Stop) => {
      const isDone = await t.step({ name, ignore: isLeftOut, fn: () => visit(page, origin) });
      // What follows would only wait in vain.
      assert.ok(isDone || isLeftOut, `The tour ended at "${name}"`);
    };
    for (const stop of STOPS) await visit(stop);
    const faults = site.asked.filter(({ status }) => status >= 400);
    assert.deepEqual(faults, [], "Something was not there");

    const online = site.asked.length;
    await page.context().setOffline(true);
    await visit({ name: "Offline: home, style and posters draw again", visit: drawOffline });
    await page.context().setOffline(false);
    // The browser itself asks for its worker, past what Playwright calls offline.
    const past = site.asked.slice(online).filter(({ path }) => path !== "/sw.js");
    assert.deepEqual(past, [], "It was not offline");
    assert.deepEqual([foreign, uploads], [[], []], "Something left the visitor's device");
    for (const { method, path, hasBody } of site.asked) {
      assert.deepEqual([method, hasBody], ["GET", false], path);
      assert.doesNotMatch(path, /^\/api\//, "The server has drawn");
    }
  });
});

async function seeHome(page: Page, origin: string): Promise<void> {
  await openHome(page, origin);
  const pictures = await readPictures(page, ".wall__poster");
  assert.equal(new Set(pictures).size, 20, "The wall has a poster twice");
  const [before, after] = await readPictures(page, ".frame canvas");
  assert.notEqual(before, after, "The frame is not redrawn");
  await page.getByRole("button", { name: "Pause the posters" }).click();
  await page.getByRole("button", { name: "Go on with the posters" }).waitFor();
  await showNextScene(page);
  const wall = await readWall(page);
  await page.getByRole("slider", { name: "Line between before and after" }).focus();
  await page.keyboard.press("ArrowLeft");
  await page.waitForSelector(".compare__range[aria-valuetext^='49 %']");
  await showNextScene(page);
  assert.deepEqual(await readWall(page), wall, "The wall goes on though it is paused");
}

async function install(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { errors, data = "" } = await session.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const { icons, display } = JSON.parse(data) as {
    icons: { src: string; sizes: string; type: string }[];
    display: string;
  };
  assert.equal(display, "standalone");
  for (const size of ICONS) {
    const icon = icons.find(({ sizes }) => sizes === size);
    assert.ok(icon, `No icon of ${size}`);
    const type = await page.evaluate(
      async (src) => (await fetch(src)).headers.get("content-type"),
      icon.src,
    );
    assert.equal(type, icon.type);
  }
  await waitUntilKept(page);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  const reasons = installabilityErrors.map(({ errorId }) => errorId);
  // A test's browser keeps nothing beyond the test.
  assert.deepEqual(reasons.filter((reason) => reason !== "in-incognito"), []);
  await session.detach();
}

async function enter(page: Page, name: string): Promise<void> {
  const path = name === "Draw a poster" ? "/posters" : "/style";
  await page.getByRole("main").getByRole("link", { name, exact: true }).click();
  await page.waitForURL((url) => url.pathname === path);
}

async function seeModels(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/models`);
  const folder = new URL("../../static/models/", import.meta.url);
  const ids: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) if (isDirectory) ids.push(name);
  const places = await page.getByRole("link", { name: /^Try it/ }).evaluateAll((links) =>
    links.map((link) => (link as HTMLAnchorElement).href)
  );
  const found = places.map((place) => place.replace(/^.*model=/, ""));
  assert.deepEqual(found.sort(), ids.sort());
}

async function seeFigures(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/about`);
  for (
    const [figure, selector] of [
      ["#methods .figure", ".cycle"],
      ["#judge .figure", ".patch__frame"],
      ["#posters .figure", ".walk__stations canvas"],
    ]
  ) {
    await page.locator(figure).first().scrollIntoViewIfNeeded();
    await page.waitForSelector(selector, { timeout: 60_000 });
    await openFigure(page, selector);
  }
  const [before] = await readPictures(page, ".walk__now canvas");
  await page.getByRole("slider", { name: "From A to B" }).fill("0");
  await page.waitForFunction(
    (before) =>
      document.querySelector<HTMLCanvasElement>(".walk__now canvas")?.toDataURL() !== before,
    before,
    { timeout: 60_000 },
  );
}

async function drawOffline(page: Page, origin: string): Promise<void> {
  await openHome(page, origin);
  assert.equal(new Set(await readPictures(page, ".wall__poster")).size, 20);
  await enter(page, "Restyle a picture");
  await page.reload();
  await waitForText(page, /Ready for a picture/);
  await style.restyleSample(page, "Village");
  await page.goto(`${origin}/posters#seed=12`);
  await page.reload();
  await waitUntilDrawn(page);
  const poster = await readPosterText(page);
  await moveFader(page, "poster-genre-0", 1);
  assert.notEqual(await readPosterText(page), poster, "The fader does nothing");
  await waitForTiles(await openTool(page, "Favourites"), 1);
}

/** The pixels of canvases, each as a text to compare. */
function readPictures(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).evaluateAll((canvases) =>
    canvases.map((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  );
}
