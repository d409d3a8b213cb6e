// Tests the words that every page with a model shares.

import { strict as assert } from "node:assert";
import {
  describeLoadFailure,
  explainFallback,
  formatDuration,
  formatMegabytes,
} from "../../islands/_engine_text.ts";

Deno.test("formatDuration reads well from milliseconds to minutes", () => {
  const texts = [0.4, 87.2, 999.4, 999.6, 2449, 59_949, 59_960, 72_400].map(formatDuration);
  assert.deepEqual(texts, [
    "0 ms",
    "87 ms",
    "999 ms",
    "1.0 s",
    "2.4 s",
    "59.9 s",
    "1 min 0 s",
    "1 min 12 s",
  ]);
});

Deno.test("formatMegabytes counts in millions", () => {
  assert.deepEqual([0, 559_840, 11_400_000].map(formatMegabytes), ["0.0", "0.6", "11.4"]);
});

Deno.test("describeLoadFailure has its own headline for each failure", () => {
  const codes = ["network", "missing", "corrupt", "engine", "start", "crash"] as const;
  const titles = codes.map((code) => describeLoadFailure(code, "something broke").title);
  assert.equal(new Set(titles).size, codes.length);
});

Deno.test("explainFallback says nothing where nothing was passed over", () => {
  const engine = {
    kind: "engine",
    engine: "simd",
    description: "CPU",
    fallbackReason: "",
  } as const;
  assert.equal(explainFallback(engine), "");
  assert.equal(
    explainFallback({ ...engine, fallbackReason: "no adapter" }, ", slowly"),
    "WebGPU is not used: no adapter. The CPU does the work, slowly.",
  );
});
