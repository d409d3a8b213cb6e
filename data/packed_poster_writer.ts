// Writes packed posters: pictures go to disk as they come, and the file is there whole or not at all.

import { createHash, type Hash } from "node:crypto";
import { assertPicture, type Picture } from "../gpu/picture.ts";
import {
  encodePackedHeader,
  hashPacked,
  type PackedLayout,
  packedLayout,
  type PackedMetadata,
} from "./_packed_layout.ts";
import type { Size } from "./picture_list.ts";
import { type PosterFacts, SPLITS } from "./posters.ts";

/** A poster of the finished set. */
export interface PackedPoster extends PosterFacts {
  /** What `append` gave for its picture. */
  row: number;
  /** 64 bits by which near duplicates know each other. */
  phash: bigint;
}

/** Everything of a set but the pictures. */
export interface PackedContents {
  genres: readonly string[];
  posters: readonly PackedPoster[];
  /** A line for people about where the posters are from. */
  source: string;
  /** What the set was built with; JSON. */
  settings: Record<string, unknown>;
}

/** Takes pictures one by one, and at the end the choice of those that are to be in the set. */
export interface PosterWriter {
  /** Stores a picture's colours, and gives its row. @throws {TypeError} if it is not of the set's size */
  append(picture: Picture): Promise<number>;
  /** Writes the set, renames it into place and gives its hash. @throws {Error} naming file and cause */
  finish(contents: PackedContents): Promise<string>;
  /** Removes what was written; harmless after `finish`. */
  abort(): Promise<void>;
}

/** Begins a set. @throws {Error} if the folder cannot be written to */
export async function createPosterWriter(path: string, size: Size): Promise<PosterWriter> {
  const spoolPath = `${path}.pictures.tmp`, temporary = `${path}.tmp`;
  const imageBytes = size.width * size.height * 3;
  let rows = 0, isOpen = true;
  const spool = await explained(
    path,
    () => Deno.open(spoolPath, { read: true, write: true, create: true, truncate: true }),
  );
  const abort = async () => {
    if (!isOpen) return;
    isOpen = false;
    spool.close();
    for (const file of [spoolPath, temporary]) await Deno.remove(file).catch(() => {});
  };
  return {
    append: (picture) =>
      explained(path, async () => {
        await writeAll(spool, packColours(picture, size));
        return rows++;
      }),
    async finish(contents) {
      try {
        assertContents(contents, rows);
        return await explained(path, async () => {
          const hash = await writeSet(temporary, spool, size, imageBytes, contents);
          await Deno.rename(temporary, path);
          return hash;
        });
      } finally {
        await abort();
      }
    },
    abort,
  };
}

/** The order of writing: header with a hash of zeros, labels, pictures, and the header again with the true hash. */
async function writeSet(
  temporary: string,
  spool: Deno.FsFile,
  size: Size,
  imageBytes: number,
  { genres, posters, source, settings }: PackedContents,
): Promise<string> {
  const layout = packedLayout(posters.length, genres.length, size);
  const labels = packLabels(posters, layout);
  const zeros = "0".repeat(64);
  const metadata: PackedMetadata = {
    format: 1,
    genres: [...genres],
    ids: posters.map(({ id }) => id),
    size: { width: size.width, height: size.height },
    source,
    settings,
    imagesHash: zeros,
    hash: zeros,
  };
  using file = await Deno.open(temporary, { write: true, create: true, truncate: true });
  await writeAll(file, encodePackedHeader(metadata, layout));
  await writeAll(file, labels);
  const digest = createHash("sha256");
  await copyPictures(spool, file, posters.map(({ row }) => row), imageBytes, digest);
  metadata.imagesHash = digest.digest("hex");
  metadata.hash = hashPacked(metadata, labels);
  await file.seek(0, Deno.SeekMode.Start);
  await writeAll(file, encodePackedHeader(metadata, layout));
  await file.sync();
  return metadata.hash;
}

async function copyPictures(
  spool: Deno.FsFile,
  file: Deno.FsFile,
  rows: number[],
  imageBytes: number,
  digest: Hash,
): Promise<void> {
  const bytes = new Uint8Array(imageBytes);
  let at = -1;
  for (const row of rows) {
    if (row !== at) await spool.seek(row * imageBytes, Deno.SeekMode.Start);
    for (let read = 0; read < imageBytes;) {
      const count = await spool.read(bytes.subarray(read));
      if (count === null) throw new Error(`Picture ${row} is gone from the temporary file`);
      read += count;
    }
    at = row + 1;
    digest.update(bytes);
    await writeAll(file, bytes);
  }
}

function packLabels(posters: readonly PackedPoster[], layout: PackedLayout): Uint8Array {
  const bytes = new Uint8Array(layout.labelBytes), view = new DataView(bytes.buffer);
  const { phashes, years, genres, splits } = layout.entries;
  posters.forEach((poster, i) => {
    view.setBigUint64(phashes.data_offsets[0] + 8 * i, poster.phash, true);
    view.setInt32(years.data_offsets[0] + 4 * i, poster.year, true);
    bytes.set(poster.genres, genres.data_offsets[0] + i * poster.genres.length);
    bytes[splits.data_offsets[0] + i] = SPLITS.indexOf(poster.split);
  });
  return bytes;
}

function assertContents({ genres, posters }: PackedContents, rows: number): void {
  if (posters.length === 0) throw new RangeError("Cannot pack posters: there are none");
  const ids = new Set<string>();
  for (const { id, row, genres: labels } of posters) {
    if (labels.length !== genres.length || !labels.includes(1)) {
      throw new RangeError(
        `Cannot pack poster ${id}: its labels are [${labels}], expected ${genres.length} with at least one 1`,
      );
    }
    if (ids.has(id)) throw new RangeError(`Cannot pack poster ${id}: its id is there twice`);
    if (!(row >= 0 && row < rows)) {
      throw new RangeError(`Cannot pack poster ${id}: no picture ${row} of ${rows}`);
    }
    ids.add(id);
  }
}

function packColours(picture: Picture, size: Size): Uint8Array {
  assertPicture(picture, "poster");
  if (picture.width !== size.width || picture.height !== size.height) {
    throw new TypeError(
      `Cannot pack a poster of ${picture.width}x${picture.height}: expected ${size.width}x${size.height}`,
    );
  }
  const colours = new Uint8Array(size.width * size.height * 3);
  for (let from = 0, to = 0; to < colours.length; from += 4, to += 3) {
    for (let c = 0; c < 3; c++) colours[to + c] = picture.data[from + c];
  }
  return colours;
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}

/** Runs a step of writing, its failure told in the house's words. */
async function explained<Result>(path: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason.startsWith("Cannot ")) throw error;
    throw new Error(`Cannot write posters ${path}: ${reason}`, { cause: error });
  }
}
