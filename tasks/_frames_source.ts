// What frames are taken from, be it a video or a folder of stills: looked at once, small, and taken once, at full size.

import { sizeText } from "../data/picture_list.ts";
import type { Size } from "../data/picture_list.ts";
import type { Picture } from "../gpu/picture.ts";
import { TaskError } from "./_cli.ts";
import { type Box, boxText, findBox, isInside, type SizeRule } from "./_frames_geometry.ts";

/** What decides which frames there are, and what they are made into. */
export interface SourceSettings {
  /** Seconds that are passed over at the beginning and at the end. */
  skipStart: number;
  skipEnd: number;
  /** Bars are looked for, or nothing is cut, or this box is taken. */
  crop: "auto" | "none" | Box;
  size: SizeRule;
  /** Goes by the codec's key frames alone: quick, but blind to cuts between them. */
  keyFramesOnly: boolean;
}

/** What is known of a source, for the manifest and for people. */
export interface SourceFacts {
  kind: "video" | "stills";
  /** Without its folder. */
  name: string;
  /** Of the file, or of all the stills. */
  bytes: number;
  /** Of a video, if it says so. */
  seconds?: number;
}

/** A frame as it is looked at: its picture is of `LOOK_SIZE`. */
export interface SmallFrame {
  /** Number of the frame in its source. */
  index: number;
  /** From the beginning; of stills, their number. */
  seconds: number;
  isKey: boolean;
  picture: Picture;
}

/** A frame as it is kept. */
export interface TakenFrame {
  index: number;
  picture: Picture;
}

/** The box to take of frames of each size, by `sizeText` and `boxText`; a size that is not named is taken whole. */
export type Crops = Record<string, string>;

/** Where frames come from. Both passes number them alike. */
export interface FrameSource {
  facts: SourceFacts;
  /** Whether frames are no neighbours in time. */
  isSparse: boolean;
  /** Where `seconds` begins, and how far it goes; undefined if the source does not know. */
  from: number;
  span: number | undefined;
  /** What a frame is called in names of files: safe, and short. */
  frameName(index: number): string;
  /** What to cut off. */
  findCrops(): Promise<Crops>;
  /** All frames, small. @throws {TaskError} if they cannot be read */
  look(crops: Crops): AsyncGenerator<SmallFrame>;
  /** Frames by their numbers (ascending), cut and of the size that was asked for. @throws {TaskError} if one cannot be read */
  take(indices: readonly number[], crops: Crops): AsyncGenerator<TakenFrame>;
  /** What people should know, as far as it is known now: one line each. */
  notes(): string[];
  /** Frames that could not be read, with the reason. */
  unreadable(): { index: number; reason: string }[];
}

/** The part of frames of that size that the crops name, or all of it. */
export function boxFor(crops: Crops, { width, height }: Size): Box {
  const text = crops[sizeText({ width, height })];
  return (text === undefined ? undefined : findBox(text)) ?? { width, height, left: 0, top: 0 };
}

/** The crop of one size. @throws {TaskError} if the box does not lie inside */
export function fixedCrop(name: string, size: Size, box: Box): Crops {
  if (isInside(box, size)) return { [sizeText(size)]: boxText(box) };
  throw new TaskError(
    `Cannot crop ${name} to ${boxText(box)}: its frames are ${
      sizeText(size)
    }; expected a box inside them`,
  );
}

/** A name without what file systems, shells or links could take amiss. */
export function safeStem(name: string): string {
  const stem = name.replace(/\.[^.]*$/, "").normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "_");
  return stem.replace(/^_+|_+$/g, "").slice(0, 40) || "frame";
}
