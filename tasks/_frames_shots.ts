// Finds where a film's shots begin: frames that differ from the one before by far more than the frames around them do.

/** What the search needs of a frame; distances are those of `lookDistance`. */
export interface FrameChange {
  /** Distance from the frame before; 0 for the first. */
  step: number;
  /** Distance from the frame `LEAP` + 1 before, or the first one. */
  leap: number;
  /** Whether it is wholly black: there a film fades. */
  isBlack: boolean;
}

/** How many frames longer than a step a leap is; a flash of up to as many frames is no cut. */
export const LEAP = 3;

/** No cut has a smaller step. */
const LEAST_STEP = 0.16;
/** A cut's step is so many times the median of the steps around it. */
const RATIO = 3.5;
/** So many frames on either side are "around". */
const AROUND = 12;
/** Of two cuts nearer than this, in frames, only the greater counts. */
const APART = 3;
/** A step that is this share of a cut's is as great: one beside a cut may be (a blended frame), more are a swift pan. */
const ALIKE = 0.6;
/** Frames that are not neighbours in time are of one shot up to this distance. */
const SAME_SHOT = 0.22;

/**
 * The numbers of the frames that begin a shot, in order, 0 first. A cut must stand out from its surroundings, and the
 * frames before it must stay different from those after it. Shots also part where the film is black. Dissolves are not
 * found: what they join counts as one shot.
 */
export function findShotStarts(frames: readonly FrameChange[]): number[] {
  const starts = new Set([0]);
  for (let i = 1; i < frames.length; i++) if (isCut(frames, i)) starts.add(i);
  for (const middle of findFades(frames)) starts.add(middle);
  return [...starts].filter((start) => start < frames.length).sort((a, b) => a - b);
}

/** The same for frames that are no neighbours in time: key frames alone, or stills. */
export function findSparseShotStarts(frames: readonly FrameChange[]): number[] {
  return frames.flatMap(({ step }, i) => i === 0 || step > SAME_SHOT ? [i] : []);
}

function isCut(frames: readonly FrameChange[], at: number): boolean {
  const { step, leap } = frames[at];
  if (step < LEAST_STEP) return false;
  const lasting = Math.min(leap, frames[at + LEAP]?.leap ?? leap);
  if (lasting < Math.max(LEAST_STEP, step / 2)) return false;
  let alike = 0;
  for (let i = Math.max(1, at - APART); i <= Math.min(frames.length - 1, at + APART); i++) {
    if (frames[i].step > step || (frames[i].step === step && i < at)) return false;
    if (i !== at && frames[i].step > ALIKE * step) alike++;
  }
  if (alike > 1) return false;
  return step >= RATIO * medianAround(frames, at);
}

function medianAround(frames: readonly FrameChange[], at: number): number {
  const steps: number[] = [];
  for (let i = Math.max(1, at - AROUND); i <= Math.min(frames.length - 1, at + AROUND); i++) {
    if (i !== at) steps.push(frames[i].step);
  }
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
}

/** The middle of each black stretch, unless the film begins or ends with it. */
function findFades(frames: readonly FrameChange[]): number[] {
  const middles: number[] = [];
  let begin = 0;
  for (let i = 0; i < frames.length; i++) {
    if (!frames[i].isBlack) {
      if (begin < i && begin > 0) middles.push((begin + i) >> 1);
      begin = i + 1;
    }
  }
  return middles;
}
