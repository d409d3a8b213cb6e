// `deno task build:simd`: compiles the SIMD engine's kernels from AssemblyScript to dist/simd/engine.wasm, if they have changed.

import { join } from "node:path";
import { writeAtomically } from "./_atomic_file.ts";
import { runTask, TaskError } from "./_cli.ts";

const SOURCES = "gpu/simd/assembly", MODULE = "dist/simd/engine.wasm";

/** Compiler options: memory comes from outside and is shared, so that threads can join; no runtime, no collector. */
const OPTIONS = [
  ...["--runtime", "stub", "--importMemory", "--sharedMemory"],
  ...["--initialMemory", "16", "--maximumMemory", "65536"],
  ...["simd", "relaxed-simd", "threads", "bulk-memory"].flatMap((feature) => ["--enable", feature]),
  ...["-O3", "--noAssert"],
];

if (import.meta.main) await runTask("build:simd", buildSimd);

/**
 * Compiles the engine if a source, or this file, is newer than the module.
 *
 * @throws {TaskError} with the compiler's own words
 */
export async function buildSimd(): Promise<void> {
  const built = await changedAt(MODULE);
  const names = (await Array.fromAsync(Deno.readDir(SOURCES))).map(({ name }) => name);
  const changes = await Promise.all(
    ["tasks/build_simd.ts", ...names.map((name) => join(SOURCES, name))].map(changedAt),
  );
  if (built > Math.max(...changes)) return;
  const { default: asc } = await import("assemblyscript/asc");
  const files = new Map<string, Uint8Array>();
  const writeFile = (name: string, contents: string | Uint8Array) => {
    files.set(name, typeof contents === "string" ? new TextEncoder().encode(contents) : contents);
  };
  const args = [`${SOURCES}/engine.ts`, "--outFile", "engine.wasm", ...OPTIONS];
  const { error, stderr } = await asc.main(args, { writeFile });
  const module = files.get("engine.wasm");
  if (error || !module) {
    throw new TaskError(`Cannot build the SIMD engine: ${error?.message}\n${stderr}`);
  }
  await Deno.mkdir("dist/simd", { recursive: true });
  await writeAtomically(MODULE, module);
}

/** When a file was last changed, in ms; 0 if it does not exist. */
async function changedAt(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.mtime?.getTime() ?? 0;
}
