// Chooses which frames become pictures, and why the others do not: by shots, by likeness, by light, and by number.

import type { AnalysedFrame } from "./_frames_analysis.ts";
import { chooseFromShot } from "./_frames_shot_choice.ts";
import { findShotStarts, findSparseShotStarts } from "./_frames_shots.ts";
import { chooseTestShots } from "./_frames_split.ts";
import { hammingDistance, seenHashes } from "./_perceptual_hash.ts";

/** How frames are proposed. */
export const MODES = ["scene", "keyframe", "fps"] as const;

/** What decides the choice. */
export interface PlanSettings {
  mode: typeof MODES[number];
  /** Frames a second that are proposed in the mode `fps`. */
  fps: number;
  /** Pictures of one shot at most in the mode `scene`. */
  perShot: number;
  /** Least seconds between two pictures. */
  minGap: number;
  /** Largest distance of two perceptual hashes that counts as the same picture, 0 to 16 bits; null for no such check. */
  dedupe: number | null;
  /** Frames of a lower mean brightness are dropped, 0 to 255. */
  dropDark: number;
  /** Frames of a lower standard deviation of brightness are dropped, 0 to 127. */
  dropFlat: number;
  /** Most pictures in all. */
  max: number;
  /** Share of the pictures that is set aside for testing, by whole shots, 0 to 0.5. */
  testFraction: number;
}

/** A frame that becomes a picture. */
export interface Choice {
  frame: AnalysedFrame;
  /** From 0. */
  shot: number;
  part: "train" | "test";
}

/** A proposed frame that does not. */
export interface Rejection {
  frame: AnalysedFrame;
  shot: number;
  reason: "short shot" | "dark" | "flat" | "too close" | "near duplicate" | "over the maximum";
  detail: string;
}

/** What becomes of the proposed frames, both lists in the order of the film. */
export interface Plan {
  shots: number;
  chosen: Choice[];
  rejected: Rejection[];
}

/** What a source needs to say of its frames. */
export interface PlanInput {
  /** In order. */
  frames: readonly AnalysedFrame[];
  /** Whether they are no neighbours in time. */
  isSparse: boolean;
  /** Whether `seconds` are numbers of stills: then all are proposed, and no gap is kept. */
  isStills: boolean;
}

type Proposal = Omit<Choice, "part">;

/** Plans the pictures of a source. The same frames and settings give the same plan. */
export function planPictures(input: PlanInput, settings: PlanSettings): Plan {
  const { frames, isSparse, isStills } = input;
  const starts = isSparse ? findSparseShotStarts(frames) : findShotStarts(frames);
  const rejected: Rejection[] = [];
  const proposals = propose(input, starts, settings, rejected);
  const minGap = isStills ? 0 : settings.minGap;
  const kept = thin(sortOut(proposals, { ...settings, minGap }, rejected), settings.max, rejected);
  const counts = starts.map(() => 0);
  for (const { shot } of kept) counts[shot]++;
  const tests = chooseTestShots(counts, settings.testFraction);
  return {
    shots: starts.length,
    chosen: kept.map((choice) => ({ ...choice, part: tests.has(choice.shot) ? "test" : "train" })),
    rejected: rejected.sort((a, b) => a.frame.index - b.frame.index),
  };
}

function propose(
  { frames, isStills }: PlanInput,
  starts: readonly number[],
  settings: PlanSettings,
  rejected: Rejection[],
): Proposal[] {
  const isDue = everySecond(settings.fps, frames[0]?.seconds ?? 0);
  return starts.flatMap((start, shot) => {
    const shotFrames = frames.slice(start, starts[shot + 1]);
    if (isStills) return shotFrames.map((frame) => ({ frame, shot }));
    switch (settings.mode) {
      case "keyframe":
        return shotFrames.filter(({ isKey }) => isKey).map((frame) => ({ frame, shot }));
      case "fps":
        return shotFrames.filter(({ seconds }) => isDue(seconds)).map((frame) => ({ frame, shot }));
      case "scene": {
        const isBad = (frame: AnalysedFrame) => findFault(frame, settings) !== undefined;
        const chosen = chooseFromShot(shotFrames, settings, isBad);
        if (chosen.length === 0) {
          const detail = `${shotFrames.length} frames`;
          rejected.push({ frame: shotFrames[0], shot, reason: "short shot", detail });
        }
        return chosen.map((frame) => ({ frame, shot }));
      }
    }
  });
}

/** Says of times, which ascend, whether they are the first at or after each multiple of 1 / `fps` from a beginning. */
function everySecond(fps: number, from: number): (seconds: number) => boolean {
  let next = 0;
  return (seconds) => {
    // Times of containers are rounded, often to milliseconds.
    const at = (seconds - from) * fps + 1e-3 * fps;
    if (at < next) return false;
    next = Math.floor(at) + 1;
    return true;
  };
}

/** Why a frame is no picture by itself. */
function findFault(
  { mean, deviation }: AnalysedFrame,
  { dropDark, dropFlat }: PlanSettings,
): Pick<Rejection, "reason" | "detail"> | undefined {
  if (mean < dropDark) return { reason: "dark", detail: `mean ${mean.toFixed(1)}` };
  if (deviation < dropFlat) return { reason: "flat", detail: `deviation ${deviation.toFixed(1)}` };
}

function sortOut(
  proposals: readonly Proposal[],
  settings: PlanSettings,
  rejected: Rejection[],
): Proposal[] {
  const { dedupe, minGap } = settings, seen = seenHashes(dedupe ?? 0), kept: Proposal[] = [];
  for (const proposal of proposals) {
    const { frame } = proposal, fault = findFault(frame, settings);
    const since = frame.seconds - (kept.at(-1)?.frame.seconds ?? -Infinity);
    if (fault) rejected.push({ ...proposal, ...fault });
    // As above: a rounded time must not cost a picture.
    else if (since < minGap - 2e-3) {
      rejected.push({ ...proposal, reason: "too close", detail: `${since.toFixed(2)} s` });
    } else {
      const twin = dedupe === null ? undefined : seen.find(frame.hash);
      if (twin === undefined) {
        seen.add(frame.hash);
        kept.push(proposal);
      } else {
        const first = kept[twin].frame, bits = hammingDistance(frame.hash, first.hash);
        const detail = `${bits} bits from frame ${first.index}`;
        rejected.push({ ...proposal, reason: "near duplicate", detail });
      }
    }
  }
  return kept;
}

/** Keeps at most `max`, evenly over the film, so that its end is as well seen as its beginning. */
function thin(proposals: readonly Proposal[], max: number, rejected: Rejection[]): Proposal[] {
  if (proposals.length <= max) return [...proposals];
  return proposals.filter((proposal, i) => {
    const before = Math.floor((i * max) / proposals.length);
    const after = Math.floor(((i + 1) * max) / proposals.length);
    if (after > before) return true;
    const detail = `${proposals.length} pictures`;
    rejected.push({ ...proposal, reason: "over the maximum", detail });
    return false;
  });
}
