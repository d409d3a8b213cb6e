// Small picture files and lists for the tests of data/.

import sharp from "sharp";
import type { Picture } from "../../gpu/picture.ts";
import type { PictureList, Size } from "../../data/picture_list.ts";

/** An opaque picture in which a pixel tells where it is and whose it is: red = x, green = y, blue = `mark`. */
export function markedPicture({ width, height }: Size, mark: number): Picture {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    data.set([i % width, Math.floor(i / width), mark, 255], i * 4);
  }
  return { width, height, data };
}

/** A list of marked pictures, picture i with blue `first + i`; the indices in `broken` fail to load. */
export function markedList(
  count: number,
  size: Size,
  first = 0,
  broken: number[] = [],
): PictureList {
  return {
    count,
    name: (index) => `picture ${first + index}`,
    load: async (index) => {
      await Promise.resolve();
      if (broken.includes(index)) throw new TypeError("Torn");
      return markedPicture(size, first + index);
    },
  };
}

/** A picture of one colour as a file's bytes. */
export async function flatFile(
  format: "jpeg" | "png" | "webp",
  size: Size = { width: 24, height: 20 },
  background: { r: number; g: number; b: number; alpha?: number } = { r: 200, g: 100, b: 50 },
): Promise<Uint8Array> {
  const channels = background.alpha === undefined ? 3 : 4;
  const image = sharp({ create: { ...size, channels, background } });
  return new Uint8Array(await image.toFormat(format).toBuffer());
}

/** Writes files under a folder, making sub-folders as needed. */
export async function writeFiles(root: string, files: Record<string, Uint8Array>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    const path = `${root}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(path, bytes);
  }
}

/** Runs with a folder that is removed afterwards. */
export async function withFolder(run: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "lobbycard_" });
  try {
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
