// Ten thousand damaged and hostile files of weights: each is refused with a clear error or read, in bounded time and memory.

import assert from "node:assert/strict";
import { encodeSafetensors, storeFloats } from "../../gpu/safetensors.ts";
import { TaskError } from "../../tasks/_cli.ts";
import { parsePublished, publishedTensors } from "../../tasks/_import_generator.ts";
import { readStateDict } from "../../tasks/_state_dict.ts";
import { readFloats32 } from "../../tasks/_state_tensor.ts";
import {
  bombs,
  changedFiles,
  cutFiles,
  type DamagedFile,
  randomPickles,
} from "./_damaged_files.ts";

/** Longest time for one file; the reader takes a tenth of it, but a busy machine may make it wait. */
const MOST_MS = 10_000;
/** Largest growth of the process by all files. */
const MOST_BYTES = 2 ** 30;

/** What came of reading files: how many, how many of them were refused, the longest time, and how far memory grew. */
interface Outcome {
  files: number;
  refused: number;
  slowest: { what: string; ms: number };
  grownBytes: number;
}

function readAll(files: Iterable<DamagedFile>): Outcome {
  const outcome: Outcome = { files: 0, refused: 0, slowest: { what: "", ms: 0 }, grownBytes: 0 };
  const before = Deno.memoryUsage().rss;
  for (const { what, file } of files) {
    const start = performance.now();
    if (isRefused(what, file)) outcome.refused++;
    const ms = performance.now() - start;
    if (ms > outcome.slowest.ms) outcome.slowest = { what, ms };
    outcome.files++;
    outcome.grownBytes = Math.max(outcome.grownBytes, Deno.memoryUsage().rss - before);
  }
  assert(outcome.slowest.ms < MOST_MS, JSON.stringify(outcome));
  assert(outcome.grownBytes < MOST_BYTES, JSON.stringify(outcome));
  return outcome;
}

/** Reads it to the last number as `import` does. Any error but the one for a file that is wrong fails the test. */
function isRefused(what: string, file: Uint8Array): boolean {
  try {
    publishedTensors(parsePublished("x.pth", file), "genAB");
    return false;
  } catch (error) {
    assert(
      error instanceof TaskError,
      `${what} gave ${error instanceof Error ? error.stack : error}`,
    );
    assert.match(error.message, /^Cannot import x\.pth: (Cannot read|")/, what);
    return true;
  }
}

async function smallFiles(): Promise<[name: string, file: Uint8Array][]> {
  const folder = new URL("../golden/", import.meta.url);
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
    .filter((name) => name.endsWith(".pth")).sort();
  const files = await Promise.all(names.map((name) => Deno.readFile(new URL(name, folder))));
  const { tensors } = readStateDict(files[names.indexOf("torch_zip.pth")]);
  const safe = encodeSafetensors(
    new Map(
      [...tensors].map((
        [name, tensor],
      ) => [name, storeFloats(readFloats32(tensor), tensor.shape, "F16")]),
    ),
  );
  const all = names.map((name, i): [string, Uint8Array] => [name, files[i]]);
  const unchecked = all.filter(([name]) => name.includes("zip"))
    .map((
      [name, file],
    ): [string, Uint8Array] => [`${name} without checksums`, withoutChecks(file)]);
  return [...all, ...unchecked, ["safetensors", safe]];
}

/** The archive with all checksums 0, which are then not checked: so damage gets further. */
function withoutChecks(file: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(file);
  for (let at = 0; at < copy.length - 20; at++) {
    if (copy[at] === 0x50 && copy[at + 1] === 0x4b && copy[at + 2] === 1 && copy[at + 3] === 2) {
      copy.fill(0, at + 16, at + 20);
    }
  }
  return copy;
}

const small = await smallFiles();

Deno.test("import reads the files that are then damaged", () => {
  const outcome = readAll(small.map(([what, file]) => ({ what, file })));
  assert.deepEqual([outcome.files, outcome.refused], [10, 0]);
});

Deno.test("import refuses files that are cut at every 64th byte", () => {
  const outcome = readAll(small.flatMap(([name, file]) => [...cutFiles(name, file)]));
  assert.equal(outcome.refused, outcome.files);
  assert(outcome.files > 2000);
});

Deno.test("import refuses or reads 9,000 files with changed bytes, and never fails otherwise", () => {
  const changed = small.map(([name, file]) => readAll(changedFiles(name, file, 900)));
  const sum = (of: "files" | "refused") => changed.reduce((total, one) => total + one[of], 0);
  assert.equal(sum("files"), 9000);
  // A changed number is a number: files without checksums cannot tell.
  assert(sum("refused") > 4000 && sum("refused") < 9000, String(sum("refused")));
});

Deno.test("import refuses pickles of instructions in random order", () => {
  const { files, refused } = readAll(randomPickles(3000));
  assert.deepEqual([files, refused], [3000, 3000]);
});

Deno.test("import refuses what is made to take time or memory", () => {
  const { files, refused } = readAll(bombs());
  assert.equal(refused, files);
  assert(files > 600);
});
