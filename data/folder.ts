// A folder of the user's own pictures as a source for unpaired training.

import { join } from "node:path";
import { decodePicture } from "./decode.ts";
import type { PictureList, Size, SkippedFile } from "./picture_list.ts";
import { sha256 } from "./sha256.ts";
import { type PictureFile, type Scan, scanFolder } from "./_scan.ts";
import {
  loadSize,
  type ResolvedOptions,
  resolveOptions,
  type Side,
  type UnpairedOptions,
  type UnpairedParts,
  type UnpairedSource,
  unpairedSource,
} from "./unpaired.ts";

/** Where the four parts may lie; `%` is the side. */
const layouts = [{ train: "train%", test: "test%" }, { train: "train/%", test: "test/%" }];

const accepted =
  "trainA/ and trainB/ (testA/ and testB/ beside them if there are test pictures), " +
  "or train/A, train/B, test/A, test/B, with jpg, png or webp files";

/** Without a test folder this many training pictures are set aside, but no more than a tenth. */
const heldOutLimit = 16;

/** One side's files and what to say of its test pictures. */
interface SideFiles {
  train: PictureFile[];
  test: PictureFile[];
  skipped: SkippedFile[];
  testOrigin: "folder" | "held out" | "trained on";
}

/**
 * The pictures in `trainA/ trainB/ testA/ testB/` (or `train/A` and so on) under a folder, sub-folders included.
 *
 * A picture is brought to the load size so that it covers it, its shape kept, and the random crop takes its place
 * anywhere in it. Without a test folder the last training pictures of that side are set aside for testing (of fewer
 * than 10 the last one is shared). Test pictures count as pairs only in a folder written by `data:films`.
 *
 * @throws {Deno.errors.NotFound} if the folder is missing.
 * @throws {RangeError} if a side has no usable picture, or an option is out of range.
 */
export async function folderSource(
  root: string,
  options: UnpairedOptions,
): Promise<UnpairedSource> {
  const resolved = resolveOptions(options);
  const [a, b] = await findSides(root);
  const ownTests = a.testOrigin === "folder" && b.testOrigin === "folder";
  const paired = ownTests && await saysPaired(root) && sameNames(a.test, b.test);
  const { size } = resolved;
  const parts: UnpairedParts = {
    description: describe(root, a, b, paired, size),
    hash: await hashOf(a, b, resolved),
    paired,
    train: { A: listFiles(a.train, loadSize(resolved)), B: listFiles(b.train, loadSize(resolved)) },
    test: { A: listFiles(a.test, size), B: listFiles(b.test, size) },
    skipped: [...a.skipped, ...b.skipped],
  };
  return unpairedSource(parts, resolved);
}

async function findSides(root: string): Promise<[SideFiles, SideFiles]> {
  if (!await isFolder(root)) {
    throw new Deno.errors.NotFound(
      `Cannot read the data: no folder ${root}; expected one with ${accepted}`,
    );
  }
  for (const layout of layouts) {
    const folder = (part: "train" | "test", side: Side) =>
      join(root, layout[part].replace("%", side));
    const present = await Promise.all([
      isFolder(folder("train", "A")),
      isFolder(folder("train", "B")),
    ]);
    if (!present.includes(true)) continue;
    return [
      await readSide("A", folder("train", "A"), folder("test", "A")),
      await readSide("B", folder("train", "B"), folder("test", "B")),
    ];
  }
  throw new RangeError(
    `Cannot read the data: neither trainA, trainB, train/A nor train/B is in ${root}; expected ${accepted}`,
  );
}

async function readSide(side: Side, trainFolder: string, testFolder: string): Promise<SideFiles> {
  const train = await scanSide(side, trainFolder);
  const test = await isFolder(testFolder) ? await scanFolder(testFolder) : undefined;
  const skipped = [...train.skipped, ...test?.skipped ?? []];
  if (test && test.files.length > 0) {
    return { train: train.files, test: test.files, skipped, testOrigin: "folder" };
  }
  const heldOut = Math.min(heldOutLimit, Math.floor(train.files.length / 10));
  if (heldOut === 0) {
    return { train: train.files, test: train.files.slice(-1), skipped, testOrigin: "trained on" };
  }
  return {
    train: train.files.slice(0, -heldOut),
    test: train.files.slice(-heldOut),
    skipped,
    testOrigin: "held out",
  };
}

/** @throws {RangeError} if the training folder of a side is missing or holds no usable picture. */
async function scanSide(side: Side, folder: string): Promise<Scan> {
  const scan = await isFolder(folder) ? await scanFolder(folder) : undefined;
  if (scan && scan.files.length > 0) return scan;
  const first = scan?.skipped[0];
  const found = !scan
    ? "no such folder"
    : first
    ? `${scan.skipped.length} broken, such as ${first.file} (${first.reason})`
    : `${scan.seen} files, none of them a picture`;
  throw new RangeError(
    `Cannot find pictures for side ${side} in ${folder}: ${found}; expected ${accepted}`,
  );
}

function listFiles(files: PictureFile[], cover: Size): PictureList {
  return {
    count: files.length,
    name: (index) => files[index].path,
    load: async (index) => await decodePicture(await Deno.readFile(files[index].path), cover),
  };
}

function describe(root: string, a: SideFiles, b: SideFiles, paired: boolean, size: Size): string {
  const test = ({ test, testOrigin }: SideFiles) =>
    `${test.length} ${testOrigin === "folder" ? "in the test folder" : testOrigin}`;
  const counts = `${a.train.length} A and ${b.train.length} B to train`;
  const tests = `to test ${test(a)} (A), ${test(b)} (B)${paired ? ", pairs" : ""}`;
  return `Folder ${root}: ${counts}; ${tests}; ${size.height}x${size.width}`;
}

/** Of names and lengths, not contents: a folder of a hundred thousand frames must open in seconds. */
async function hashOf(a: SideFiles, b: SideFiles, options: ResolvedOptions): Promise<string> {
  const list = (files: PictureFile[]) => files.map(({ name, bytes }) => [name, bytes]);
  const { size, load, flip } = options;
  return await sha256({
    a: { train: list(a.train), test: list(a.test) },
    b: { train: list(b.train), test: list(b.test) },
    size: [size.height, size.width],
    load,
    flip,
  });
}

async function saysPaired(root: string): Promise<boolean> {
  try {
    const record: unknown = JSON.parse(await Deno.readTextFile(join(root, "films.json")));
    return typeof record === "object" && record !== null && "pairedTest" in record &&
      record.pairedTest === true;
  } catch {
    return false;
  }
}

/** Names without extensions, in the same order. */
function sameNames(a: PictureFile[], b: PictureFile[]): boolean {
  const stem = ({ name }: PictureFile) => name.replace(/\.[^.]*$/, "");
  return a.length === b.length && a.every((file, i) => stem(file) === stem(b[i]));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
