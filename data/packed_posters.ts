// Opens a set of posters that `data:posters` packed: everything is checked first, and pictures are read when asked for.

import { createHash } from "node:crypto";
import type { Picture } from "../gpu/picture.ts";
import {
  assertLabels,
  assertLayout,
  fail,
  type LabelViews,
  parseObject,
  readMetadata,
} from "./_packed_checks.ts";
import {
  hashPacked,
  type PackedLayout,
  packedLayout,
  type PackedMetadata,
} from "./_packed_layout.ts";
import { sizeText } from "./picture_list.ts";
import { BALANCES, type PosterFacts, type PosterSet, type Split, SPLITS } from "./posters.ts";

/** A set in a file, with what it was built from. */
export interface PackedPosters extends PosterSet {
  /** A line for people about where the posters are from. */
  readonly source: string;
  /** What it was built with, such as the `balance` that training is to draw by. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The 64 bits by which near duplicates know each other, one for each poster. */
  readonly phashes: BigUint64Array;
  /** Reads all pictures. @throws {RangeError} if they are not the ones that were packed */
  verifyPictures(): Promise<void>;
}

/** A header longer than this is refused; a hundred thousand posters need 2 MB. */
const MAX_HEADER_BYTES = 64 * 2 ** 20;

/**
 * Opens packed posters. The header and the labels are held in memory, and the file is kept open until `close`.
 *
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {SyntaxError} saying what was found and what was expected, if it is damaged or something else
 */
export async function openPackedPosters(path: string): Promise<PackedPosters> {
  const file = await Deno.open(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(
      `Cannot read posters ${path}: no such file; expected one that deno task data:posters wrote`,
    );
  });
  try {
    return readSet(path, file);
  } catch (error) {
    file.close();
    if (error instanceof SyntaxError) {
      throw new SyntaxError(`Cannot read posters ${path}: ${error.message}`);
    }
    throw error;
  }
}

/** What is in memory of an open set. */
interface OpenSet {
  metadata: PackedMetadata;
  views: LabelViews;
  loadColours(index: number): Uint8Array;
}

function readSet(path: string, file: Deno.FsFile): PackedPosters {
  const opened = openSet(file);
  const { metadata: { genres, ids, size, source, settings, hash }, views, loadColours } = opened;
  const split = splitNumbers(views.splits);
  const counts = SPLITS.map((name) => `${split[name].length} ${name}`).join(", ");
  const facts = (index: number): PosterFacts => {
    assertIndex(index, ids.length, path);
    return {
      id: ids[index],
      genres: views.genres.slice(index * genres.length, (index + 1) * genres.length),
      year: views.years[index],
      split: SPLITS[views.splits[index]],
    };
  };
  return {
    description: `${source}: ${counts}; ${genres.length} genres; ${sizeText(size)}`,
    hash,
    genres,
    size,
    count: ids.length,
    split,
    source,
    settings,
    ...balanceOf(settings),
    phashes: views.phashes,
    facts,
    load(index) {
      // A promise for the interface's sake: seek and read must not be parted by another load.
      return new Promise((resolve) => {
        assertIndex(index, ids.length, path);
        resolve(unpackColours(loadColours(index), size.width, size.height));
      });
    },
    verifyPictures: () => verifyPictures(path, opened),
    close: () => Promise.resolve(file.close()),
  };
}

/** The way of drawing that the settings ask for; a cap is done with, and `none` leaves it open. */
function balanceOf({ balance }: PackedMetadata["settings"]): Pick<PosterSet, "balance"> {
  const asked = BALANCES.find((way) => way === balance);
  return asked === undefined || asked === "none" ? {} : { balance: asked };
}

/** @throws {SyntaxError} if anything but the pictures' bytes is not as it was written */
function openSet(file: Deno.FsFile): OpenSet {
  const fileBytes = file.statSync().size;
  const { header, dataStart } = readHeader(file, fileBytes);
  const metadata = readMetadata(header);
  const layout = packedLayout(metadata.ids.length, metadata.genres.length, metadata.size);
  assertLayout(header, layout);
  if (dataStart + layout.totalBytes !== fileBytes) {
    fail(`it has ${fileBytes} bytes, expected ${dataStart + layout.totalBytes}`);
  }
  const labels = readAt(file, dataStart, layout.labelBytes);
  const views = viewLabels(labels, layout);
  assertLabels(views, metadata);
  if (hashPacked(metadata, labels) !== metadata.hash) {
    fail(`its header and labels do not give its hash ${metadata.hash.slice(0, 12)}...`);
  }
  const { imageBytes, labelBytes } = layout;
  return {
    metadata,
    views,
    loadColours: (index) => readAt(file, dataStart + labelBytes + index * imageBytes, imageBytes),
  };
}

async function verifyPictures(
  path: string,
  { metadata: { ids, imagesHash }, loadColours }: OpenSet,
): Promise<void> {
  const digest = createHash("sha256");
  for (let i = 0; i < ids.length; i++) {
    digest.update(loadColours(i));
    if (i % 1000 === 999) await new Promise((resolve) => setTimeout(resolve));
  }
  if (digest.digest("hex") !== imagesHash) {
    throw new RangeError(
      `Cannot use posters ${path}: its pictures are not the ones that were packed; expected SHA-256 ${imagesHash}`,
    );
  }
}

function readHeader(
  file: Deno.FsFile,
  fileBytes: number,
): { header: Record<string, unknown>; dataStart: number } {
  if (fileBytes < 8) fail(`it has ${fileBytes} bytes, expected at least 8`);
  const length = new DataView(readAt(file, 0, 8).buffer).getBigUint64(0, true);
  const most = Math.min(MAX_HEADER_BYTES, fileBytes - 8);
  if (length > BigInt(most)) fail(`its header claims ${length} bytes, expected at most ${most}`);
  const header = parseObject(readAt(file, 8, Number(length)), "its header");
  return { header, dataStart: 8 + Number(length) };
}

function viewLabels(labels: Uint8Array<ArrayBuffer>, { entries }: PackedLayout): LabelViews {
  const { phashes, years, genres, splits } = entries;
  const { buffer } = labels;
  return {
    phashes: new BigUint64Array(buffer, phashes.data_offsets[0], phashes.shape[0]),
    years: new Int32Array(buffer, years.data_offsets[0], years.shape[0]),
    genres: labels.subarray(...genres.data_offsets),
    splits: labels.subarray(...splits.data_offsets),
  };
}

function splitNumbers(splits: Uint8Array): Record<Split, Uint32Array> {
  const numbers = (split: number) =>
    Uint32Array.from([...splits.keys()].filter((index) => splits[index] === split));
  return { train: numbers(0), valid: numbers(1), test: numbers(2) };
}

function unpackColours(colours: Uint8Array, width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < colours.length; from += 3, to += 4) {
    for (let c = 0; c < 3; c++) data[to + c] = colours[from + c];
  }
  return { width, height, data };
}

/** Bytes at a position, without a pause in which another reader could move it. */
function readAt(file: Deno.FsFile, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(position, Deno.SeekMode.Start);
  for (let read = 0; read < length;) {
    const count = file.readSync(bytes.subarray(read));
    if (count === null) fail(`it ends at byte ${position + read}, expected ${position + length}`);
    read += count;
  }
  return bytes;
}

function assertIndex(index: number, count: number, path: string): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(`Cannot give poster ${index} of ${path}: expected 0 to ${count - 1}`);
}
