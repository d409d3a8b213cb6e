// Redraws a film's frames one after another: generator, steadying, mix, and how much the result flickers.

import { normMemory } from "../gpu/norm_memory.ts";
import { mixPictures, type Picture } from "../gpu/picture.ts";
import { type Generator, restyle } from "../models/generator.ts";
import type { Direction } from "../models/manifest.ts";
import { addFlicker, flickerOf } from "./_flicker.ts";
import type { LastFrame, SegmentFacts } from "./_stylize_parts.ts";
import { type HeldFrame, hold, showHeld, steady } from "./_temporal.ts";

/** What is done to each frame. */
export interface FrameSettings {
  direction: Direction;
  /** Side of the tiles of larger frames, in pixels. */
  tile: number;
  /** Share of the redrawn frame in the result, 0 to 1. */
  strength: number;
  /** Share of the frame before that is kept where the film stands still, and of the norms' statistics; 0 to below 1. */
  temporal: number;
  /** Whether the film's own frame is shown to the left of the result. */
  sideBySide: boolean;
}

/** Where the redrawing is in the film. */
export interface FrameStylist {
  /** The frame as it is to be shown; frames come in order. */
  next(frame: Picture, place: FramePlace): Promise<Picture>;
  /** What the frames since the last call flickered. */
  takeFlicker(): SegmentFacts["flicker"];
  /** @throws {RangeError} before the first frame */
  last(): Promise<LastFrame>;
  dispose(): void;
}

/** Where a frame is in its film. */
export interface FramePlace {
  /** Its number, from 0. */
  index: number;
  /** Whether it begins a shot. */
  isCut: boolean;
}

interface Before {
  input: Picture;
  held: HeldFrame;
  shown: Picture;
}

/** Flicker is measured at one of so many frames: without steadying, each must be redrawn again with the one before it. */
const MEASURED = 16;

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
  const memory = temporal > 0 ? normMemory(temporal, resumed?.made.norms) : undefined;
  const show = (input: Picture, held: HeldFrame) =>
    mixPictures(input, showHeld(held, input.width, input.height), strength);
  const drawPlain = async (input: Picture) =>
    mixPictures(input, await restyle(generator, input, direction, { tile }), strength);
  let before: Before | undefined = resumed && {
    input: resumed.input,
    held: resumed.made.held,
    shown: show(resumed.input, resumed.made.held),
  };
  let flicker = noFlicker();
  const measure = async (past: Before, now: Before) => {
    const film = { before: past.input, now: now.input };
    const steadied = flickerOf(film, { before: past.shown, now: now.shown });
    addFlicker(flicker.steadied, { sum: steadied, pairs: 1 });
    const plain = memory === undefined ? steadied : flickerOf(film, {
      before: await drawPlain(past.input),
      now: await drawPlain(now.input),
    });
    addFlicker(flicker.plain, { sum: plain, pairs: 1 });
  };
  return {
    async next(input, { index, isCut }) {
      if (isCut) memory?.forget();
      const redrawn = await restyle(generator, input, direction, { tile, memory });
      const past = isCut ? undefined : before;
      const held = past === undefined || temporal === 0
        ? hold(redrawn)
        : steady(redrawn, { held: past.held, before: past.input, now: input, share: temporal });
      before = { input, held, shown: show(input, held) };
      if (past && index % MEASURED === 1) await measure(past, before);
      return sideBySide ? besideEachOther(input, before.shown) : before.shown;
    },
    takeFlicker() {
      const taken = flicker;
      flicker = noFlicker();
      return taken;
    },
    async last() {
      if (before === undefined) throw new RangeError("Cannot give the last frame: there is none");
      return { held: before.held, norms: await memory?.read() ?? new Float32Array() };
    },
    dispose: () => memory?.dispose(),
  };
}

function noFlicker(): SegmentFacts["flicker"] {
  return { plain: { sum: 0, pairs: 0 }, steadied: { sum: 0, pairs: 0 } };
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
