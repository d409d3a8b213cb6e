// Pictures in a fixed order, some of which may turn out broken: kept in memory, and passed over without losing the order.

import type { Picture } from "../gpu/picture.ts";

/** The sides of a picture in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A size as posters' sizes are written: width, then height, such as `64x96`. */
export function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

/** A file that is not used, and why. */
export interface SkippedFile {
  /** The path as it was found under the folder that was asked for. */
  file: string;
  /** One line. */
  reason: string;
}

/** The pictures of one side in a fixed order. */
export interface PictureList {
  count: number;
  /** What to call the picture when it cannot be loaded. */
  name(index: number): string;
  /** The picture, both sides at least as long as the size it was listed for. @throws if it cannot be decoded. */
  load(index: number): Promise<Picture>;
}

/**
 * The picture at `index`, or the next one of the list that loads: a broken file's turn always goes to the same other.
 *
 * @throws {RangeError} if none of the list loads.
 */
export async function loadNextGood(
  list: PictureList,
  index: number,
  broken: Set<number>,
  skipped: SkippedFile[],
): Promise<Picture> {
  for (let i = 0; i < list.count; i++) {
    const at = (index + i) % list.count;
    if (broken.has(at)) continue;
    try {
      return await list.load(at);
    } catch (error) {
      if (!broken.has(at)) skipped.push({ file: list.name(at), reason: reasonOf(error) });
      broken.add(at);
    }
  }
  throw new RangeError(
    `Cannot load a picture: all ${list.count} failed, the last one ${skipped.at(-1)?.file} (${
      skipped.at(-1)?.reason
    }); expected at least one that decodes`,
  );
}

/** The first line of what went wrong. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}

/**
 * The list with its first pictures kept in memory, up to a number of bytes. Nothing is ever put out: each epoch visits
 * every picture once, and for that pattern keeping the first ones hits more often than keeping the latest ones.
 */
export function cachedList(list: PictureList, limitBytes: number): PictureList {
  const pictures = new Map<number, Picture>();
  let bytes = 0;
  return {
    ...list,
    async load(index) {
      const known = pictures.get(index);
      if (known) return known;
      const picture = await list.load(index);
      if (!pictures.has(index) && bytes + picture.data.byteLength <= limitBytes) {
        bytes += picture.data.byteLength;
        pictures.set(index, picture);
      }
      return picture;
    },
  };
}
