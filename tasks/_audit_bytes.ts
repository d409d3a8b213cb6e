// Counts the bytes that a first visit takes until its first picture: which files the browser asks for, and how large each is on the wire.

import { get } from "node:http";
import { type Browser, chromium, type Page } from "playwright-core";
import { VIEWPORTS } from "./_audit_axe.ts";
import type { AuditedDevice } from "./_audit_lighthouse.ts";
import { findChromium } from "./_gates.ts";

const PATIENCE_MS = 120_000;
/** What a browser of today takes. */
const BEST = "gzip, deflate, br, zstd";
const RESTYLED = ":is(.compare__after, .compare__drawn)";

/** A visit that ends with a picture. */
export interface Journey {
  name: string;
  page: string;
  /** What the visitor does once the page is there; nothing unless given. */
  act?(page: Page): Promise<void>;
  /** What is there as soon as the picture is. */
  selector: string;
}

/** The visits that are counted. */
export const JOURNEYS: readonly Journey[] = [
  {
    name: "wall and frame",
    page: "/",
    async act(page) {
      await page.waitForSelector(".wall__poster", { timeout: PATIENCE_MS });
      await page.locator(".lobby-card").scrollIntoViewIfNeeded();
    },
    selector: `.lobby-card ${RESTYLED}`,
  },
  { name: "first poster", page: "/posters", selector: "[data-current=true]" },
  {
    name: "first restyled picture",
    page: "/style",
    act: (page) => page.locator(".film-strip button").first().click(),
    selector: `.style-picture ${RESTYLED}`,
  },
];

/** What a file is for: weights, the sample that is restyled, code with its engine, or the page with its styles and fonts. */
export const PARTS = ["page", "code", "model", "picture"] as const;

/** One of them. */
export type Part = typeof PARTS[number];

/** What a visit takes, in bytes of the answers' bodies. */
export interface Bytes {
  name: string;
  page: string;
  device: AuditedDevice;
  files: number;
  /** With gzip, which every browser takes. */
  gzip: Record<Part, number>;
  /** The sums with gzip, and with the best that this browser takes. */
  total: { gzip: number; best: number };
}

/** Makes the visit as one who has never been here, with the CPU engine. @throws {Error} if no picture comes */
export async function countBytes(
  origin: string,
  { name, page, act, selector }: Journey,
  device: AuditedDevice,
): Promise<Bytes> {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ["--no-sandbox"],
  });
  try {
    const urls = await recordFiles(browser, device, async (visit) => {
      await visit.goto(origin + page);
      await act?.(visit);
      await visit.waitForSelector(selector, { timeout: PATIENCE_MS, state: "attached" });
    });
    const gzip: Record<Part, number> = { page: 0, code: 0, model: 0, picture: 0 };
    let best = 0;
    for (const url of urls) {
      gzip[partOf(new URL(url).pathname)] += await sizeOf(url, "gzip");
      best += await sizeOf(url, BEST);
    }
    const sum = PARTS.reduce((sum, part) => sum + gzip[part], 0);
    return { name, page, device, files: urls.length, gzip, total: { gzip: sum, best } };
  } finally {
    await browser.close();
  }
}

/** The addresses that the page and its workers ask the server for, each once, as the browser keeps them. */
async function recordFiles(
  browser: Browser,
  device: AuditedDevice,
  visit: (page: Page) => Promise<void>,
): Promise<string[]> {
  // The worker that keeps the app fetches all of it, once the page has what it needs.
  const context = await browser.newContext({
    serviceWorkers: "block",
    viewport: VIEWPORTS[device],
  });
  const urls = new Set<string>();
  context.on("request", (request) => {
    if (request.url().startsWith("http")) urls.add(request.url());
  });
  await visit(await context.newPage());
  return [...urls].map((url) => url.replace(/#.*/, ""));
}

/** What a file of the app is for. */
export function partOf(path: string): Part {
  if (path.startsWith("/models/")) return "model";
  if (path.startsWith("/samples/")) return "picture";
  return /\.(js|wasm)$/.test(path) ? "code" : "page";
}

/** The bytes of a file's body as the server sends it to who takes these encodings. @throws {Error} if it does not send it */
function sizeOf(url: string, encodings: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": encodings, accept: "*/*" } }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Uint8Array) => bytes += chunk.length);
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(bytes);
        else reject(new Error(`Cannot count ${url}: status ${response.statusCode}; expected 200`));
      });
    }).on("error", reject);
  });
}
