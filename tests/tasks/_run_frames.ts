// Runs `deno task data:frames` with the permissions of its line in deno.json, and looks at what it left.

import assert from "node:assert/strict";
import { decodePicture } from "../../data/decode.ts";
import { findManifest, type FramesManifest } from "../../tasks/_frames_manifest.ts";

/** What the task printed, and its exit code. */
export interface FramesRun {
  code: number;
  out: string;
  err: string;
}

/** Starts the task; `env` adds to the environment, `said` is what it has said on stderr so far. */
export function startFrames(
  args: readonly string[],
  env: Record<string, string> = {},
): { child: Deno.ChildProcess; said: () => string; done: Promise<FramesRun> } {
  const script = new URL("../../tasks/data_frames.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--no-prompt", "--allow-read", "--allow-write", "--allow-env"],
      ...["--allow-ffi", "--allow-run=ffmpeg,ffprobe", script, ...args],
    ],
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let err = "";
  const listen = async () => {
    const decoder = new TextDecoder();
    for await (const bytes of child.stderr) err += decoder.decode(bytes, { stream: true });
  };
  const finish = async () => {
    const [out, { code }] = await Promise.all([
      new Response(child.stdout).text(),
      child.status,
      listen(),
    ]);
    return { code, out, err };
  };
  return { child, said: () => err, done: finish() };
}

/** Runs the task to its end. */
export async function runFrames(...args: string[]): Promise<FramesRun> {
  return await startFrames(args).done;
}

/** The names in a folder, sorted. */
export function listNames(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** The manifest of `trainA` or `trainB`: all its pictures are there and decode, and nothing else is. */
export async function assertComplete(root: string, side: "A" | "B"): Promise<FramesManifest> {
  const manifest = await findManifest(`${root}/train${side}/frames.json`);
  assert.ok(manifest, `no manifest in ${root}/train${side}`);
  assert.equal(manifest.complete, true);
  for (const part of ["train", "test"] as const) {
    const files: string[] = manifest.pictures.flatMap((p) => p.part === part ? [p.file] : []);
    const others = part === "train" ? ["frames.json"] : [];
    assert.deepEqual(listNames(`${root}/${part}${side}`), [...files, ...others].sort());
    for (const file of files) {
      await decodePicture(await Deno.readFile(`${root}/${part}${side}/${file}`));
    }
  }
  return manifest;
}
