// Files that are there whole or not at all, whatever interrupts the writing.

import { TaskError } from "./_cli.ts";

/**
 * Writes a file so that it is there whole or not at all: temporary name, flush to disk, rename.
 *
 * @throws {TaskError} naming file and cause (disk full, no permission)
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    using file = await Deno.open(temporary, { write: true, create: true, truncate: true });
    for (let written = 0; written < bytes.length;) {
      written += await file.write(bytes.subarray(written));
    }
    await file.sync();
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw new TaskError(`Cannot write ${path}: ${error instanceof Error ? error.message : error}`);
  }
}
