// The first pass over a source: every frame is looked at, small, and a few numbers of it are kept.

import { type FrameLook, lookAt, lookDistance } from "./_frames_look.ts";
import { type FrameChange, LEAP } from "./_frames_shots.ts";
import type { SmallFrame } from "./_frames_source.ts";
import { perceptualHash } from "./_perceptual_hash.ts";

/** What is kept of a frame: a few hundred bytes, so that a film of two hours takes less than 100 MB. */
export interface AnalysedFrame extends FrameChange {
  /** Number of the frame in its source. */
  index: number;
  /** From the beginning; of stills, their number. */
  seconds: number;
  isKey: boolean;
  /** Mean brightness, 0 to 255. */
  mean: number;
  /** Standard deviation of the brightness, 0 to 127.5. */
  deviation: number;
  hash: bigint;
}

/** A frame is black if its mean and deviation are below these: between shots, not at night. */
const BLACK_MEAN = 6, BLACK_DEVIATION = 4;

/**
 * Looks at frames as they come.
 *
 * @param onFrame called after each; `false` ends the pass
 */
export async function analyseFrames(
  frames: AsyncIterable<SmallFrame>,
  onFrame: (frame: AnalysedFrame) => boolean,
): Promise<AnalysedFrame[]> {
  const analysed: AnalysedFrame[] = [], latest: FrameLook[] = [];
  for await (const { index, seconds, isKey, picture } of frames) {
    const look = lookAt(picture), { mean, deviation } = look;
    const before = latest.at(-1) ?? look, earliest = latest[0] ?? look;
    const frame: AnalysedFrame = {
      ...{ index, seconds, isKey, mean, deviation },
      step: lookDistance(before, look),
      leap: lookDistance(earliest, look),
      isBlack: mean < BLACK_MEAN && deviation < BLACK_DEVIATION,
      hash: perceptualHash(picture),
    };
    latest.push(look);
    if (latest.length > LEAP + 1) latest.shift();
    analysed.push(frame);
    if (!onFrame(frame)) break;
  }
  return analysed;
}
