// Tests of how numbers are told to people.

import { strict as assert } from "node:assert";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatName,
} from "../../routes/(_models)/format.ts";

Deno.test("formatCount groups thousands", () => {
  assert.equal(formatCount(1234567), "1,234,567");
});

Deno.test("formatBytes picks its unit, also at the edges", () => {
  const cases: [number, string][] = [
    [0, "0 bytes"],
    [999, "999 bytes"],
    [1000, "1.0 kB"],
    [12_345, "12 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [2_340_000, "2.3 MB"],
    [45_600_000, "46 MB"],
  ];
  for (const [bytes, text] of cases) assert.equal(formatBytes(bytes), text);
});

Deno.test("formatDuration picks its unit, also at the edges", () => {
  const cases: [number, string][] = [
    [0, "0 s"],
    [89.4, "89 s"],
    [90, "2 min"],
    [5369, "89 min"],
    [5400, "1 h 30 min"],
    [7500, "2 h 05 min"],
    [360_000, "100 h 00 min"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
});

Deno.test("formatName puts a metric's name in words", () => {
  const cases = [["lossCycle", "Loss cycle"], ["lossCycleAB", "Loss cycle AB"], [
    "error_a_to_b",
    "Error a to b",
  ], ["FID", "FID"]];
  for (const [name, words] of cases) assert.equal(formatName(name), words);
});
