// Tests the files of print: that other readers find in them the pixels, boxes, outlines and colours that went in.

import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";
import sharp from "sharp";
import { deflateRaster } from "../../islands/_poster_deflate.ts";
import type { Segment } from "../../islands/_poster_outlines.ts";
import { PAPERS, sheetOf } from "../../islands/_poster_paper.ts";
import { pdfFile } from "../../islands/_poster_pdf.ts";
import { pngFile } from "../../islands/_poster_png.ts";
import type { Raster } from "../../islands/_poster_raster.ts";
import { srgbProfile } from "../../islands/_srgb_profile.ts";
import { readPdf, unfilter } from "./_pdf.ts";

const [width, height] = [37, 50];
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i) >> 3);
const raster: Raster = {
  ...{ width, height },
  *strips() {
    for (let y = 0; y < height; y += 16) {
      yield Uint8Array.from(pixels.subarray(y * width * 3, Math.min(height, y + 16) * width * 3));
    }
  },
};
const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

Deno.test("pngFile writes what another decoder reads: pixels, resolution and colour space", async () => {
  const done: number[] = [];
  const pieces = await deflateRaster(raster, (rows) => done.push(rows));
  assert.deepEqual(done, [16, 32, 48, 50]);
  const file = await bytesOf(pngFile({ width, height, dpi: 300 }, pieces));
  const image = sharp(file);
  const { format, space, density, channels } = await image.metadata();
  assert.deepEqual([format, space, density, channels], ["png", "srgb", 300, 3]);
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [width, height]);
  assert.deepEqual(Uint8Array.from(data), pixels);
  const text = Buffer.from(file).toString("latin1");
  assert.ok(text.includes("sRGB") && text.includes("pHYs"));
  // 300 dots per inch are 11811 per metre.
  assert.equal(Buffer.from(file).readUInt32BE(text.indexOf("pHYs") + 4), 11811);
});

Deno.test("deflateRaster passes on what goes wrong in a strip, and refuses a raster that ends early", async () => {
  const broken = {
    ...raster,
    *strips() {
      yield* raster.strips();
      throw new RangeError("No more memory");
    },
  };
  await assert.rejects(deflateRaster(broken, () => {}), /No more memory/);
  await assert.rejects(
    deflateRaster({ ...raster, height: 60 }, () => {}),
    /50 rows came; expected 60/,
  );
});

Deno.test("pdfFile writes a page with its boxes, picture, outlines and marks where a press looks for them", async () => {
  const sheet = sheetOf(PAPERS[0], true);
  const pieces = await deflateRaster(raster, () => {});
  const segments: Segment[] = [
    ["M", 0, 0],
    ["L", 1000, 0],
    ["C", 1000, 500, 500, 1000, 0.00001, 1000],
    ["Z"],
  ];
  const file = await bytesOf(
    await pdfFile({
      ...{ sheet, picture: { width, height, pieces }, title: "Ночь (1) 🎬" },
      outlines: [{ segments, colour: "#ffffff" }],
    }),
  );
  const { page, info, content, box, object, catalog } = readPdf(file);
  const points = (mm: number) => mm * 72 / 25.4;
  const near = (found: number[], expected: number[]) =>
    expected.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-3, `${found}`));
  near(box("MediaBox"), [0, 0, points(230), points(317)]);
  near(box("BleedBox"), [points(7), points(7), points(223), points(310)]);
  near(box("TrimBox"), [points(10), points(10), points(220), points(307)]);
  assert.match(catalog, /\/PrintScaling \/None/);
  const title = Buffer.from(info.match(/\/Title <feff([0-9a-f]*)>/)?.[1] ?? "", "hex").swap16();
  assert.equal(title.toString("utf16le"), "Ночь (1) 🎬");
  const picture = object(Number(page.match(/\/Picture (\d+)/)?.[1]));
  assert.match(picture.text, /\/Width 37 \/Height 50 .*\/Predictor 15 \/Colors 3/);
  assert.deepEqual(unfilter(inflateSync(picture.stream ?? ""), width, height), pixels);
  const profile = object(Number(object(6).text.match(/ICCBased (\d+)/)?.[1])).stream;
  assert.deepEqual(Uint8Array.from(profile ?? []), srgbProfile());
  const [, place] = content.match(/^q (.*) cm \/Picture Do Q$/m) ?? [];
  near(place.split(" ").map(Number), [points(216), 0, 0, points(303), points(7), points(7)]);
  // The layout's origin is the trimmed part's top left, its unit a thousandth of the width, downwards.
  const [, layout] = content.match(/^q (.*) cm \/Colour cs$/m) ?? [];
  near(layout.split(" ").map(Number), [points(0.21), 0, 0, points(-0.21), points(10), points(307)]);
  assert.match(content, /^1 1 1 sc 0 0 m\n1000 0 l\n1000 500 500 1000 0 1000 c\nh f$/m);
  assert.equal(content.match(/ l S$/gm)?.length, 8, "Eight crop marks");
});

Deno.test("srgbProfile is a profile whose parts are where its table says, and whose white is white", () => {
  const profile = srgbProfile(), view = new DataView(profile.buffer);
  const name = (at: number) => String.fromCharCode(...profile.subarray(at, at + 4));
  assert.equal(view.getUint32(0), profile.length);
  assert.deepEqual([name(12), name(16), name(20), name(36)], ["mntr", "RGB ", "XYZ ", "acsp"]);
  const xyz = new Map<string, number[]>();
  for (let i = 0; i < view.getUint32(128); i++) {
    const entry = 132 + 12 * i, at = view.getUint32(entry + 4), length = view.getUint32(entry + 8);
    assert.ok(at % 4 === 0 && at + length <= profile.length, name(entry));
    if (name(at) === "XYZ ") {
      xyz.set(name(entry), [8, 12, 16].map((offset) => view.getInt32(at + offset) / 65536));
    }
  }
  const columns = ["rXYZ", "gXYZ", "bXYZ"].map((name) => xyz.get(name) ?? []);
  // Full red, green and blue together are the white of the profile.
  [0.9642, 1, 0.8249].forEach((white, i) => {
    const sum = columns.reduce((sum, column) => sum + column[i], 0);
    assert.ok(Math.abs(sum - white) < 2e-4, `${sum}: ${white}`);
  });
});
