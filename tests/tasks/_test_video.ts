// Short videos for tests, made by the sources and filters that ffmpeg brings with it, and tests that need them.

import { withFolder } from "../data/_pictures.ts";
import { ffmpegGate, gatedTest } from "../_gates.ts";

const gate = await ffmpegGate();

/** A test that needs ffmpeg, in a folder of its own. */
export function videoTest(name: string, run: (root: string) => Promise<void>): void {
  gatedTest(gate, name, () => withFolder(run));
}

/** Runs ffmpeg. @throws with its words if it fails */
export async function ffmpeg(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-v", "error", "-nostdin", "-y", ...args],
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot make a video: ${new TextDecoder().decode(stderr)}`);
}

/** What a test video is like. */
export interface TestFilm {
  /** Sources of ffmpeg, without size and rate; one shot each. */
  shots: readonly string[];
  /** Sides of the picture, even numbers. */
  size: readonly [width: number, height: number];
  /** Seconds of each shot. */
  seconds: number;
  fps?: number;
  /** Black above and below, in pixels each. */
  bars?: number;
  sound?: boolean;
  /** Coding, such as `-c:v mpeg4`. */
  coding?: string;
}

/** Seven sources that look nothing like each other. */
export const SCENES = [
  "testsrc2",
  "mandelbrot=start_scale=0.6:end_scale=0.2:end_pts=60",
  "gradients=c0=orange:c1=navy:x0=0:y0=0:speed=0.02:seed=3",
  "cellauto=rule=110:seed=4",
  "smptehdbars",
  "gradients=c0=white:c1=green:c2=black:n=3:x0=10:y0=60:speed=0.05:seed=9",
  "life=mold=10:ratio=0.3:seed=5:death_color=#C83232:life_color=#00ff00",
];

/** Writes a film of shots that follow each other with hard cuts. */
export async function makeFilm(path: string, film: TestFilm): Promise<void> {
  const { shots, size: [width, height], seconds, fps = 12, bars = 0, sound, coding } = film;
  const inputs = shots.flatMap((source) => {
    const mark = source.includes("=") ? ":" : "=";
    const frames = `${source}${mark}size=${width}x${height}:rate=${fps}`;
    return ["-f", "lavfi", "-t", String(seconds), "-i", frames];
  });
  const even = shots.map((_, i) => `[${i}:v]format=yuv420p,setsar=1[v${i}];`).join("");
  const joined = shots.map((_, i) => `[v${i}]`).join("") + `concat=n=${shots.length}`;
  const tone = sound ? ["-f", "lavfi", "-t", String(seconds * shots.length), "-i", "sine"] : [];
  await ffmpeg(
    ...inputs,
    ...tone,
    "-filter_complex",
    `${even}${joined},pad=iw:ih+${2 * bars}:0:${bars}[v]`,
    ...["-map", "[v]", ...sound ? ["-map", `${shots.length}:a`] : []],
    ...(coding ?? "-c:v libx264 -preset ultrafast -pix_fmt yuv420p").split(" "),
    path,
  );
}
