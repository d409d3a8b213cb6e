// The flags of `data:frames` as settings, each checked.

import { basename, dirname, join, resolve } from "node:path";
import { parseChoice, parseDuration, parseWhole, UsageError } from "./_cli.ts";
import { boxText, findBox, parseSizeRule } from "./_frames_geometry.ts";
import { MODES, type PlanSettings } from "./_frames_plan.ts";
import type { SourceSettings } from "./_frames_source.ts";

/** The command line of `data:frames`. */
export const framesCommand = {
  name: "data:frames",
  summary: "Takes pictures for training from a video, or from a folder of stills.",
  flags: {
    video: { value: "PATH", help: "A video of any kind that ffmpeg reads, or a folder of stills" },
    out: { value: "DIR", help: "Folder for the pictures, such as films/trainA; see below" },
    "test-out": {
      value: "DIR",
      help: "Folder for the test pictures (default: testA beside trainA)",
    },
    mode: { value: "HOW", default: "scene", help: "scene, keyframe or fps; see below" },
    fps: { value: "N", help: "Pictures a second, such as 0.5; means --mode fps" },
    "per-shot": { value: "N", default: "3", help: "Pictures of one shot at most; for scene" },
    "min-gap": { value: "TIME", help: "Least time between pictures (default: 1s; with fps 0)" },
    "skip-start": { value: "TIME", default: "0", help: "Leave out the titles, such as 1m30s" },
    "skip-end": { value: "TIME", default: "0", help: "Leave out the credits" },
    crop: { value: "HOW", default: "auto", help: "auto (black bars), none, or WxH+X+Y" },
    size: {
      value: "N|HxW",
      default: "512",
      help: "Short side in pixels at most, or exact height x width",
    },
    dedupe: { value: "BITS", default: "6", help: "Drop pictures that differ less, 0-16; or none" },
    "drop-dark": { value: "N", default: "16", help: "Drop pictures darker on average, 0-255" },
    "drop-flat": { value: "N", default: "6", help: "Drop pictures with less contrast, 0-127" },
    max: { value: "N", help: "Most pictures in all, evenly over the film" },
    "test-fraction": {
      value: "F",
      default: "0.1",
      help: "Share to test with, by whole shots, 0-0.5",
    },
    format: { value: "NAME", default: "jpg", help: "jpg or png" },
    manifest: { value: "FILE", help: "What was taken and what was not (default: DIR/frames.json)" },
    force: { help: "Replace the pictures of an earlier command; no other file is touched" },
  },
  notes: "scene     up to --per-shot pictures of each shot, well inside it, where little moves\n" +
    "keyframe  where the video's own coding starts anew; quick with --test-fraction 0\n" +
    "fps       at an even rate\n" +
    "Two commands, --out films/trainA and --out films/trainB, give a folder for\n" +
    "deno task train:cyclegan --data films. Several films for one side go into sub-folders:\n" +
    "--out films/trainA/first. The same command again goes on where it stopped.",
} as const;

/** What was typed. */
export type FramesFlags = Partial<Record<keyof typeof framesCommand["flags"], string>>;

/** Where the pictures go. */
export interface FramesTarget {
  train: string;
  /** Undefined if no picture is set aside. */
  test?: string;
  manifest: string;
  force: boolean;
}

/** All that the command line says. */
export interface FramesSettings extends SourceSettings, PlanSettings {
  video: string;
  format: "jpg" | "png";
  target: FramesTarget;
  /** What decides the pictures, as it was understood: kept in the manifest, and compared. */
  record: Record<string, string | number>;
}

/** The settings that flags stand for. @throws {UsageError} naming the flag that is wrong */
export function readFramesSettings(flags: FramesFlags): FramesSettings {
  const { video, out } = flags;
  if (video === undefined || out === undefined) {
    throw new UsageError("Cannot take frames: --video and --out are needed");
  }
  const mode = readMode(flags), testFraction = parseFraction(flags["test-fraction"] ?? "0.1");
  const dedupe = flags.dedupe ?? "6";
  const choice = {
    mode,
    fps: mode === "fps" ? parseRate(flags.fps) : 0,
    perShot: parseWhole("per-shot", flags["per-shot"] ?? "3", 1, 1000),
    minGap: parseTime("min-gap", flags["min-gap"] ?? (mode === "fps" ? "0" : "1s")),
    skipStart: parseTime("skip-start", flags["skip-start"] ?? "0"),
    skipEnd: parseTime("skip-end", flags["skip-end"] ?? "0"),
    dedupe: dedupe === "none" ? null : parseWhole("dedupe", dedupe, 0, 16),
    dropDark: parseWhole("drop-dark", flags["drop-dark"] ?? "16", 0, 255),
    dropFlat: parseWhole("drop-flat", flags["drop-flat"] ?? "6", 0, 127),
    max: flags.max === undefined ? Infinity : parseWhole("max", flags.max, 1),
    testFraction,
    format: parseChoice("format", flags.format ?? "jpg", ["jpg", "png"]),
  };
  const crop = parseCrop(flags.crop ?? "auto"), size = parseSizeRule("size", flags.size ?? "512");
  return {
    ...choice,
    ...{ video, crop, size },
    keyFramesOnly: mode === "keyframe" && testFraction === 0,
    target: readTarget(out, testFraction > 0, flags),
    record: {
      ...choice,
      dedupe: choice.dedupe ?? "none",
      max: flags.max === undefined ? "all" : choice.max,
      crop: typeof crop === "string" ? crop : boxText(crop),
      size: "shortSide" in size ? `${size.shortSide}` : `${size.height}x${size.width}`,
    },
  };
}

function readMode({ mode, fps, ...others }: FramesFlags): PlanSettings["mode"] {
  const chosen = mode === undefined
    ? fps === undefined ? "scene" : "fps"
    : parseChoice("mode", mode, MODES);
  if (chosen === "fps" && fps === undefined) {
    throw new UsageError("Cannot use --mode fps without --fps, the pictures a second");
  }
  if (chosen !== "fps" && fps !== undefined) {
    throw new UsageError(`Cannot use --fps with --mode ${chosen}: it is for --mode fps`);
  }
  if (chosen !== "scene" && others["per-shot"] !== undefined) {
    throw new UsageError(`Cannot use --per-shot with --mode ${chosen}: it is for --mode scene`);
  }
  return chosen;
}

function readTarget(out: string, hasTests: boolean, flags: FramesFlags): FramesTarget {
  const test = hasTests ? flags["test-out"] ?? findTestFolder(out) : undefined;
  if (hasTests && test === undefined) {
    throw new UsageError(
      `Cannot tell where test pictures go: --out is "${out}", expected a folder named like trainA, or --test-out, or --test-fraction 0`,
    );
  }
  if (!hasTests && flags["test-out"] !== undefined) {
    throw new UsageError("Cannot use --test-out with --test-fraction 0");
  }
  if (test !== undefined && resolve(test) === resolve(out)) {
    throw new UsageError(`--test-out is "${test}", expected another folder than --out`);
  }
  return {
    train: out,
    ...test !== undefined && { test },
    manifest: flags.manifest ?? join(out, "frames.json"),
    force: flags.force !== undefined,
  };
}

/** The last part of a path that begins with `train`, as `test`: films/testA for films/trainA; or undefined. */
export function findTestFolder(out: string): string | undefined {
  const name = basename(out), folder = dirname(out);
  if (/^train/.test(name)) return join(folder, name.replace(/^train/, "test"));
  if (folder === out || folder === ".") return undefined;
  const above = findTestFolder(folder);
  return above === undefined ? undefined : join(above, name);
}

/** Seconds from `90`, `1.5`, `1.5s` or `1m30s`. @throws {UsageError} naming the flag */
export function parseTime(flag: string, text: string): number {
  const [, seconds] = /^(\d{1,6}(?:\.\d{1,6})?)s?$/.exec(text) ?? [];
  return seconds === undefined ? parseDuration(flag, text) : Number(seconds);
}

function parseRate(text = ""): number {
  const rate = /^\d{1,3}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  if (rate > 0 && rate <= 240) return rate;
  throw new UsageError(`--fps is "${text}", expected pictures a second above 0 and up to 240`);
}

function parseFraction(text: string): number {
  const fraction = /^(0|0?\.\d{1,6}|0\.0)$/.test(text) ? Number(text) : NaN;
  if (fraction <= 0.5) return fraction;
  throw new UsageError(`--test-fraction is "${text}", expected a share from 0 to 0.5, such as 0.1`);
}

function parseCrop(text: string): SourceSettings["crop"] {
  if (text === "auto" || text === "none") return text;
  const box = findBox(text);
  if (box) return box;
  throw new UsageError(`--crop is "${text}", expected auto, none, or WxH+X+Y such as 640x272+0+44`);
}
