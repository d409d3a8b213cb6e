// The source that unpaired training draws from: what it gives at a position depends on the seed and the position alone.

import { cropPicture, flipPicture, type Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";
import {
  cachedList,
  loadNextGood,
  type PictureList,
  reasonOf,
  type Size,
  type SkippedFile,
} from "./picture_list.ts";
import { assertCount, prefetch } from "./prefetch.ts";

/** Which of the two films. */
export type Side = "A" | "B";

/** The pictures of one batch: `n` of each film, all of the source's size, opaque. */
export interface Batch {
  a: Picture[];
  b: Picture[];
}

/** Two films for training without pairs, and test pictures of both. */
export interface UnpairedSource {
  /** What it is, in a line for people: counts, where the test pictures come from, size. */
  description: string;
  /** SHA-256 in hex of what the pictures are (names and bytes, or the drawing's settings) and of size, load and flip. */
  hash: string;
  size: Size;
  /** Pictures for training. */
  countA: number;
  countB: number;
  /** Test pictures that both sides have. */
  testCount: number;
  /** True if test picture i of A and of B show the same scene, pixel by pixel. */
  paired: boolean;
  /** Grows when a file turns out to be broken only as it is read to its end. */
  skipped: SkippedFile[];
  /**
   * The pictures at positions `position` to `position + n - 1`, counted in images seen, cropped and flipped at random.
   * The batch that follows is prepared meanwhile. @throws {RangeError} for a position below 0 or n below 1.
   */
  batch(position: number, n: number): Promise<Batch>;
  /** The first `n` test pictures of each side, or as many as both have: never flipped, cut to size at the centre. */
  testPictures(n: number): Promise<Batch & { paired: boolean }>;
  /** Waits for what is being prepared; nothing may be asked for afterwards. */
  close(): Promise<void>;
}

/** How pictures are brought to size, for both kinds of source. */
export interface UnpairedOptions {
  size: Size;
  /** Seeds order, crops and flips. */
  seed: number;
  /** Pictures are loaded this much larger than `size` and cropped, 1 to 4; 286 / 256 is the paper's choice. */
  load?: number;
  /** Whether half of the training pictures are mirrored. */
  flip?: boolean;
  /** How many bytes of decoded training pictures are kept in memory. */
  cacheBytes?: number;
}

/** The options with every default filled in. */
export type ResolvedOptions = Required<UnpairedOptions>;

/** What the two kinds of source hand in: the lists, and how to speak of them. */
export interface UnpairedParts {
  description: string;
  hash: string;
  paired: boolean;
  /** Listed at `loadSize`. */
  train: Record<Side, PictureList>;
  /** Listed at `size`. */
  test: Record<Side, PictureList>;
  /** Added to when a picture fails to load. */
  skipped: SkippedFile[];
}

/** @throws {RangeError} if a size, the load factor or the cache size is out of range. */
export function resolveOptions(options: UnpairedOptions): ResolvedOptions {
  const resolved = { load: 1.12, flip: true, cacheBytes: 512 * 2 ** 20, ...options };
  for (const side of [resolved.size.width, resolved.size.height]) {
    if (!Number.isInteger(side) || side < 1) {
      throw new RangeError(`Cannot load pictures: a side is ${side}; expected a positive integer`);
    }
  }
  if (!(resolved.load >= 1 && resolved.load <= 4)) {
    throw new RangeError(`Cannot load pictures: load is ${resolved.load}; expected 1 to 4`);
  }
  if (!(resolved.cacheBytes >= 0)) {
    throw new RangeError(
      `Cannot load pictures: cacheBytes is ${resolved.cacheBytes}; expected at least 0`,
    );
  }
  return resolved;
}

/** The size at which training pictures are loaded, before the random crop. */
export function loadSize({ size, load }: ResolvedOptions): Size {
  return { width: Math.round(size.width * load), height: Math.round(size.height * load) };
}

/** A source over listed pictures. Each side is permuted anew in every epoch of its own length. */
export function unpairedSource(parts: UnpairedParts, options: ResolvedOptions): UnpairedSource {
  const { size } = options;
  const draw = {
    A: trainingDraw("A", parts, options, options.cacheBytes / 2),
    B: trainingDraw("B", parts, options, options.cacheBytes / 2),
  };
  const prepare = async (position: number, n: number): Promise<Batch> => {
    const positions = Array.from({ length: n }, (_, i) => position + i);
    const [a, b] = await Promise.all([
      Promise.all(positions.map(draw.A)),
      Promise.all(positions.map(draw.B)),
    ]);
    return { a, b };
  };
  const { batch, close } = prefetch(prepare);
  return {
    description: parts.description,
    hash: parts.hash,
    size,
    countA: parts.train.A.count,
    countB: parts.train.B.count,
    testCount: Math.min(parts.test.A.count, parts.test.B.count),
    paired: parts.paired,
    skipped: parts.skipped,
    batch,
    async testPictures(n) {
      assertCount(n, 0, "number of test pictures");
      return { ...await loadTest(parts, size, n), paired: parts.paired };
    },
    close,
  };
}

/** What one side gives at a position: the picture whose turn it is, cropped and perhaps flipped. */
function trainingDraw(
  side: Side,
  { train, skipped }: UnpairedParts,
  { size, seed, flip }: ResolvedOptions,
  cacheBytes: number,
): (position: number) => Promise<Picture> {
  const list = cachedList(train[side], cacheBytes);
  const broken = new Set<number>();
  let turn: { epoch: number; order: Uint32Array } = { epoch: -1, order: new Uint32Array() };
  const indexAt = (position: number) => {
    const epoch = Math.floor(position / list.count);
    if (epoch !== turn.epoch) {
      turn = { epoch, order: randomStream(seed, "order", side, epoch).permutation(list.count) };
    }
    return turn.order[position % list.count];
  };
  return async (position) => {
    const picture = await loadNextGood(list, indexAt(position), broken, skipped);
    const random = randomStream(seed, "crop", side, position);
    const left = random.integer(picture.width - size.width + 1);
    const top = random.integer(picture.height - size.height + 1);
    const crop = cropPicture(picture, left, top, size.width, size.height);
    return flip && random.uniform() < 0.5 ? flipPicture(crop) : crop;
  };
}

/** Paired test pictures that fail are left out on both sides, so that the others stay pairs. */
async function loadTest(parts: UnpairedParts, size: Size, n: number): Promise<Batch> {
  const failed = new Set<string>(parts.skipped.map(({ file }) => file));
  const tryLoad = async (list: PictureList, index: number) => {
    if (index >= list.count) return undefined;
    try {
      return centreCrop(await list.load(index), size);
    } catch (error) {
      const file = list.name(index);
      if (!failed.has(file)) parts.skipped.push({ file, reason: reasonOf(error) });
      failed.add(file);
    }
  };
  const batch: Batch = { a: [], b: [] };
  const count = Math.max(parts.test.A.count, parts.test.B.count);
  for (let i = 0; i < count && Math.min(batch.a.length, batch.b.length) < n; i++) {
    const a = batch.a.length < n ? await tryLoad(parts.test.A, i) : undefined;
    const b = batch.b.length < n ? await tryLoad(parts.test.B, i) : undefined;
    if (parts.paired && !(a && b)) continue;
    if (a) batch.a.push(a);
    if (b) batch.b.push(b);
  }
  const both = Math.min(batch.a.length, batch.b.length);
  return { a: batch.a.slice(0, both), b: batch.b.slice(0, both) };
}

function centreCrop(picture: Picture, { width, height }: Size): Picture {
  const left = Math.floor((picture.width - width) / 2);
  const top = Math.floor((picture.height - height) / 2);
  return cropPicture(picture, left, top, width, height);
}
