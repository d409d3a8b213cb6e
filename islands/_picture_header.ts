// What a picture file says about itself in its header: format, sides and whether it moves. Nothing is decoded.

import { type BlobReader, fourCharacters, readBlob } from "./_blob_reader.ts";
import { readGifHeader } from "./_gif_header.ts";
import { readIsoHeader } from "./_iso_header.ts";
import { PictureError, type PictureHeader } from "./_picture_file.ts";

/** Above this, a picture is refused before it is decoded: 64 megapixels take 256 MB as bytes, and more while shrinking. */
export const MAX_MEGAPIXELS = 64;

/**
 * The header of a picture file that can be opened.
 *
 * @throws {PictureError} `not-a-picture` for anything else, `damaged` if the header is cut off or senseless,
 *   `too-large` above MAX_MEGAPIXELS, `unreadable` if the system refuses to read it
 */
export async function readPictureHeader(blob: Blob): Promise<PictureHeader> {
  const header = await readByFormat(readBlob(blob));
  const { format, width, height } = header;
  const size = `${width} × ${height} pixels`;
  if (width < 1 || height < 1) {
    throw new PictureError("damaged", `This ${format} is damaged: its header gives ${size}.`);
  }
  const megapixels = (width * height) / 1e6;
  if (megapixels > MAX_MEGAPIXELS) {
    throw new PictureError(
      "too-large",
      `This picture is too large: ${size} are ${Math.round(megapixels)} megapixels, ` +
        `and at most ${MAX_MEGAPIXELS} can be opened here. Save a smaller copy and try that.`,
    );
  }
  return header;
}

async function readByFormat(reader: BlobReader): Promise<PictureHeader> {
  // The shortest file of any of these formats is longer than 32 bytes.
  if (reader.size < 32) throw notAPicture();
  const head = await reader.bytes(0, 32);
  if (head.getUint16(0) === 0xffd8) return await readJpeg(reader);
  if (head.getUint32(0) === 0x89504e47 && head.getUint32(4) === 0x0d0a1a0a) {
    return await readPng(reader);
  }
  const first = fourCharacters(head, 0);
  if (first === "GIF8") return await readGifHeader(reader);
  if (first === "RIFF" && fourCharacters(head, 8) === "WEBP") return readWebp(head);
  if (first.startsWith("BM") && head.getUint32(14, true) >= 40) return readBmp(head);
  if (fourCharacters(head, 4) === "ftyp") {
    const header = await readIsoHeader(reader);
    if (header) return header;
  }
  throw notAPicture();
}

function notAPicture(): PictureError {
  return new PictureError(
    "not-a-picture",
    "This is not a picture that can be opened here. JPEG, PNG, WebP, GIF, AVIF and BMP files can.",
  );
}

/** Walks the segments to the start of frame (ITU-T T.81, B.1 and B.2.2). */
async function readJpeg(reader: BlobReader): Promise<PictureHeader> {
  for (let at = 2;;) {
    const marker = (await reader.bytes(at, 2)).getUint16(0);
    if (marker === 0xffff) {
      at += 1; // A fill byte.
    } else if (isFrameStart(marker)) {
      const frame = await reader.bytes(at + 5, 4);
      return {
        format: "JPEG",
        width: frame.getUint16(2),
        height: frame.getUint16(0),
        animated: false,
      };
    } else if (marker < 0xffc0 || marker === 0xffd9 || marker === 0xffda) {
      throw new PictureError("damaged", "This JPEG is damaged: it gives no size.");
    } else {
      const isBare = marker === 0xffd8 || (marker >= 0xffd0 && marker <= 0xffd7);
      at += isBare ? 2 : 2 + (await reader.bytes(at + 2, 2)).getUint16(0);
    }
  }
}

/** SOF0 to SOF15 without the Huffman, arithmetic and extension markers among them. */
function isFrameStart(marker: number): boolean {
  return marker >= 0xffc0 && marker <= 0xffcf &&
    marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc;
}

/** IHDR gives the size; an acTL chunk with two frames or more before IDAT makes it an APNG (PNG, third edition, 11). */
async function readPng(reader: BlobReader): Promise<PictureHeader> {
  const size = await reader.bytes(16, 8);
  const header = { format: "PNG" as const, width: size.getUint32(0), height: size.getUint32(4) };
  for (let at = 8; at + 12 <= reader.size;) {
    const chunk = await reader.bytes(at, 8);
    const name = fourCharacters(chunk, 4);
    if (name === "IDAT" || name === "IEND") break;
    if (name === "acTL") {
      return { ...header, animated: (await reader.bytes(at + 8, 4)).getUint32(0) > 1 };
    }
    at += 12 + chunk.getUint32(0);
  }
  return { ...header, animated: false };
}

/** The three kinds of first chunk: extended, lossy, lossless (RFC 9649, 2.5 to 2.7). */
function readWebp(head: DataView): PictureHeader {
  const uint24 = (at: number) => head.getUint16(at, true) + head.getUint8(at + 2) * 65536;
  switch (fourCharacters(head, 12)) {
    case "VP8X":
      return {
        format: "WebP",
        width: uint24(24) + 1,
        height: uint24(27) + 1,
        animated: (head.getUint8(20) & 2) !== 0,
      };
    case "VP8 ":
      return {
        format: "WebP",
        width: head.getUint16(26, true) & 0x3fff,
        height: head.getUint16(28, true) & 0x3fff,
        animated: false,
      };
    case "VP8L": {
      const bits = head.getUint32(21, true);
      return {
        format: "WebP",
        width: (bits & 0x3fff) + 1,
        height: ((bits >>> 14) & 0x3fff) + 1,
        animated: false,
      };
    }
    default:
      throw new PictureError("damaged", "This WebP is damaged: its first part is unknown.");
  }
}

/** A negative height means that the rows run from the top. */
function readBmp(head: DataView): PictureHeader {
  const width = head.getInt32(18, true), height = Math.abs(head.getInt32(22, true));
  return { format: "BMP", width, height, animated: false };
}
