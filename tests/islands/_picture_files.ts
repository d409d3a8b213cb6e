// Picture files for the tests of islands/: a photograph, one that moves, and headers that promise what is not there.

import { crc32 } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { randomStream } from "../../gpu/random.ts";

/** Bytes that a `Blob` and a file chooser take. */
export type FileBytes = Uint8Array<ArrayBuffer>;

/** A picture as RGB bytes: a sky, a sun, hills and grain, so that every kind of structure meets the generator. */
export function scene(width: number, height: number, seed = 7): FileBytes {
  const random = randomStream(seed, "scene", width, height);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const x = (i % width) / width, y = Math.floor(i / width) / height;
    const hill = y > 0.62 + 0.12 * Math.sin(5 * x + 1);
    const sun = Math.hypot(x - 0.3, (y - 0.3) * height / width) < 0.11;
    const colour = hill ? [40, 90 + 80 * x, 60] : sun ? [255, 225, 140] : [90 + 120 * y, 140, 220];
    colour.forEach((value, c) => data[i * 3 + c] = clamp(value + random.normal(0, 6)));
  }
  return data;
}

/** A JPEG as a camera writes it: YCbCr with chroma at half the resolution. */
export async function photograph(width = 96, height = 64, seed?: number): Promise<FileBytes> {
  const raw = { width, height, channels: 3 } as const;
  return await bytesOf(
    sharp(scene(width, height, seed), { raw }).jpeg({ quality: 88, chromaSubsampling: "4:2:0" }),
  );
}

/** A PNG of upright stripes, black and white in turn. */
export async function stripes(width: number, height: number, stripe = 5): Promise<FileBytes> {
  const data = Uint8Array.from(
    { length: width * height },
    (_, i) => Math.floor((i % width) / stripe) % 2 === 0 ? 0 : 255,
  );
  return await bytesOf(sharp(data, { raw: { width, height, channels: 1 } }).png());
}

/** The scene in another format. */
export async function still(
  format: "png" | "webp" | "gif" | "avif" | "tiff",
  width = 40,
  height = 24,
): Promise<FileBytes> {
  const raw = { width, height, channels: 3 } as const;
  return await bytesOf(sharp(scene(width, height), { raw }).toFormat(format));
}

/** Two frames that follow each other. */
export async function animation(
  format: "gif" | "webp",
  width = 40,
  height = 24,
): Promise<FileBytes> {
  const frames = new Uint8Array([...scene(width, height, 1), ...scene(width, height, 2)]);
  const raw = { width, height: 2 * height, channels: 3, pageHeight: height } as const;
  return await bytesOf(sharp(frames, { raw }).toFormat(format, { loop: 0, delay: [100, 100] }));
}

/** A PNG with an animation control chunk before its picture. @param frames how many it claims */
export async function animatedPng(frames: number): Promise<FileBytes> {
  const png = await still("png");
  const control = new DataView(new ArrayBuffer(8));
  control.setUint32(0, frames);
  const afterHeader = 8 + 25;
  return join(png.subarray(0, afterHeader), chunk("acTL", control), png.subarray(afterHeader));
}

/** A PNG that claims these sides but holds no pixels. */
export function hollowPng(width: number, height: number): FileBytes {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint32(8, 0x08020000);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const none = new DataView(new ArrayBuffer(0));
  return join(signature, chunk("IHDR", header), chunk("IDAT", none), chunk("IEND", none));
}

/** The bytes of some text. */
export function textFile(text: string): FileBytes {
  return new TextEncoder().encode(text);
}

/** The pieces one after the other. */
export function join(...pieces: Uint8Array[]): FileBytes {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function chunk(name: string, content: DataView<ArrayBuffer>): Uint8Array {
  const body = join(new TextEncoder().encode(name), new Uint8Array(content.buffer));
  const frame = new DataView(new ArrayBuffer(8));
  frame.setUint32(0, content.byteLength);
  frame.setUint32(4, crc32(body));
  const edges = new Uint8Array(frame.buffer);
  return join(edges.subarray(0, 4), body, edges.subarray(4));
}

async function bytesOf(image: Sharp): Promise<FileBytes> {
  return Uint8Array.from(await image.toBuffer());
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
