// The second pass of `data:frames`: takes the planned frames from their source and writes them, each whole or not at all.

import sharp from "sharp";
import { encodePng } from "../data/decode.ts";
import type { Picture } from "../gpu/picture.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { pathOf } from "./_frames_folder.ts";
import type { ManifestPicture } from "./_frames_manifest.ts";
import type { FramesTarget } from "./_frames_settings.ts";
import type { Crops, FrameSource, TakenFrame } from "./_frames_source.ts";

/** What is to be written, and how. */
export interface WriteInput {
  source: FrameSource;
  crops: Crops;
  target: FramesTarget;
  format: "jpg" | "png";
  /** Called after each picture, with how many there are and which frame it was; `false` ends the pass. */
  onPicture(done: number, frame: number): boolean;
}

/** JPEG at which neither blocks nor blurred colours can be seen. */
const QUALITY = 95;

/**
 * Writes pictures. Memory holds as many frames as there are cores: the source waits while they are coded.
 *
 * @param pictures in the order of their frames
 * @returns how many were written
 * @throws {TaskError} if the source cannot be read or the disk does not take a picture; what was written stays
 */
export async function writePictures(
  pictures: readonly ManifestPicture[],
  { source, crops, target, format, onPicture }: WriteInput,
): Promise<number> {
  const byFrame = new Map(pictures.map((picture) => [picture.frame, picture]));
  const pending = new Set<Promise<void>>(), failures: unknown[] = [];
  let done = 0, goesOn = true;
  const write = async (path: string, { index, picture }: TakenFrame) => {
    try {
      await writeAtomically(path, await encodePicture(picture, format));
      goesOn = onPicture(++done, index) && goesOn;
    } catch (error) {
      failures.push(error);
    }
  };
  try {
    for await (const frame of source.take([...byFrame.keys()], crops)) {
      const planned = byFrame.get(frame.index), path = planned && pathOf(target, planned);
      if (path === undefined) continue;
      const written = write(path, frame).finally(() => pending.delete(written));
      pending.add(written);
      if (pending.size >= navigator.hardwareConcurrency) await Promise.race(pending);
      if (!goesOn || failures.length > 0) break;
    }
  } finally {
    await Promise.all(pending);
  }
  if (failures.length > 0) throw failures[0];
  return done;
}

async function encodePicture(picture: Picture, format: "jpg" | "png"): Promise<Uint8Array> {
  if (format === "png") return await encodePng(picture);
  const { width, height, data } = picture;
  const image = sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
  const options = { quality: QUALITY, chromaSubsampling: "4:4:4" };
  return new Uint8Array(await image.jpeg(options).toBuffer());
}
