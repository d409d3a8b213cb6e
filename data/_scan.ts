// Finds the picture files of a folder, in an order that does not depend on the file system.

import { join } from "node:path";
import { readHeader } from "./decode.ts";
import { reasonOf, type SkippedFile } from "./picture_list.ts";

/** A picture file whose header could be read. */
export interface PictureFile {
  /** Where to open it. */
  path: string;
  /** Its path below the scanned folder, with `/` between the parts. */
  name: string;
  bytes: number;
}

/** What a folder holds. */
export interface Scan {
  files: PictureFile[];
  /** Files with a picture's extension that cannot be used. */
  skipped: SkippedFile[];
  /** Files of all kinds that were seen, hidden ones not counted. */
  seen: number;
}

const extension = /\.(jpe?g|png|webp)$/i;

/** Most headers end here; where one does not, the whole file is read. */
const headBytes = 256 * 1024;

/**
 * Every jpg, jpeg, png and webp file under a folder, sub-folders included, in natural order of their names.
 *
 * Hidden files and folders are passed over. A link to a folder is followed unless that folder was walked before.
 *
 * @throws {Deno.errors.NotFound} if there is no such folder.
 */
export async function scanFolder(root: string): Promise<Scan> {
  const walked: Walk = { files: [], skipped: [], seen: 0, folders: new Set() };
  await walk(root, "", walked);
  const scan: Scan = { files: [], skipped: walked.skipped, seen: walked.seen };
  const problems = await mapInOrder(walked.files, 8, findProblem);
  walked.files.forEach((file, i) => {
    const reason = problems[i];
    if (reason === undefined) scan.files.push(file);
    else scan.skipped.push({ file: file.path, reason });
  });
  return scan;
}

/**
 * Natural order, the same on every machine and in every language: runs of digits compare as numbers, all else by code
 * unit of its composed form (file systems differ in which form they keep).
 */
export function compareNatural(one: string, other: string): number {
  const parts = (name: string) => name.normalize("NFC").match(/\d+|\D+/g) ?? [];
  const [a, b] = [parts(one), parts(other)];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = comparePart(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length || compareText(one, other);
}

function comparePart(a: string, b: string): number {
  const digits = /^\d/;
  if (!digits.test(a) || !digits.test(b)) return compareText(a, b);
  const [m, n] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return m.length - n.length || compareText(m, n);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Walk extends Scan {
  /** Real paths, so that a loop of links ends. */
  folders: Set<string>;
}

async function walk(folder: string, prefix: string, found: Walk): Promise<void> {
  const real = await Deno.realPath(folder);
  if (found.folders.has(real)) return;
  found.folders.add(real);
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (!name.startsWith(".")) names.push(name);
  names.sort(compareNatural);
  for (const name of names) {
    const path = join(folder, name);
    try {
      const info = await Deno.stat(path);
      if (info.isDirectory) await walk(path, `${prefix}${name}/`, found);
      else {
        found.seen++;
        if (!extension.test(name)) continue;
        if (!info.isFile) throw new TypeError("Cannot read the picture: it is no regular file");
        found.files.push({ path, name: (prefix + name).normalize("NFC"), bytes: info.size });
      }
    } catch (error) {
      found.skipped.push({ file: path, reason: reasonOf(error) });
    }
  }
}

/** Why the file cannot be used, as far as its header tells; `undefined` for a good one. */
async function findProblem({ path }: PictureFile): Promise<string | undefined> {
  try {
    const head = await readHead(path);
    await readHeader(head).catch(async (error) => {
      if (head.length < headBytes) throw error;
      await readHeader(await Deno.readFile(path));
    });
  } catch (error) {
    return reasonOf(error);
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const head = new Uint8Array(headBytes);
  let length = 0;
  while (length < headBytes) {
    const read = await file.read(head.subarray(length));
    if (read === null) break;
    length += read;
  }
  return head.subarray(0, length);
}

/** Like `Promise.all` over `map`, with at most `limit` at a time. */
async function mapInOrder<Input, Output>(
  inputs: Input[],
  limit: number,
  task: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs = new Array<Output>(inputs.length);
  let next = 0;
  const worker = async () => {
    while (next < inputs.length) {
      const at = next++;
      outputs[at] = await task(inputs[at]);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return outputs;
}
