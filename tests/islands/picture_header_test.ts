// Tests what is read from a picture file's header, and what is refused before anything is decoded.

import { strict as assert } from "node:assert";
import fc from "fast-check";
import { PictureError } from "../../islands/_picture_file.ts";
import { MAX_MEGAPIXELS, readPictureHeader } from "../../islands/_picture_header.ts";
import {
  animatedPng,
  animation,
  type FileBytes,
  hollowPng,
  join,
  photograph,
  still,
  textFile,
} from "./_picture_files.ts";

const read = (bytes: FileBytes) => readPictureHeader(new Blob([bytes]));
const refuses = (bytes: FileBytes, code: string, words: RegExp) =>
  assert.rejects(() => read(bytes), (error) => {
    assert.ok(error instanceof PictureError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  });

Deno.test("readPictureHeader gives format and sides of every format that it knows", async () => {
  assert.deepEqual(await read(await photograph(96, 64)), {
    format: "JPEG",
    width: 96,
    height: 64,
    animated: false,
  });
  for (
    const [format, name] of [["png", "PNG"], ["webp", "WebP"], ["gif", "GIF"], ["avif", "AVIF"]]
  ) {
    const header = await read(await still(format as "png", 40, 24));
    assert.deepEqual(header, { format: name, width: 40, height: 24, animated: false }, name);
  }
  const bmp = new DataView(new ArrayBuffer(70));
  bmp.setUint16(0, 0x424d);
  bmp.setUint32(14, 40, true);
  bmp.setInt32(18, 3, true);
  bmp.setInt32(22, -4, true);
  const header = await read(new Uint8Array(bmp.buffer));
  assert.deepEqual(header, { format: "BMP", width: 3, height: 4, animated: false });
});

Deno.test("readPictureHeader reads lossy, lossless and transparent WebP", async () => {
  const { default: sharp } = await import("sharp");
  const create = { width: 33, height: 21, channels: 4, background: "#ff000080" } as const;
  for (const options of [{}, { lossless: true }, { alphaQuality: 50 }]) {
    const file = Uint8Array.from(await sharp({ create }).webp(options).toBuffer());
    const { width, height, animated } = await read(file);
    assert.deepEqual([width, height, animated], [33, 21, false], JSON.stringify(options));
  }
});

Deno.test("readPictureHeader finds a JPEG's size behind a megabyte of metadata", async () => {
  const jpeg = await photograph(96, 64);
  const block = new Uint8Array(65_537).fill(0xff);
  block.set([0xff, 0xe1, 0xff, 0xff]);
  const blocks = Array.from({ length: 16 }, () => block);
  const { width, height } = await read(
    join(jpeg.subarray(0, 2), ...blocks, jpeg.subarray(2)),
  );
  assert.deepEqual([width, height], [96, 64]);
});

Deno.test("readPictureHeader tells what moves from what stands still", async () => {
  assert.equal((await read(await animation("gif"))).animated, true);
  assert.equal((await read(await animation("webp"))).animated, true);
  assert.equal((await read(await animatedPng(2))).animated, true);
  assert.equal((await read(await animatedPng(1))).animated, false);
  assert.equal((await read(await still("gif"))).animated, false);
});

Deno.test("readPictureHeader refuses what is not a picture", async () => {
  const html = textFile("<!doctype html><title>Not a picture</title><p>Only named like one</p>");
  await refuses(html, "not-a-picture", /not a picture.*JPEG/);
  await refuses(new Uint8Array(0), "not-a-picture", /not a picture/);
  await refuses(await still("tiff"), "not-a-picture", /not a picture/);
  const film = join(Uint8Array.of(0, 0, 0, 24), textFile("ftypisom"), new Uint8Array(64));
  await refuses(film, "not-a-picture", /not a picture/);
});

Deno.test("readPictureHeader refuses 100 megapixels by the header alone", async () => {
  await refuses(hollowPng(10_000, 10_000), "too-large", /10000 × 10000 pixels are 100 megapixels/);
  const largest = await read(hollowPng(MAX_MEGAPIXELS * 1000, 1000));
  assert.equal(largest.width, MAX_MEGAPIXELS * 1000);
  await refuses(hollowPng(MAX_MEGAPIXELS * 1000 + 1, 1000), "too-large", /at most 64/);
});

Deno.test("readPictureHeader refuses headers that are cut off or senseless", async () => {
  const jpeg = await photograph();
  await refuses(jpeg.subarray(0, 60), "damaged", /ends in the middle of its header/);
  await refuses(join(jpeg.subarray(0, 2), new Uint8Array(64)), "damaged", /JPEG.*no size/);
  await refuses(hollowPng(0, 5), "damaged", /PNG.*0 × 5/);
});

Deno.test("readPictureHeader answers or refuses any bytes, and always ends", async () => {
  const starts = await Promise.all([
    photograph(),
    still("png"),
    still("webp"),
    animation("gif"),
    still("avif"),
  ]);
  const damage = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts), damage, fc.nat(400), async (file, hits, cut) => {
      const broken = Uint8Array.from(file.subarray(0, Math.max(1, file.length - cut)));
      for (const [at, value] of hits) broken[at % broken.length] = value;
      await read(broken).catch((error) => assert.ok(error instanceof PictureError, String(error)));
    }),
    { numRuns: 300, seed: 1 },
  );
});
