// Reads the JUnit report of a `deno test` run and words the closing summary.

import { type GateName, GATES, missingReasons } from "./_gates.ts";

/** One test of a report; its steps are part of it. */
export interface TestCase {
  file: string;
  name: string;
  outcome: "passed" | "failed" | "skipped";
  seconds: number;
}

/** How a run ended. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * The tests of a JUnit report as Deno 2.9 writes it.
 *
 * Steps are left out, as their test fails with them. Tests that a filter left out are left out too: Deno reports them
 * as skipped, but without a time.
 */
export function parseReport(xml: string): TestCase[] {
  const cases: (TestCase & { timed: boolean })[] = [];
  let file = "";
  for (const [, tag, attributes] of xml.matchAll(openingTags)) {
    if (tag === "testsuite") file = attribute(attributes, "name") ?? "";
    if (tag === "testcase") {
      const name = attribute(attributes, "name") ?? "";
      const time = attribute(attributes, "time");
      const timed = time !== undefined;
      cases.push({ file, name, outcome: "passed", seconds: Number(time ?? 0), timed });
    }
    const current = cases.at(-1);
    if (current && tag === "skipped") current.outcome = "skipped";
    if (current && (tag === "failure" || tag === "error")) current.outcome = "failed";
  }
  const names = new Set(cases.map((c) => c.name));
  return cases
    .filter((c) => !isStep(c, names) && (c.timed || c.outcome !== "skipped"))
    .map(({ timed: _, ...testCase }) => testCase);
}

/**
 * How many tests passed, failed and were skipped.
 *
 * A run that ended badly without a failing test (a module that does not load, a crash) counts as one failure: the
 * report does not show those.
 */
export function countTests(cases: TestCase[], exitCode: number): TestCounts {
  const count = (outcome: TestCase["outcome"]) => cases.filter((c) => c.outcome === outcome).length;
  const failed = count("failed");
  const passed = count("passed");
  return {
    passed,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: count("skipped"),
  };
}

/**
 * Whether a run was killed by a signal only after its last test: the report, which is written then, is whole.
 *
 * libvips (in sharp) and a browser's pipes in one process sometimes corrupt glibc's heap while the process is torn down.
 */
export function diedAfterwards(signal: Deno.Signal | null, xml: string): boolean {
  return (signal === "SIGABRT" || signal === "SIGSEGV") && xml.trimEnd().endsWith("</testsuites>");
}

/** The closing summary: a line per missing gate, a line for tests over 10 s, and last `N passed, N failed, N skipped`. */
export function summaryLines(cases: TestCase[], counts: TestCounts): string[] {
  const lines: string[] = [];
  for (const gate of GATES) {
    const skipped = cases.filter((c) => c.outcome === "skipped" && gateOf(c.name) === gate).length;
    const noun = skipped === 1 ? "test" : "tests";
    if (skipped > 0) lines.push(`${missingReasons[gate]}: ${skipped} ${noun} skipped`);
  }
  const slow = cases.filter((c) => c.seconds > 10).sort((a, b) => b.seconds - a.seconds).slice(
    0,
    5,
  );
  if (slow.length > 0) {
    const words = slow.map((c) => `${c.seconds.toFixed(0)} s "${c.name}"`);
    lines.push(`Slowest: ${words.join("; ")}`);
  }
  lines.push(
    `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
  return lines;
}

// Text and attribute values hold no bare "<" or ">" or quote: Deno escapes them.
const openingTags = /<(testsuite|testcase|skipped|failure|error)\b((?:[^>"]|"[^"]*")*)>/g;

function attribute(attributes: string, key: string): string | undefined {
  const value = attributes.match(new RegExp(`(?:^|\\s)${key}="([^"]*)"`))?.[1];
  return value === undefined ? undefined : unescapeXml(value);
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(\w+);/g, (whole, entity) => named[entity] ?? whole);
}

/**
 * Whether the case is a step: its name is another case's name, " > " and more. A step that a shared file defines is
 * listed under that file, so the files do not tell.
 */
function isStep({ name }: TestCase, names: Set<string>): boolean {
  for (let at = name.indexOf(" > "); at >= 0; at = name.indexOf(" > ", at + 1)) {
    if (names.has(name.slice(0, at))) return true;
  }
  return false;
}

function gateOf(testName: string): GateName | undefined {
  const tag = testName.match(/\[(\w+)\]$/)?.[1];
  if (tag === "webgpu") return "gpu";
  return GATES.find((name) => name === tag);
}
