// The header of a GIF, and whether a second image follows the first.

import type { BlobReader } from "./_blob_reader.ts";
import type { PictureHeader } from "./_picture_file.ts";

const EXTENSION = 0x21, IMAGE = 0x2c;

/** The header of a GIF (GIF89a specification, 17 to 23). A file that is cut off after its first image is not animated. */
export async function readGifHeader(reader: BlobReader): Promise<PictureHeader> {
  const screen = await reader.bytes(6, 5);
  return {
    format: "GIF",
    width: screen.getUint16(0, true),
    height: screen.getUint16(2, true),
    animated: await hasSecondImage(reader, 13 + colourTableBytes(screen.getUint8(4))),
  };
}

async function hasSecondImage(reader: BlobReader, firstBlock: number): Promise<boolean> {
  let images = 0;
  for (let at = firstBlock; at + 10 <= reader.size;) {
    const block = await reader.bytes(at, 10);
    const kind = block.getUint8(0);
    if (kind === EXTENSION) {
      at = await skipSubBlocks(reader, at + 2);
    } else if (kind === IMAGE) {
      if (++images === 2) return true;
      at = await skipSubBlocks(reader, at + 11 + colourTableBytes(block.getUint8(9)));
    } else {
      return false;
    }
  }
  return false;
}

/** The place after the empty sub-block that closes a run of them. */
async function skipSubBlocks(reader: BlobReader, start: number): Promise<number> {
  let at = start;
  while (at < reader.size) {
    const length = (await reader.bytes(at, 1)).getUint8(0);
    at += 1 + length;
    if (length === 0) break;
  }
  return at;
}

/** Three bytes a colour, if the packed field says that there is a table. */
function colourTableBytes(packed: number): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0;
}
