// What `data:frames` says: how far it is while it works, and what came of it.

import { formatDuration } from "./_cli.ts";
import type { FramesManifest } from "./_frames_manifest.ts";
import type { FramesTarget } from "./_frames_settings.ts";
import type { FrameSource } from "./_frames_source.ts";
import type { StatusLine } from "./_status_line.ts";

/** A terminal is not written to more often. */
const INTERVAL_MS = 100;

/** Counts what is done and shows it with its rate and the time left. */
export interface Progress {
  /**
   * @param done how many so far
   * @param share how much of the work that is, 0 to 1; undefined if nobody knows
   */
  show(done: number, share: number | undefined, where: string): void;
  /** Since the beginning. */
  seconds(): number;
}

/** Progress in units such as "frames". */
export function startProgress(status: StatusLine, units: string): Progress {
  const started = performance.now();
  let shown = -Infinity;
  const seconds = () => (performance.now() - started) / 1000;
  return {
    seconds,
    show(done, share, where) {
      const now = performance.now();
      if (now - shown < INTERVAL_MS) return;
      shown = now;
      const rate = `${(done / seconds()).toFixed(units === "pictures" ? 1 : 0)} ${units}/s`;
      const left = share === undefined || share <= 0
        ? ""
        : `, ${formatDuration((seconds() * Math.max(0, 1 - share)) / share)} left`;
      status.update(`${where}, ${rate}${left}`);
    },
  };
}

/** A time in the source as people say it: `12m30s of 1h35m`, or `12 of 300 stills`. */
export function placeText({ facts, from, span }: FrameSource, seconds: number): string {
  if (facts.kind === "stills") return `${seconds + 1} of ${span} stills`;
  const end = span === undefined ? "" : ` of ${formatDuration(from + span)}`;
  return `${formatDuration(seconds)}${end}`;
}

/** What was taken and what was left out, in lines. */
export function summaryLines(
  { pictures, counts, rejected, shots, frames }: FramesManifest,
  { train, test, manifest }: FramesTarget,
): string[] {
  const shotsOf = (part: string) =>
    new Set(pictures.filter((picture) => picture.part === part).map(({ shot }) => shot)).size;
  const folder = (path: string, part: "train" | "test") =>
    `${path}: ${counted(counts[part], "picture")} of ${counted(shotsOf(part), "shot")}`;
  const byCount = Object.entries(rejected.counts).sort((a, b) => b[1] - a[1]);
  return [
    folder(train, "train"),
    ...test === undefined ? [] : [folder(test, "test")],
    `from ${counted(frames, "frame")} in ${counted(shots, "shot")}; see ${manifest}`,
    ...byCount.length > 0 ? ["left out:"] : [],
    ...byCount.map(([reason, count]) => `  ${String(count).padStart(7)}  ${reason}`),
  ];
}

/** Why a plan has no pictures, in a few words. */
export function emptyText(frames: number, rejected: readonly { reason: string }[]): string {
  if (frames === 0) return "there is no picture in it";
  const counts = new Map<string, number>();
  for (const { reason } of rejected) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).join(", ");
  return `of ${frames} frames none is left (${reasons || "none was proposed"})`;
}

/** A number with its noun, such as `1 picture` or `2 pictures`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
