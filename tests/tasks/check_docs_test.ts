// Plants one fault of each rule on docstrings, opening sentences, lengths and machine paths.

import assert from "node:assert/strict";
import { findDocFaults, findLocalPathLines, sizeLines } from "../../tasks/check_docs.ts";
import { parseSource } from "../../tasks/_syntax.ts";

const opening = "// Says what this file is for.\n\n";

function faultsOf(text: string, path = "gpu/conv.ts"): string[] {
  return findDocFaults([parseSource(path, text)]);
}

Deno.test("findDocFaults() accepts a file with an opening sentence and docstrings", () => {
  const text = `${opening}/** A kernel. */
export interface Kernel {}

/** Convolves one number. */
export function conv(x: number): number;
/** Convolves one word. */
export function conv(x: string): string;
export function conv(x: unknown) {
  return x;
}

/** Named below. */
// deno-lint-ignore prefer-const
let later = 1, unseen = 2;
export { later };
export default later;
export * from "./other.ts";
export { other } from "./other.ts";
`;
  assert.deepEqual(faultsOf(text), []);
});

Deno.test("findDocFaults() reports each kind of export that has no docstring", () => {
  const kinds = {
    conv: "export function conv() {}",
    Conv: "export class Conv {}",
    Shape: "export type Shape = number[];",
    Options: "export interface Options {}",
    pad: "export const pad = 1;",
    late: "const late = 1;\nexport { late };",
    Mode: "export enum Mode { A }",
    default: "export default function () {}",
  };
  for (const [name, text] of Object.entries(kinds)) {
    const line = name === "late" ? 4 : 3;
    assert.deepEqual(faultsOf(opening + text), [
      `gpu/conv.ts:${line}: "${name}" is exported without a docstring`,
    ]);
    // A plain comment, or a docstring of something else, is not one.
    assert.equal(
      faultsOf(`${opening}/** Other. */\nconst other = 0;\n// Plain.\n${text}`).length,
      1,
    );
  }
});

Deno.test("findDocFaults() wants no docstrings in tests, but an opening sentence", () => {
  assert.deepEqual(faultsOf(`${opening}export const toy = 1;`, "tests/_toy.ts"), []);
  assert.deepEqual(faultsOf("export const toy = 1;", "tests/_toy.ts"), [
    "tests/_toy.ts:1: the file opens without a sentence of its purpose",
  ]);
});

Deno.test("findDocFaults() takes a route's opening sentence as the docstring of its page, and of nothing else", () => {
  const text = `${opening}export default function () {}\nexport const handler = {};`;
  assert.deepEqual(faultsOf(text, "routes/about.tsx"), [
    'routes/about.tsx:4: "handler" is exported without a docstring',
  ]);
});

Deno.test("findDocFaults() reports a file that opens with code, or with a word that is no sentence", () => {
  for (const text of ["const x = 1;\n// Says what this file is for.\n", "// conv\n", ""]) {
    assert.match(faultsOf(text).join(), /opens without a sentence/);
  }
  assert.deepEqual(faultsOf(`#!/usr/bin/env deno\n${opening}`), []);
});

Deno.test("findDocFaults() lets a file of over 400 lines pass only with its reason", () => {
  const long = "const x = 1;\n".repeat(401);
  assert.match(faultsOf(opening + long).join(), /^gpu\/conv.ts:1: 403 lines and no comment/);
  assert.deepEqual(faultsOf(`${opening}// Over 400 lines: one table.\n${long}`), []);
});

Deno.test("findLocalPathLines() finds folders of one machine and registry hosts, and no others", () => {
  const planted = [
    "see /home" + "/ann/x",
    '"/ro' + 'ot/.npm"',
    "/wo" + "rk/main",
    "https://registry.np" + "mjs.org/x",
  ];
  for (const text of planted) {
    assert.match(findLocalPathLines("README.md", `first\n${text}`).join(), /^README.md:2: /);
  }
  const lawful = [
    "/usr/bin/chromium",
    "frame/work/x",
    "./work/x",
    "https://example.org/work/x",
    "npm:hono@4.13.19",
  ];
  for (const text of lawful) assert.deepEqual(findLocalPathLines("README.md", text), [], text);
});

Deno.test("sizeLines() warns of long files and functions and counts tests against source", () => {
  const long = `${opening}function f() {\n${"  f();\n".repeat(298)}}\n`;
  const lines = sizeLines([
    parseSource("gpu/long.ts", long),
    parseSource("tests/gpu/long_test.ts", "// Tests.\n".repeat(151)),
  ]);
  assert.equal(lines[0], "Source files: 1, lines: median 302, p90 302, max 302");
  assert.equal(lines[1], "Functions: 1, lines: median 300, p90 300, max 300");
  assert.equal(lines[3], "Test lines per source line: 0.50");
  assert.match(lines[4], /^Look: gpu\/long.ts has 302 lines/);
  assert.match(lines[5], /^Look: gpu\/long.ts:3 has a function of 300 lines/);
});
