// Tests the words of the style page.

import { strict as assert } from "node:assert";
import {
  describeLoadFailure,
  formatDuration,
  formatMegabytes,
  nameDownload,
} from "../../islands/_style_text.ts";

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

Deno.test("nameDownload joins the file's name and the film's, and never is empty", () => {
  assert.equal(nameDownload("holiday.photo.JPG", "Neon City!"), "holiday.photo-neon-city.png");
  assert.equal(nameDownload("été", "Кино"), "été-кино.png");
  assert.equal(nameDownload(".jpg", "???"), "picture-restyled.png");
});

Deno.test("describeLoadFailure has its own headline for each failure", () => {
  const codes = ["network", "missing", "corrupt", "engine", "start", "crash"] as const;
  const titles = codes.map((code) => describeLoadFailure(code, "something broke").title);
  assert.equal(new Set(titles).size, codes.length);
});
