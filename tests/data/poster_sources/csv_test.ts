// Tables of comma-separated values: quotes, line breaks and encodings.

import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeText, parseCsv } from "../../../data/poster_sources/csv.ts";

const cellsOf = (text: string) => [...parseCsv(text)].map(({ cells }) => cells);

Deno.test("parseCsv keeps quoted commas, quotes and line breaks, and empty cells", () => {
  assert.deepEqual(cellsOf('a,"b, c",\r\n"say ""x""",,"1\n2"\n\nlast,'), [
    ["a", "b, c", ""],
    ['say "x"', "", "1\n2"],
    ["last", ""],
  ]);
  assert.deepEqual(cellsOf('5" disk,"a"b'), [['5" disk', "ab"]]);
  assert.deepEqual(cellsOf(""), []);
});

Deno.test("parseCsv numbers the lines on which records begin", () => {
  const lines = [...parseCsv('a\r\n"1\n2"\n\nb\n')].map(({ line }) => line);
  assert.deepEqual(lines, [1, 2, 5]);
  assert.throws(() => cellsOf('a\n"b'), /the quote on line 2 is never closed/);
});

Deno.test("parseCsv reads back any cells that are written by the rules", () => {
  const cell = fc.string({ unit: fc.constantFrom(...'ab,"\n\r é'.split("")) });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 });
  fc.assert(fc.property(table, (rows) => {
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const text = rows.map((cells) => cells.map(quote).join(",")).join("\r\n");
    assert.deepEqual(cellsOf(text), rows);
  }));
});

Deno.test("decodeText reads UTF-8 if it is valid, else Latin-1", () => {
  assert.equal(decodeText(new TextEncoder().encode("Amélie")), "Amélie");
  assert.equal(decodeText(Uint8Array.of(0x41, 0xe9)), "Aé");
});
