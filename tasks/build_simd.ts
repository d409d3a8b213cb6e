// `deno task build:simd`: compiles the SIMD engine's kernels from AssemblyScript to dist/simd/, if they have changed.

import { join } from "node:path";
import { tileSource } from "../gpu/simd/tile_source.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { runTask, TaskError } from "./_cli.ts";

const SOURCES = "gpu/simd/assembly", FOLDER = "dist/simd";

/** What decides over the modules besides their sources. */
const RECIPE = ["tasks/build_simd.ts", "gpu/simd/tile_source.ts"];

/** The two builds: with relaxed SIMD's fused multiply-add, and for runtimes that lack it. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  "engine.wasm": ["--enable", "relaxed-simd"],
  "engine_plain.wasm": [],
};

/** Compiler options: memory comes from outside and is shared, so that threads can join; no runtime, no collector. */
const OPTIONS = [
  ...["--runtime", "stub", "--importMemory", "--sharedMemory", "--zeroFilledMemory"],
  ...["--initialMemory", "1", "--maximumMemory", "65536"],
  ...["simd", "threads", "bulk-memory"].flatMap((feature) => ["--enable", feature]),
  ...["-O3", "--noAssert"],
];

if (import.meta.main) await runTask("build:simd", buildSimd);

/**
 * Compiles the engine if a source, or this file, is newer than a module.
 *
 * @throws {TaskError} with the compiler's own words
 */
export async function buildSimd(): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(SOURCES))).map(({ name }) => name);
  const changes = await Promise.all(
    [...RECIPE, ...names.map((name) => join(SOURCES, name))].map(changedAt),
  );
  const built = await Promise.all(
    Object.keys(MODULES).map((name) => changedAt(join(FOLDER, name))),
  );
  if (Math.min(...built) > Math.max(...changes)) return;
  await Deno.mkdir(FOLDER, { recursive: true });
  for (const [name, options] of Object.entries(MODULES)) {
    await writeAtomically(join(FOLDER, name), await compile(options));
  }
}

async function compile(options: readonly string[]): Promise<Uint8Array> {
  const { default: asc } = await import("assemblyscript/asc");
  let module: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [`${SOURCES}/engine.ts`, "--outFile", "engine.wasm", ...OPTIONS, ...options],
    {
      // The compiler asks for files that may not exist, and takes null for an answer.
      readFile: async (name) =>
        name === `${SOURCES}/tile.ts`
          ? tileSource()
          : await Deno.readTextFile(name).catch(() => null),
      writeFile: (name, contents) => {
        if (name === "engine.wasm" && typeof contents !== "string") module = contents;
      },
    },
  );
  // A warning is a conversion between 32 and 64 bits that somebody forgot to write down.
  const said = stderr.toString();
  if (error || !module || said !== "") {
    throw new TaskError(`Cannot build the SIMD engine: ${error?.message ?? "warnings"}\n${said}`);
  }
  return module;
}

/** When a file was last changed, in ms; 0 if it does not exist. */
async function changedAt(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.mtime?.getTime() ?? 0;
}
