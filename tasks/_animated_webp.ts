// Animated WebP, by sharp.

import sharp from "sharp";
import { writeAtomically } from "./_atomic_file.ts";
import type { MovingPicture } from "./_ffmpeg.ts";

/** Writes an animated WebP that repeats for ever. @throws {TaskError} if the disk refuses */
export async function writeAnimatedWebp(
  path: string,
  { frames, fps, hold }: MovingPicture,
): Promise<void> {
  const delay = frames.map((_, i) =>
    Math.round(1000 * (i === frames.length - 1 ? Math.max(hold, 1 / fps) : 1 / fps))
  );
  const pages = await Promise.all(
    frames.map(({ width, height, data }) =>
      sharp(data, { raw: { width, height, channels: 4 } }).png().toBuffer()
    ),
  );
  const bytes = await sharp(pages, { join: { animated: true } })
    .webp({ quality: 85, effort: 4, loop: 0, delay }).toBuffer();
  await writeAtomically(path, new Uint8Array(bytes));
}
