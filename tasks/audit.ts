// `deno task audit`: what Lighthouse and axe find on every page of the built app, on a desktop and on a phone.

import { styleText } from "node:util";
import { findViolations } from "./_audit_axe.ts";
import {
  AUDITED_DEVICES,
  type AuditedDevice,
  runLighthouse,
  type Scores,
} from "./_audit_lighthouse.ts";
import { type Bytes, countBytes, JOURNEYS, PARTS } from "./_audit_bytes.ts";
import { parseChoice, parseWhole, readArguments, runTask, TaskError } from "./_cli.ts";
import { browserGate } from "./_gates.ts";
import { serveApp } from "./_served_app.ts";

const command = {
  name: "audit",
  summary:
    "Asks Lighthouse and axe about every page of the built app, on a desktop and on a phone.",
  flags: {
    pages: {
      value: "PATHS",
      default: "all",
      help: "Pages, separated by commas, such as /,/style",
    },
    device: { value: "NAME", default: "both", help: `${AUDITED_DEVICES.join(" or ")}` },
    "at-least": { value: "N", default: "95", help: "Lowest score that is good enough, 0 to 100" },
    paint: {
      value: "MS",
      default: "1000",
      help: "Latest first contentful paint that is good enough, throttled as Lighthouse does",
    },
    bytes: { help: "Count bytes to the first picture of a first visit instead" },
    json: { help: "Print the figures as JSON instead of a table" },
  },
  notes: [
    "Serves what `deno task build` has left. Needs a Chromium; Lighthouse is fetched from npm when it is first",
    "asked for. Exits with 1 if performance, accessibility or best practices are below the limit, the first paint is",
    "later than its limit, or axe finds a violation. Run it on a machine that has nothing else to do.",
    "",
    "--bytes counts what a browser that has never been here asks for until the first poster and the first restyled",
    "picture are drawn: the answers' bodies, in kB (1000 bytes), with gzip, and in sum with the best compression too.",
    "What is fetched afterwards, to work without a network, is not counted.",
  ].join("\n"),
} as const;

/** Pages that answer with status 200; of others Lighthouse says nothing. */
const PAGES = ["/", "/style", "/posters", "/models", "/about", "/offline"];
/** One that is not there: for axe alone. */
const MISSING_PAGE = "/no-such-page";
/** What must be good enough. SEO is told but not held: the page for those offline asks not to be found. */
const HELD = ["performance", "accessibility", "bestPractices"] as const;

/** One row of the table. */
interface Row {
  page: string;
  device: AuditedDevice;
  /** Undefined for the page that is not there. */
  scores?: Scores;
  /** What axe found, in the light and in the dark. */
  violations: string[];
}

/** What is audited, and how it is told. */
interface Scope {
  origin: string;
  pages: readonly string[];
  devices: readonly AuditedDevice[];
  asJson: boolean;
}

if (import.meta.main) await runTask(command.name, audit);

async function audit(): Promise<number> {
  const { flags } = readArguments(command);
  const least = parseWhole("at-least", flags["at-least"] ?? "95", 0, 100);
  const latestMs = parseWhole("paint", flags.paint ?? "1000", 1);
  const pages = flags.pages === undefined ? [...PAGES, MISSING_PAGE] : flags.pages.split(",");
  const devices = flags.device === undefined
    ? AUDITED_DEVICES
    : [parseChoice("device", flags.device, AUDITED_DEVICES)];
  const browser = await browserGate();
  if (!browser.available) throw new TaskError(`Cannot audit: ${browser.reason}`);
  const app = await serveApp();
  const scope = { origin: app.origin, pages, devices, asJson: flags.json !== undefined };
  try {
    if (flags.bytes === undefined) return await auditPages(scope, { least, latestMs });
    await auditBytes(scope);
    return 0;
  } finally {
    await app.stop();
  }
}

/** Exit code 1 if something is not good enough. */
async function auditPages(
  { origin, pages, devices, asJson }: Scope,
  { least, latestMs }: { least: number; latestMs: number },
): Promise<number> {
  const rows: Row[] = [];
  for (const page of pages) {
    for (const device of devices) {
      const scores = page === MISSING_PAGE ? undefined : await runLighthouse(origin + page, device);
      const violations = await findViolations(origin + page, device);
      const row = { page, device, ...(scores && { scores }), violations };
      rows.push(row);
      if (!asJson) console.log(lineOf(row, rows.length === 1));
    }
  }
  const faults = rows.flatMap((row) => faultsOf(row, least, latestMs));
  if (asJson) console.log(JSON.stringify({ rows, faults }, null, 2));
  for (const fault of faults) console.error(styleText("red", fault));
  return faults.length > 0 ? 1 : 0;
}

async function auditBytes({ origin, pages, devices, asJson }: Scope): Promise<void> {
  const rows: Bytes[] = [];
  for (const journey of JOURNEYS.filter(({ page }) => pages.includes(page))) {
    for (const device of devices) {
      const row = await countBytes(origin, journey, device);
      rows.push(row);
      if (!asJson) console.log(bytesLineOf(row, rows.length === 1));
    }
  }
  if (asJson) console.log(JSON.stringify(rows, null, 2));
}

/** What is not good enough of a page. */
export function faultsOf(
  { page, device, scores, violations }: Row,
  least: number,
  latestMs: number,
): string[] {
  const where = `${page} on a ${device}`;
  const low = scores
    ? HELD.filter((name) => scores[name] < least)
      .map((name) => `${where}: ${name} is ${scores[name]}; expected at least ${least}`)
    : [];
  const late = scores && scores.firstPaintMs > latestMs
    ? [`${where}: the first paint comes after ${scores.firstPaintMs} ms; expected ${latestMs}`]
    : [];
  return [...low, ...late, ...violations.map((violation) => `${where}: ${violation}`)];
}

function lineOf({ page, device, scores, violations }: Row, isFirst: boolean): string {
  const columns = ["perform.", "access.", "practices", "SEO", "paint ms", "blocked ms", "axe"];
  const head = `${"page".padEnd(16)}${"device".padEnd(9)}${
    columns.map((name) => name.padStart(11)).join("")
  }\n`;
  const cells = scores
    ? [
      scores.performance,
      scores.accessibility,
      scores.bestPractices,
      scores.seo,
      scores.firstPaintMs,
      scores.blockedMs,
    ]
    : columns.slice(0, -1).map(() => "");
  const line = [...cells, violations.length].map((cell) => String(cell).padStart(11)).join("");
  return `${isFirst ? head : ""}${page.padEnd(16)}${device.padEnd(9)}${line}`;
}

function bytesLineOf({ name, page, device, files, gzip, total }: Bytes, isFirst: boolean): string {
  const heads = ["files", ...PARTS, "gzip", "best"];
  const kilobytes = [...PARTS.map((part) => gzip[part]), total.gzip, total.best]
    .map((bytes) => (bytes / 1000).toFixed(1));
  const columns = (cells: readonly string[]) => cells.map((cell) => cell.padStart(10)).join("");
  const start = (...cells: [string, string, string]) =>
    cells[0].padEnd(24) + cells[1].padEnd(10) + cells[2].padEnd(9);
  const head = `${start("until", "page", "device")}${columns(heads)}\n`;
  return `${isFirst ? head : ""}${start(name, page, device)}${
    columns([String(files), ...kilobytes])
  }`;
}
