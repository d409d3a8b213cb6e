// The part of `stylize` that redraws pictures: which files there are, and one after another from disk to disk.

import { basename, extname, join, parse } from "node:path";
import sharp from "sharp";
import { decodePicture } from "../data/decode.ts";
import type { Size } from "../data/picture_list.ts";
import { fitWithin, mixPictures, type Picture } from "../gpu/picture.ts";
import { type Generator, restyle } from "../models/generator.ts";
import type { Direction } from "../models/manifest.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { UsageError } from "./_cli.ts";
import { DeviceLostError, type LossGuard } from "./_lost_device.ts";
import type { StatusLine } from "./_status_line.ts";

/** What is done to each picture. */
export interface PictureSettings {
  direction: Direction;
  /** Pictures with a longer side, in pixels, are shrunk first; undefined if they keep their size. */
  longSide: number | undefined;
  /** Side of the tiles of larger pictures, in pixels. */
  tile: number;
  /** Share of the redrawn picture in the result, 0 to 1. */
  strength: number;
  /** Whether what the other direction makes of the result is written too. */
  cycle: boolean;
  /** @throws {TaskError} if the device cannot take the tiles of such a picture */
  assertFits(picture: Size, tile: number): Promise<void>;
  guarded: LossGuard;
}

/** A picture to redraw, and the file that it becomes. */
export interface PictureJob {
  from: string;
  to: string;
}

const READABLE = new Set([".jpg", ".jpeg", ".png", ".webp"]);

/** Whether the name is that of a picture that `stylize` reads and writes. */
export function isPictureName(path: string): boolean {
  return READABLE.has(extname(path).toLowerCase());
}

/**
 * The pictures of a folder in the order of their names, each to become a PNG in the folder `output`, which is made.
 *
 * @throws {UsageError} if there is none
 */
export async function listFolder(input: string, output: string): Promise<PictureJob[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(input)) {
    if (isFile && isPictureName(name)) names.push(name);
  }
  if (names.length === 0) {
    throw new UsageError(`--in is "${input}", and it has no jpg, png or webp in it`);
  }
  await Deno.mkdir(output, { recursive: true });
  // The extension stays in the name, so that a.jpg and a.png do not overwrite each other.
  const isUnique = (name: string) =>
    names.filter((other) => parse(other).name === parse(name).name).length === 1;
  return names.sort().map((name) => ({
    from: join(input, name),
    to: join(output, `${isUnique(name) ? parse(name).name : name}.png`),
  }));
}

/**
 * Redraws the pictures; one that cannot be read is told of and skipped.
 *
 * @returns how many were skipped
 * @throws {DeviceLostError} if the device is lost
 */
export async function stylizePictures(
  generator: Generator,
  jobs: readonly PictureJob[],
  settings: PictureSettings,
  status: StatusLine,
): Promise<number> {
  let failed = 0;
  for (const [i, job] of jobs.entries()) {
    const place = `${i + 1}/${jobs.length} ${basename(job.from)}`;
    status.update(place);
    try {
      const onTile = (share: number) => status.update(`${place}: ${Math.round(100 * share)} %`);
      await settings.guarded(redrawFile(generator, job, settings, onTile));
    } catch (error) {
      if (error instanceof DeviceLostError) throw error;
      failed++;
      status.note(`${job.from} is skipped: ${error instanceof Error ? error.message : error}`);
    }
  }
  status.end();
  return failed;
}

async function redrawFile(
  generator: Generator,
  { from, to }: PictureJob,
  { direction, longSide, tile, strength, cycle, assertFits }: PictureSettings,
  onTile: (share: number) => void,
): Promise<void> {
  const picture = await decodePicture(await Deno.readFile(from));
  const small = longSide === undefined ? picture : fitWithin(picture, longSide);
  await assertFits(small, tile);
  const redrawn = await restyle(generator, small, direction, { tile, onTile });
  await writeAtomically(to, await encode(mixPictures(small, redrawn, strength), to));
  if (!cycle) return;
  const back = await restyle(generator, redrawn, opposite(direction), { tile, onTile });
  await writeAtomically(cycleName(to), await encode(back, to));
}

function opposite(direction: Direction): Direction {
  return direction === "AtoB" ? "BtoA" : "AtoB";
}

/** `night.cycle.png` for `night.png`. */
function cycleName(path: string): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}.cycle${extension}`;
}

/** The picture in the format that the file name asks for. */
async function encode({ width, height, data }: Picture, path: string): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
  switch (extname(path).toLowerCase()) {
    case ".jpg":
    case ".jpeg":
      return new Uint8Array(
        await image.jpeg({ quality: 92, chromaSubsampling: "4:4:4" }).toBuffer(),
      );
    case ".webp":
      return new Uint8Array(await image.webp({ quality: 92 }).toBuffer());
    default:
      return new Uint8Array(await image.png().toBuffer());
  }
}
