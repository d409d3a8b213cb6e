// Redraws a film's frames one after another: generator, steadying, mix, and how much the result flickers.

import { mixPictures, type Picture } from "../gpu/picture.ts";
import { type Generator, restyle } from "../models/generator.ts";
import type { Direction } from "../models/manifest.ts";
import { addFlicker, flickerOf } from "./_flicker.ts";
import type { LastFrame, SegmentFacts } from "./_stylize_parts.ts";
import { hold, showHeld, steady } from "./_temporal.ts";

/** What is done to each frame. */
export interface FrameSettings {
  direction: Direction;
  /** Side of the tiles of larger frames, in pixels. */
  tile: number;
  /** Share of the redrawn frame in the result, 0 to 1. */
  strength: number;
  /** Share of the frame before that is kept where the film stands still, 0 to below 1. */
  temporal: number;
  /** Whether the film's own frame is shown to the left of the result. */
  sideBySide: boolean;
}

/** Where the redrawing is in the film. */
export interface FrameStylist {
  /** The frame as it is to be shown; frames come in order, `isCut` says that one begins a shot. */
  next(frame: Picture, isCut: boolean): Promise<Picture>;
  /** What the frames since the last call flickered. */
  takeFlicker(): SegmentFacts["flicker"];
  /** @throws {RangeError} before the first frame */
  last(): LastFrame;
}

interface Before extends LastFrame {
  input: Picture;
  /** The result that is shown. */
  steadied: Picture;
}

/**
 * Begins at the start of the film, or after a frame that was made earlier.
 *
 * @param resumed that frame of the film, and what was made of it
 */
export function stylistOf(
  generator: Generator,
  settings: FrameSettings,
  resumed?: { input: Picture; made: LastFrame },
): FrameStylist {
  const { direction, tile, strength, temporal, sideBySide } = settings;
  let before = resumed && restore(resumed.input, resumed.made, strength);
  let flicker = noFlicker();
  return {
    async next(input, isCut) {
      const redrawn = await restyle(generator, input, direction, { tile });
      const plain = mixPictures(input, redrawn, strength);
      let now: Before = { input, plain, steadied: plain };
      if (temporal > 0) {
        const held = before?.held && !isCut
          ? steady(redrawn, {
            held: before.held,
            before: before.input,
            now: input,
            share: temporal,
          })
          : hold(redrawn);
        now = restore(input, { plain, held }, strength);
      }
      if (before && !isCut) count(flicker, before, now);
      before = now;
      return sideBySide ? besideEachOther(input, now.steadied) : now.steadied;
    },
    takeFlicker() {
      const taken = flicker;
      flicker = noFlicker();
      return taken;
    },
    last() {
      if (before === undefined) throw new RangeError("Cannot give the last frame: there is none");
      return { plain: before.plain, held: before.held };
    },
  };
}

function restore(input: Picture, { plain, held }: LastFrame, strength: number): Before {
  if (held === undefined) return { input, plain, steadied: plain };
  const steadied = mixPictures(input, showHeld(held, input.width, input.height), strength);
  return { input, plain, held, steadied };
}

function noFlicker(): SegmentFacts["flicker"] {
  return { plain: { sum: 0, pairs: 0 }, steadied: { sum: 0, pairs: 0 } };
}

function count(flicker: SegmentFacts["flicker"], before: Before, now: Before): void {
  const film = { before: before.input, now: now.input };
  const plain = flickerOf(film, { before: before.plain, now: now.plain });
  const steadied = now.held === undefined
    ? plain
    : flickerOf(film, { before: before.steadied, now: now.steadied });
  addFlicker(flicker.plain, { sum: plain, pairs: 1 });
  addFlicker(flicker.steadied, { sum: steadied, pairs: 1 });
}

/** Two pictures of one size as one of twice the width. */
function besideEachOther(left: Picture, right: Picture): Picture {
  const { width, height } = left, row = width * 4;
  const data = new Uint8ClampedArray(2 * row * height);
  for (let y = 0; y < height; y++) {
    data.set(left.data.subarray(y * row, (y + 1) * row), 2 * y * row);
    data.set(right.data.subarray(y * row, (y + 1) * row), (2 * y + 1) * row);
  }
  return { width: 2 * width, height, data };
}
