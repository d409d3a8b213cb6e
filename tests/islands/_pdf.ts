// Reads a PDF of one page as the file format says, by its table of objects; for tests of what the page writes.

import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";

/** An object of a file: its text, and the bytes of its stream if it has one. */
export interface PdfObject {
  text: string;
  stream: Uint8Array | undefined;
}

/** What was read of a file. */
export interface PdfPage {
  page: string;
  info: string;
  catalog: string;
  /** What is drawn, decompressed. */
  content: string;
  object(number: number): PdfObject;
  /** A box of the page in points: left, bottom, right, top. */
  box(name: string): number[];
}

/** The one page of a file; every object must be where the table says. */
export function readPdf(file: Uint8Array): PdfPage {
  const bytes = Buffer.from(file), text = bytes.toString("latin1");
  assert.match(text, /^%PDF-1\.7\n/);
  assert.match(text, /%%EOF\n$/);
  const start = Number(text.match(/startxref\n(\d+)\n%%EOF\n$/)?.[1]);
  const [, count] = text.slice(start).match(/^xref\n0 (\d+)\n0000000000 65535 f \n/) ?? [];
  const rows = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, at]) => Number(at));
  assert.equal(rows.length + 1, Number(count));
  const object = (number: number): PdfObject => {
    const from = rows[number - 1], head = `${number} 0 obj\n`;
    assert.equal(text.slice(from, from + head.length), head);
    const streamAt = text.indexOf("stream\n", from), end = text.indexOf("endobj", from);
    if (streamAt < 0 || streamAt > end) return { text: text.slice(from, end), stream: undefined };
    const entries = text.slice(from, streamAt),
      length = Number(entries.match(/\/Length (\d+)/)?.[1]);
    const first = streamAt + "stream\n".length;
    assert.equal(text.slice(first + length, first + length + 17), "\nendstream\nendobj");
    return { text: entries, stream: bytes.subarray(first, first + length) };
  };
  const reference = (of: string, name: string) =>
    object(Number(of.match(new RegExp(`/${name} \\[?(\\d+) 0 R`))?.[1])).text;
  const trailer = text.slice(text.indexOf("trailer", start));
  const catalog = reference(trailer, "Root"), page = reference(reference(catalog, "Pages"), "Kids");
  const content = object(Number(page.match(/\/Contents (\d+)/)?.[1])).stream;
  assert.ok(content);
  return {
    ...{ page, catalog, object, info: reference(trailer, "Info") },
    content: inflateSync(content).toString("latin1"),
    box: (name) =>
      (page.match(new RegExp(`/${name} \\[([^\\]]*)\\]`))?.[1] ?? "").split(" ").map(Number),
  };
}

/** Undoes PNG's filter by the pixel above, the only one that the page uses. */
export function unfilter(rows: Uint8Array, width: number, height: number): Uint8Array {
  const side = width * 3;
  assert.equal(rows.length, height * (side + 1));
  const pixels = new Uint8Array(height * side);
  for (let y = 0; y < height; y++) {
    assert.equal(rows[y * (side + 1)], 2);
    for (let i = 0; i < side; i++) {
      const above = y > 0 ? pixels[(y - 1) * side + i] : 0;
      pixels[y * side + i] = rows[y * (side + 1) + 1 + i] + above;
    }
  }
  return pixels;
}
