// Runs Lighthouse as a program of its own: it is fetched when it is asked for, and is no dependency of the house.

import { TaskError } from "./_cli.ts";
import { findChromium } from "./_gates.ts";

/** The version whose scores the house speaks of. */
const LIGHTHOUSE = "npm:lighthouse@13.5.0";

/** What pages are audited on: Lighthouse's own desktop and phone, each with its own throttled network and processor. */
export const AUDITED_DEVICES = ["desktop", "phone"] as const;

/** One of them. */
export type AuditedDevice = typeof AUDITED_DEVICES[number];

/** Lighthouse's verdict: scores from 0 to 100, times in ms as they would be on the throttled device. */
export interface Scores {
  performance: number;
  accessibility: number;
  bestPractices: number;
  seo: number;
  /** First contentful paint. */
  firstPaintMs: number;
  /** Total blocking time. */
  blockedMs: number;
}

/** The part of Lighthouse's report in use here. */
interface Report {
  categories: Record<string, { score: number | null }>;
  audits: Record<string, { numericValue?: number }>;
}

/** Lighthouse now and then loses what it has recorded, and then asks to be run again. */
const ATTEMPTS = 5;
const LOST = /Please run Lighthouse again/;

/** @throws {TaskError} if Lighthouse cannot be fetched or run, or gives no verdict */
export async function runLighthouse(url: string, device: AuditedDevice): Promise<Scores> {
  const folder = await Deno.makeTempDir({ prefix: "lobbycard-audit-" });
  try {
    for (let attempt = 1;; attempt++) {
      const { success, stderr } = await lighthouse(url, device, folder);
      if (success) return readScores(JSON.parse(await Deno.readTextFile(`${folder}/report.json`)));
      const text = new TextDecoder().decode(stderr).trim();
      if (attempt < ATTEMPTS && LOST.test(text)) continue;
      throw new TaskError(
        `Cannot audit ${url}: Lighthouse ended with "${text.split("\n").at(-1)}"`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** One run, whose report is `report.json` in the folder. */
async function lighthouse(
  url: string,
  device: AuditedDevice,
  folder: string,
): Promise<Deno.CommandOutput> {
  return await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", "--no-config", "--no-lock", "--quiet", LIGHTHOUSE, url],
      ...["--quiet", "--output=json", `--output-path=${folder}/report.json`],
      ...(device === "desktop" ? ["--preset=desktop"] : []),
      "--chrome-flags=--headless=new --no-sandbox",
    ],
    // Away from the house's own packages.
    cwd: folder,
    env: { CHROME_PATH: await findChromium() ?? "" },
    stdin: "null",
  }).output();
}

/** The verdict in a report. @throws {TaskError} if it lacks a part */
export function readScores({ categories, audits }: Report): Scores {
  const score = (name: string) => {
    const found = categories[name]?.score;
    if (typeof found === "number") return Math.round(100 * found);
    throw new TaskError(`Cannot read Lighthouse's report: ${name} has no score; expected 0 to 1`);
  };
  const milliseconds = (name: string) => {
    const found = audits[name]?.numericValue;
    if (typeof found === "number") return Math.round(found);
    throw new TaskError(`Cannot read Lighthouse's report: ${name} is missing; expected a time`);
  };
  return {
    performance: score("performance"),
    accessibility: score("accessibility"),
    bestPractices: score("best-practices"),
    seo: score("seo"),
    firstPaintMs: milliseconds("first-contentful-paint"),
    blockedMs: milliseconds("total-blocking-time"),
  };
}
