// The header of AVIF and HEIC: the largest image size among the item properties of an ISO base media file.

import { type BlobReader, fourCharacters } from "./_blob_reader.ts";
import { PictureError } from "./_picture_file.ts";
import type { PictureHeader } from "./_picture_file.ts";

const AVIF_BRANDS = ["avif", "avis"];
const HEIC_BRANDS = ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"];
const SEQUENCE_BRANDS = ["avis", "hevc", "hevx", "msf1"];

/** A box: its name, and the bytes of its content. */
interface Box {
  name: string;
  start: number;
  end: number;
}

/**
 * The header of an AVIF or HEIC file, undefined for another file of this family, such as an MP4 film.
 * The size is that of the largest stored image: a grid's own size counts, as it has an `ispe` property too.
 */
export async function readIsoHeader(reader: BlobReader): Promise<PictureHeader | undefined> {
  const brand = fourCharacters(await reader.bytes(8, 4), 0);
  const isAvif = AVIF_BRANDS.includes(brand) || (brand === "mif1" && await isCompatible(reader));
  if (!isAvif && !HEIC_BRANDS.includes(brand)) return undefined;
  const format = isAvif ? "AVIF" : "HEIC";
  const sizes = await readSizes(reader);
  if (sizes.length === 0) {
    throw new PictureError("damaged", `This ${format} is damaged: it gives no size.`);
  }
  const largest = sizes.reduce((a, b) => a.width * a.height >= b.width * b.height ? a : b);
  return { format, ...largest, animated: SEQUENCE_BRANDS.includes(brand) };
}

/** Whether `avif` is among the compatible brands of the file type box. */
async function isCompatible(reader: BlobReader): Promise<boolean> {
  const length = Math.min((await reader.bytes(0, 4)).getUint32(0), reader.size, 256);
  const box = await reader.bytes(0, length);
  for (let at = 16; at + 4 <= length; at += 4) {
    if (fourCharacters(box, at) === "avif") return true;
  }
  return false;
}

/** Every `ispe` in meta / iprp / ipco (ISO/IEC 23008-12, 6.5.3). */
async function readSizes(reader: BlobReader): Promise<{ width: number; height: number }[]> {
  const meta = await findBox(reader, "meta", 0, reader.size);
  // `meta` is a full box: four bytes of version and flags come before its parts.
  const properties = meta && await findBox(reader, "iprp", meta.start + 4, meta.end);
  const container = properties && await findBox(reader, "ipco", properties.start, properties.end);
  if (!container) return [];
  const sizes = [];
  for await (const box of boxes(reader, container.start, container.end)) {
    if (box.name !== "ispe") continue;
    const size = await reader.bytes(box.start + 4, 8);
    sizes.push({ width: size.getUint32(0), height: size.getUint32(4) });
  }
  return sizes;
}

async function findBox(reader: BlobReader, name: string, start: number, end: number) {
  for await (const box of boxes(reader, start, end)) if (box.name === name) return box;
}

async function* boxes(reader: BlobReader, start: number, end: number): AsyncGenerator<Box> {
  for (let at = start; at + 8 <= end;) {
    const head = await reader.bytes(at, 8);
    const length = head.getUint32(0);
    // 0 means "to the end", 1 a 64-bit length: neither comes before the size in a still picture.
    if (length < 8) return;
    yield { name: fourCharacters(head, 4), start: at + 8, end: Math.min(end, at + length) };
    at += length;
  }
}
