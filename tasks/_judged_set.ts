// Pictures and what the judge says of them: read or drawn some at a time, so that only the numbers stay in memory.

import type { PosterSet } from "../data/posters.ts";
import type { Picture } from "../gpu/picture.ts";
import { randomStream } from "../gpu/random.ts";
import type { PosterGenerator } from "../models/poster_generator.ts";
import type { Judge } from "./_judge.ts";
import type { Judged } from "./_judge_training.ts";

/** Pictures that can be had again at any time, the same each time. */
export interface PictureSource {
  count: number;
  /** What each is, or was asked to be: one byte per genre. */
  labels: readonly Uint8Array[];
  /** Those of these numbers, in their order. */
  read(numbers: readonly number[]): Promise<Picture[]>;
}

/** A source after the judge has seen all of it. */
export interface JudgedSet {
  source: PictureSource;
  judged: Judged;
  /** The first pictures, for what looks at their pixels. */
  detail: Picture[];
}

/** Pictures in memory at once, beside those that are kept. */
const AT_ONCE = 256;
/** Pictures that are kept: the patches of so many, which the sliced Wasserstein distance cuts, fill half a gigabyte. */
const MOST_DETAIL = 2048;

/** Has all pictures of a source judged. @param onDone called with the number that are done */
export async function judgeSource(
  source: PictureSource,
  judge: Pick<Judge, "judge" | "config">,
  onDone: (done: number) => void,
): Promise<JudgedSet> {
  const { features, genres } = judge.config, detail: Picture[] = [];
  const matrix = (width: number) => ({
    ...{ rows: source.count, width },
    values: new Float32Array(source.count * width),
  });
  const judged: Judged = { features: matrix(features), scores: matrix(genres) };
  for (let at = 0; at < source.count; at += AT_ONCE) {
    const end = Math.min(at + AT_ONCE, source.count);
    const pictures = await source.read(Array.from({ length: end - at }, (_, i) => at + i));
    const some = await judge.judge(pictures);
    judged.features.values.set(some.features.values, at * features);
    judged.scores.values.set(some.scores.values, at * genres);
    detail.push(...pictures.slice(0, MOST_DETAIL - detail.length));
    onDone(end);
  }
  return { source, judged, detail };
}

/** The first pictures of a judged set. */
export function firstOf(
  { source, judged: { features, scores }, detail }: JudgedSet,
  count: number,
): JudgedSet {
  const rows = Math.min(count, source.count);
  const cut = ({ width, values }: Judged["features"]) => ({
    ...{ rows, width, values: values.subarray(0, rows * width) },
  });
  return {
    source: { ...source, count: rows, labels: source.labels.slice(0, rows) },
    judged: { features: cut(features), scores: cut(scores) },
    detail: detail.slice(0, rows),
  };
}

/** Posters of a set by their numbers there. */
export function posterSource(set: PosterSet, numbers: readonly number[]): PictureSource {
  return {
    count: numbers.length,
    labels: numbers.map((number) => set.facts(number).genres),
    read: (picked) => Promise.all(picked.map((i) => set.load(numbers[i]))),
  };
}

/** What a generator draws for labels; each picture's latent vector follows from the seed, the name and its number alone. */
export function sampleSource(
  generator: PosterGenerator,
  labels: readonly Uint8Array[],
  { seed, name }: { seed: number; name: string },
): PictureSource {
  return {
    count: labels.length,
    labels,
    read: (picked) =>
      generator.draw(picked.map((i) => ({
        latent: randomStream(seed, name, i).normals(generator.config.latent),
        genres: labels[i],
      }))),
  };
}

/** Some of the numbers at random, or all of them in random order. */
export function pickNumbers(numbers: Uint32Array, most: number, seed: number): number[] {
  const order = randomStream(seed, "compare posters").permutation(numbers.length);
  return Array.from(order.subarray(0, most), (at) => numbers[at]);
}
