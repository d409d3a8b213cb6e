// Decoding each kind of picture file to opaque sRGB bytes.

import assert from "node:assert/strict";
import sharp from "sharp";
import { decodePicture, encodePng, readHeader } from "../../data/decode.ts";
import { flatFile, markedPicture } from "./_pictures.ts";

const size = { width: 24, height: 20 };

/** Asserts that the first pixel is within `tolerance` of the colour, and opaque. */
function assertColour(data: ArrayLike<number>, rgb: number[], tolerance: number): void {
  rgb.forEach((value, c) =>
    assert.ok(Math.abs(data[c] - value) <= tolerance, `${data[c]} in place of ${value}`)
  );
  assert.equal(data[3], 255);
}

for (const format of ["jpeg", "png", "webp"] as const) {
  Deno.test(`decodePicture reads ${format}`, async () => {
    const bytes = await flatFile(format, size);
    assert.deepEqual(await readHeader(bytes), { format, ...size });
    const picture = await decodePicture(bytes);
    assert.deepEqual([picture.width, picture.height, picture.data.length], [24, 20, 24 * 20 * 4]);
    assertColour(picture.data, [200, 100, 50], 4);
  });

  Deno.test(`decodePicture rejects a ${format} that is cut short`, async () => {
    const noise = Uint8Array.from(
      { length: 64 * 64 * 3 },
      (_, i) => Math.imul(i, 2654435761) >>> 24,
    );
    const raw = { width: 64, height: 64, channels: 3 } as const;
    const bytes = new Uint8Array(await sharp(noise, { raw }).toFormat(format).toBuffer());
    await decodePicture(bytes);
    await assert.rejects(decodePicture(bytes.subarray(0, Math.floor(bytes.length / 2))));
  });
}

Deno.test("decodePicture puts transparency over white", async () => {
  const bytes = await flatFile("png", size, { r: 200, g: 0, b: 0, alpha: 0.5 });
  assertColour((await decodePicture(bytes)).data, [227, 127, 127], 2);
});

Deno.test("decodePicture reads greyscale, 16 bits and CMYK", async () => {
  const grey = await sharp(await flatFile("png")).toColourspace("b-w").png().toBuffer();
  const greyPixel = [...(await decodePicture(grey)).data.slice(0, 3)];
  assert.ok(greyPixel[0] > 90 && greyPixel.every((value) => value === greyPixel[0]));
  const deep = await sharp(await flatFile("png")).toColourspace("rgb16").png().toBuffer();
  assert.equal((await sharp(deep).metadata()).depth, "ushort");
  assertColour((await decodePicture(deep)).data, [200, 100, 50], 1);
  const cmyk = await sharp(await flatFile("png")).toColourspace("cmyk").jpeg().toBuffer();
  assert.equal((await sharp(cmyk).metadata()).space, "cmyk");
  assertColour((await decodePicture(cmyk)).data, [200, 100, 50], 30);
});

Deno.test("decodePicture applies the orientation in EXIF, sides swapped in the header too", async () => {
  const { data } = markedPicture(size, 0);
  const bytes = await sharp(data, { raw: { ...size, channels: 4 } }).removeAlpha()
    .withMetadata({ orientation: 6 }).webp({ lossless: true }).toBuffer();
  assert.deepEqual(await readHeader(bytes), { format: "webp", width: 20, height: 24 });
  const picture = await decodePicture(bytes);
  assert.deepEqual([picture.width, picture.height], [20, 24]);
  // Orientation 6 is shown turned clockwise: the top left corner was at the bottom left (x 0, y 19).
  assert.deepEqual([...picture.data.slice(0, 2)], [0, 19]);
});

Deno.test("decodePicture covers the asked size, shape kept, larger or smaller, turned or not", async () => {
  const covered = async (width: number, height: number, orientation = 1) => {
    const bytes = await sharp(await flatFile("jpeg", { width, height }))
      .withMetadata({ orientation }).jpeg().toBuffer();
    const picture = await decodePicture(bytes, { width: 30, height: 20 });
    return [picture.width, picture.height];
  };
  assert.deepEqual(await covered(600, 400), [30, 20]);
  assert.deepEqual(await covered(800, 400), [40, 20]);
  assert.deepEqual(await covered(10, 10), [30, 30]);
  assert.deepEqual(await covered(400, 800, 6), [40, 20]);
});

Deno.test("decodePicture refuses what is no picture or another kind, by content and not by name", async () => {
  await assert.rejects(decodePicture(new Uint8Array()), /the file is empty/);
  await assert.rejects(decodePicture(new TextEncoder().encode("not a picture")));
  const svg = new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
  );
  await assert.rejects(decodePicture(svg), /it is svg; expected jpeg, png or webp/);
});

Deno.test("encodePng keeps every pixel and is the same each time", async () => {
  const picture = markedPicture(size, 9);
  const bytes = await encodePng(picture);
  assert.deepEqual([...(await decodePicture(bytes)).data], [...picture.data]);
  assert.deepEqual(await encodePng(picture), bytes);
  assert.equal((await sharp(bytes).metadata()).channels, 3);
});
