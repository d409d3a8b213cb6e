// Chooses frames well inside one shot: evenly spaced, away from its cuts, and where little moves.

/** What the choice needs of a frame. */
export interface ShotFrame {
  seconds: number;
  /** Distance from the frame before. */
  step: number;
}

/** Shots of fewer frames are passed over: each of their frames is next to a cut. */
const LEAST_FRAMES = 5;
/** So much of a shot is left out at either end, but no more than half a second: cuts are not always clean. */
const MARGIN = 0.2, MARGIN_SECONDS = 0.5;

/**
 * One frame of each of several equal stretches of a shot, or none if the shot is too short. Within the middle of its
 * stretch it is the one with the least motion, for that is the sharpest, and least likely to be within a dissolve;
 * frames that `isBad` says are taken only where there are no others.
 *
 * @param frames all of the shot, in order
 */
export function chooseFromShot<Frame extends ShotFrame>(
  frames: readonly Frame[],
  { perShot, minGap }: { perShot: number; minGap: number },
  isBad: (frame: Frame) => boolean,
): Frame[] {
  if (frames.length < LEAST_FRAMES) return [];
  const start = frames[0].seconds, length = frames[frames.length - 1].seconds - start;
  const margin = Math.min(MARGIN_SECONDS, MARGIN * length), inside = length - 2 * margin;
  // A frame stands up to half a frame's time beside the place that it is for.
  const gap = minGap + (2 * length) / (frames.length - 1);
  const count = Math.min(perShot, Math.max(1, Math.floor(inside / gap)));
  const stretch = inside / count;
  const reach = count === 1 ? stretch / 4 : Math.max(0, Math.min(stretch / 2, stretch - gap)) / 2;
  return Array.from({ length: count }, (_, i) => {
    const middle = start + margin + (i + 0.5) * stretch;
    return chooseNear(frames, middle, reach, isBad);
  });
}

function chooseNear<Frame extends ShotFrame>(
  frames: readonly Frame[],
  middle: number,
  reach: number,
  isBad: (frame: Frame) => boolean,
): Frame {
  const distance = (i: number) => Math.abs(frames[i].seconds - middle);
  const motion = (i: number) => Math.max(frames[i].step, frames[i + 1]?.step ?? 0);
  let best = 0;
  // The nearest of all, should none be within reach.
  for (let i = 1; i < frames.length; i++) if (distance(i) < distance(best)) best = i;
  for (let i = 0; i < frames.length; i++) {
    if (distance(i) > reach || i === best) continue;
    const order = Number(isBad(frames[i])) - Number(isBad(frames[best])) ||
      motion(i) - motion(best) || distance(i) - distance(best);
    if (order < 0) best = i;
  }
  return frames[best];
}
