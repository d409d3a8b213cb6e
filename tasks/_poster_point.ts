// Files of posters that `project` has found.

import { parsePoint, type PointOwner } from "../models/poster_point_file.ts";
import type { PosterPoint } from "../models/poster_point.ts";
import { TaskError } from "./_cli.ts";

/** Reads one. @throws {TaskError} naming the file, if it cannot be read or is no point of this generator */
export async function readPoint(path: string, owner: PointOwner): Promise<PosterPoint> {
  try {
    return parsePoint(JSON.parse(await Deno.readTextFile(path)), owner);
  } catch (error) {
    throw new TaskError(
      `Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
