// Opens the posters that a task is to work on.

import { drawnPosters } from "../data/drawn_posters.ts";
import { openPackedPosters } from "../data/packed_posters.ts";
import { type Size, sizeText } from "../data/picture_list.ts";
import type { PosterSet } from "../data/posters.ts";
import { TaskError } from "./_cli.ts";

/** The word that stands for the posters that are drawn by code, where a file is named. */
export const PROCEDURAL = "procedural";

/**
 * The posters of a file that `data:posters` wrote, or the procedural ones.
 *
 * @param size what was asked for, if anything
 * @param usual what drawn posters are drawn at if nothing was asked for
 * @throws {TaskError} if the file's posters are of another size than was asked for
 * @throws {Deno.errors.NotFound | SyntaxError} if the file is missing or damaged
 */
export async function openPosterData(
  data: string,
  size: Size | undefined,
  usual: Size,
): Promise<PosterSet> {
  if (data === PROCEDURAL) return await drawnPosters({ size: size ?? usual });
  const set = await openPackedPosters(data);
  if (size === undefined || sizeText(set.size) === sizeText(size)) return set;
  await set.close();
  throw new TaskError(
    `Cannot use ${data}: its posters are ${sizeText(set.size)}, expected ${sizeText(size)}`,
  );
}
