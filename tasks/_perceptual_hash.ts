// Perceptual hashes: pictures that look the same have nearly the same 64 bits.

import { type Picture, resizePicture } from "../gpu/picture.ts";

/** The picture is looked at in this size. */
const SIDE = 32;
/** So many of the lowest frequencies in each direction are compared. */
const FREQUENCIES = 8;

/**
 * The 64 signs of the lowest frequencies of a picture's brightness against their median (pHash: C. Zauner 2010, DCT of
 * 32x32). Size, compression and slight changes of colour leave nearly all bits as they are.
 */
export function perceptualHash(picture: Picture): bigint {
  const { data } = resizePicture(picture, SIDE, SIDE);
  const grey = Float64Array.from(
    { length: SIDE * SIDE },
    (_, i) => 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2],
  );
  const low = lowFrequencies(grey);
  // The mean brightness says nothing of the shapes, and would shift the median.
  const sorted = low.slice(1).sort();
  const median = sorted[sorted.length >> 1];
  let bits = 0n;
  low.forEach((value, i) => {
    if (value > median) bits |= 1n << BigInt(i);
  });
  return bits;
}

/** How many bits differ. */
export function hammingDistance(a: bigint, b: bigint): number {
  let rest = a ^ b, count = 0;
  for (; rest !== 0n; rest &= rest - 1n) count++;
  return count;
}

/** Hashes that were seen, and which of them is within reach of another. */
export interface SeenHashes {
  /** The number of the first seen hash within the distance, or undefined. */
  find(hash: bigint): number | undefined;
  /** Takes up a hash and gives its number, from 0. */
  add(hash: bigint): number;
}

/**
 * Looks for hashes that differ in at most `bits`. Cut into `bits + 1` bands, two such hashes agree in at least one, so
 * that only those in the same bucket are compared (Norouzi, Punjani and Fleet 2012, equation 1).
 */
export function seenHashes(bits: number): SeenHashes {
  const hashes: bigint[] = [];
  const bands = Array.from({ length: bits + 1 }, (_, band) => {
    const start = Math.floor((64 * band) / (bits + 1)),
      end = Math.floor((64 * (band + 1)) / (bits + 1));
    return {
      start: BigInt(start),
      mask: (1n << BigInt(end - start)) - 1n,
      buckets: new Map<bigint, number[]>(),
    };
  });
  return {
    find(hash) {
      let first: number | undefined;
      for (const { start, mask, buckets } of bands) {
        for (const number of buckets.get((hash >> start) & mask) ?? []) {
          if (first !== undefined && number >= first) break;
          if (hammingDistance(hash, hashes[number]) <= bits) first = number;
        }
      }
      return first;
    },
    add(hash) {
      const number = hashes.push(hash) - 1;
      for (const { start, mask, buckets } of bands) {
        const key = (hash >> start) & mask, bucket = buckets.get(key);
        if (bucket) bucket.push(number);
        else buckets.set(key, [number]);
      }
      return number;
    },
  };
}

/** The products of the cosine transform along both axes, [vertical * 8 + horizontal]. */
function lowFrequencies(grey: Float64Array): Float64Array {
  const rows = new Float64Array(SIDE * FREQUENCIES);
  for (let y = 0; y < SIDE; y++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      for (let x = 0; x < SIDE; x++) {
        rows[y * FREQUENCIES + u] += grey[y * SIDE + x] * cosines[u * SIDE + x];
      }
    }
  }
  const low = new Float64Array(FREQUENCIES * FREQUENCIES);
  for (let v = 0; v < FREQUENCIES; v++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      for (let y = 0; y < SIDE; y++) {
        low[v * FREQUENCIES + u] += rows[y * FREQUENCIES + u] * cosines[v * SIDE + y];
      }
    }
  }
  return low;
}

/** DCT-II, frequency by place. */
const cosines = Float64Array.from(
  { length: FREQUENCIES * SIDE },
  (_, i) => Math.cos((Math.PI * Math.floor(i / SIDE) * (2 * (i % SIDE) + 1)) / (2 * SIDE)),
);
