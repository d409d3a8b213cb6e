// Where everything lies in a file of packed posters: safetensors, labels first, pictures last.

import { createHash } from "node:crypto";
import type { Size } from "./picture_list.ts";

/** What the header says of the set, under `__metadata__.lobbycard`. */
export interface PackedMetadata {
  format: 1;
  genres: string[];
  ids: string[];
  size: Size;
  /** A line for people about where the posters are from. */
  source: string;
  /** What the set was built with. */
  settings: Record<string, unknown>;
  /** SHA-256 in hex of the pictures' bytes. */
  imagesHash: string;
  /** SHA-256 in hex of all the above and the labels' bytes, thus of everything. */
  hash: string;
}

/** One tensor's entry in the header. */
export interface PackedEntry {
  dtype: string;
  shape: number[];
  data_offsets: [start: number, end: number];
}

/** Names of the tensors in the order in which they lie: falling element sizes, so that each is aligned. */
export const PACKED_TENSORS = ["phashes", "years", "genres", "splits", "images"] as const;

/** The tensors' entries, and the bytes of all labels together. */
export interface PackedLayout {
  entries: Record<typeof PACKED_TENSORS[number], PackedEntry>;
  labelBytes: number;
  imageBytes: number;
  totalBytes: number;
}

/** Where the tensors of `n` posters of so many genres lie, counted from the header's end. */
export function packedLayout(n: number, genreCount: number, { width, height }: Size): PackedLayout {
  const imageBytes = height * width * 3;
  let offset = 0;
  const entry = (dtype: string, shape: number[], bytes: number): PackedEntry => ({
    dtype,
    shape,
    data_offsets: [offset, offset += bytes],
  });
  const labels = {
    phashes: entry("U64", [n], 8 * n),
    years: entry("I32", [n], 4 * n),
    genres: entry("U8", [n, genreCount], n * genreCount),
    splits: entry("U8", [n], n),
  };
  const labelBytes = offset;
  const images = entry("U8", [n, height, width, 3], n * imageBytes);
  return { entries: { ...labels, images }, labelBytes, imageBytes, totalBytes: offset };
}

/** The header's bytes, its length before it, padded with spaces so that the data starts on a multiple of 8. */
export function encodePackedHeader(
  metadata: PackedMetadata,
  layout: PackedLayout,
): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify({
    __metadata__: { lobbycard: JSON.stringify(metadata) },
    ...layout.entries,
  }));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, 8);
  return bytes;
}

/** The fingerprint of a set. Keys are put in a fixed order, for a reader gets them in whichever the file has. */
export function hashPacked(metadata: Omit<PackedMetadata, "hash">, labels: Uint8Array): string {
  const { format, genres, ids, size, source, settings, imagesHash } = metadata;
  const { width, height } = size;
  const text = JSON.stringify([format, genres, ids, width, height, source, settings, imagesHash]);
  return createHash("sha256").update(text).update("\n").update(labels).digest("hex");
}
