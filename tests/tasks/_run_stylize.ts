// Runs `stylize` on films with a tiny model, and looks at what came out.

import assert from "node:assert/strict";
import { probeVideo } from "../../tasks/_video_probe.ts";
import { readVideo } from "../../tasks/_video_reader.ts";
import type { Picture } from "../../gpu/picture.ts";
import { exportModel } from "../models/_exported_model.ts";

/** Writes a model of random weights; gives its folder. */
export async function writeTinyModel(root: string): Promise<string> {
  const { manifest, weights } = await exportModel(), folder = `${root}/tiny`;
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify(manifest));
  await Deno.writeFile(`${folder}/${manifest.weights.file}`, weights);
  return folder;
}

/** Starts `stylize` on the engine with one thread. */
export function startStylize(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  const script = new URL("../../tasks/stylize.ts", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, "--device", "simd", "--threads", "1", ...args],
    env: { NO_COLOR: "1", ...env },
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** Runs it to its end; `text` is what it printed. */
export async function runStylize(
  args: string[],
  env?: Record<string, string>,
): Promise<{ code: number; text: string }> {
  const { code, stderr } = await startStylize(args, env).output();
  return { code, text: new TextDecoder().decode(stderr) };
}

/** What ffprobe or ffmpeg prints. */
export async function ask(program: "ffprobe" | "ffmpeg", ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: ["-v", "error", ...args],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** When each frame is shown, in ticks of 1/12288 s or whatever the file counts in, and the stream's length. */
export async function frameTimes(path: string): Promise<{ times: number[]; facts: string }> {
  const video = ["-select_streams", "v:0", path];
  const pts = await ask("ffprobe", "-of", "csv=p=0", "-show_entries", "packet=pts", ...video);
  const facts = await ask(
    "ffprobe",
    ...["-of", "csv=p=0", "-show_entries", "stream=time_base,avg_frame_rate,duration,nb_frames"],
    ...video,
  );
  return { times: pts.split("\n").map((text) => parseInt(text)).sort((a, b) => a - b), facts };
}

/** A hash of the sound's packets as they are in the file. */
export async function soundHash(path: string): Promise<string> {
  return await ask("ffmpeg", "-i", path, "-map", "0:a", "-c", "copy", "-f", "streamhash", "-");
}

/** Hashes of the decoded frames. */
export async function frameHashes(path: string): Promise<string> {
  return await ask("ffmpeg", "-i", path, "-map", "0:v", "-f", "framehash", "-");
}

/** All frames in the file's own size. */
export async function decodeFilm(path: string): Promise<Picture[]> {
  const info = await probeVideo(path), pictures: Picture[] = [];
  const { width, height } = info;
  for await (const { picture } of readVideo(info, { width, height })) pictures.push(picture);
  return pictures;
}
