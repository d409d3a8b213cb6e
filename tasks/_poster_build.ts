// Builds a set of packed posters from a source: several pictures at a time, in the source's order all the same.

import { genreMatcher } from "../data/genres.ts";
import {
  createPosterWriter,
  type PackedPoster,
  type PosterWriter,
} from "../data/packed_poster_writer.ts";
import type { PosterRecord, PosterSource } from "../data/poster_sources/poster_source.ts";
import {
  chooseUnderCap,
  countGenres,
  filmJudge,
  frequentGenres,
  type Reject,
  splitOf,
} from "./_poster_choice.ts";
import { DeadLink, type Downloader, limiter } from "./_poster_download.ts";
import { hammingDistance, perceptualHash, seenHashes } from "./_perceptual_hash.ts";
import {
  assertNotBlank,
  fitPoster,
  type FittedPicture,
  UnusablePicture,
} from "./_poster_picture.ts";
import type { PosterSettings } from "./_poster_settings.ts";

/** What a set is built from. */
export interface BuildInput {
  source: PosterSource;
  genres: readonly string[];
  settings: PosterSettings;
  /** Fetches linked pictures; without it a link counts as no picture. */
  download?: Downloader;
  /** Called after each film of which the picture was looked at. */
  onProgress?(done: number, total: number): void;
}

/** What became of all the source's films. */
export interface BuildReport {
  kept: number;
  rejected: Reject[];
  /** Posters of each genre of the set. */
  genres: Record<string, number>;
  /** The source's names that mean no genre we know, with how many films have them. */
  unknownGenres: Record<string, number>;
  hash: string;
}

/** A film that passed by its facts, with its labels. */
interface Candidate {
  record: PosterRecord;
  labels: Uint8Array;
}

/** Pictures prepared ahead of the one that is stored next. */
const WINDOW = 32;

/**
 * Writes the set to a file and tells what became of each film. Memory holds what is known of the films and the few
 * pictures that are being decoded.
 *
 * @throws {RangeError} if no film is left, with the reasons; the file is not written
 */
export async function buildPosters(path: string, input: BuildInput): Promise<BuildReport> {
  const { source, genres, settings } = input;
  const rejected: Reject[] = [];
  const judge = filmJudge(genres.length, genreMatcher(genres), settings.years);
  const candidates: Candidate[] = [];
  for await (const record of source.records()) {
    const verdict = judge.judge(record);
    if (verdict instanceof Uint8Array) candidates.push({ record, labels: verdict });
    else rejected.push({ id: record.id, ...verdict });
  }
  const writer = await createPosterWriter(path, settings.size);
  try {
    const posters = await storePictures(candidates, writer, input, rejected);
    const chosen = chooseByGenre(posters, genres, settings, rejected);
    if (chosen.posters.length === 0) failEmpty(source, rejected);
    const hash = await writer.finish({
      ...chosen,
      source: source.description,
      settings: { ...settings },
    });
    const counts = countGenres(chosen.posters, chosen.genres.length);
    return {
      kept: chosen.posters.length,
      rejected,
      genres: Object.fromEntries(chosen.genres.map((genre, i) => [genre, counts[i]])),
      unknownGenres: Object.fromEntries(judge.unknownGenres),
      hash,
    };
  } finally {
    await writer.abort();
  }
}

/** Prepares the candidates' pictures, drops near duplicates of earlier ones, and stores the rest. */
async function storePictures(
  candidates: readonly Candidate[],
  writer: PosterWriter,
  input: BuildInput,
  rejected: Reject[],
): Promise<PackedPoster[]> {
  const { settings } = input, { dedupe, split, seed, max = Infinity } = settings;
  const seen = seenHashes(dedupe ?? 0);
  const posters: PackedPoster[] = [];
  const limit = limiter(navigator.hardwareConcurrency);
  const prepare = ({ record }: Candidate) => preparePicture(record, input, limit);
  let done = 0;
  for await (const [{ record, labels }, prepared] of mapAhead(candidates, WINDOW, prepare)) {
    const { id } = record;
    input.onProgress?.(++done, candidates.length);
    if ("reason" in prepared) {
      rejected.push({ id, ...prepared });
      continue;
    }
    const { phash, fitted: { picture } } = prepared;
    const twin = dedupe === null ? undefined : seen.find(phash);
    if (twin !== undefined) {
      const { id: first, phash: firstHash } = posters[twin];
      const detail = `${hammingDistance(phash, firstHash)} bits from ${first}`;
      rejected.push({ id, reason: "near duplicate", detail });
      continue;
    }
    seen.add(phash);
    posters.push({
      id,
      genres: labels,
      year: record.year,
      split: split === null ? record.split ?? "train" : splitOf(id, split, seed),
      row: await writer.append(picture),
      phash,
    });
    if (posters.length >= max) break;
  }
  return posters;
}

interface Prepared {
  fitted: FittedPicture;
  phash: bigint;
}

/** Never rejects for what a picture or a link is; only for what is wrong with the machine. */
async function preparePicture(
  { picture: origin }: PosterRecord,
  { settings, download }: BuildInput,
  limit: ReturnType<typeof limiter>,
): Promise<Prepared | Omit<Reject, "id">> {
  const { size, fit, minSide } = settings;
  try {
    if (origin.kind === "none") return origin.problem;
    if (origin.kind === "link" && !download) {
      return { reason: "no picture", detail: "no file in the folder of images; see --download" };
    }
    if (origin.kind === "drawn") {
      const picture = await limit(origin.draw);
      assertNotBlank(picture);
      return { fitted: { picture, whole: picture }, phash: perceptualHash(picture) };
    }
    const path = origin.kind === "file"
      ? origin.path
      : await download?.(origin.url, origin.fileStem) ?? "";
    return await limit(async () => {
      const fitted = await fitPoster(await readPictureFile(path), size, fit, minSide);
      return { fitted, phash: perceptualHash(fitted.whole) };
    });
  } catch (error) {
    if (error instanceof DeadLink) return { reason: "dead link", detail: error.message };
    if (error instanceof UnusablePicture) return { reason: error.reason, detail: error.message };
    if (error instanceof Deno.errors.NotFound) return { reason: "no picture", detail: "no file" };
    throw error;
  }
}

async function readPictureFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    throw new UnusablePicture("unreadable", error instanceof Error ? error.message : String(error));
  }
}

/** Leaves out genres with too few posters, then films above the cap. */
function chooseByGenre(
  posters: readonly PackedPoster[],
  genres: readonly string[],
  { minPerGenre, cap, seed }: PosterSettings,
  rejected: Reject[],
): { genres: string[]; posters: PackedPoster[] } {
  const places = frequentGenres(posters, genres.length, minPerGenre);
  const left: PackedPoster[] = [];
  for (const poster of posters) {
    const labels = Uint8Array.from(places, (place) => poster.genres[place]);
    if (labels.includes(1)) left.push({ ...poster, genres: labels });
    else {
      const own = genres.filter((_, genre) => poster.genres[genre] === 1).join(", ");
      const detail = `${own}: fewer than ${minPerGenre} posters`;
      rejected.push({ id: poster.id, reason: "rare genre", detail });
    }
  }
  const kept = places.map((place) => genres[place]);
  if (cap === undefined) return { genres: kept, posters: left };
  const chosen = new Set(chooseUnderCap(left, kept.length, cap, seed));
  left.forEach(({ id }, i) => {
    const detail = `one of its genres has ${cap} posters`;
    if (!chosen.has(i)) rejected.push({ id, reason: "over the cap", detail });
  });
  return { genres: kept, posters: left.filter((_, i) => chosen.has(i)) };
}

/** Each input with what `task` makes of it, in order, with up to `ahead` of them under way. */
async function* mapAhead<Input, Output>(
  inputs: readonly Input[],
  ahead: number,
  task: (input: Input) => Promise<Output>,
): AsyncGenerator<[Input, Output]> {
  const under: Promise<Output>[] = [];
  let next = 0;
  try {
    for (let i = 0; i < inputs.length; i++) {
      while (next < inputs.length && next < i + ahead) {
        const started = task(inputs[next++]);
        // Its error is met in its turn; until then it must not count as unhandled.
        started.catch(() => {});
        under.push(started);
      }
      const [first] = under.splice(0, 1);
      yield [inputs[i], await first];
    }
  } finally {
    await Promise.allSettled(under);
  }
}

function failEmpty(source: PosterSource, rejected: readonly Reject[]): never {
  const [first] = rejected;
  const found = first
    ? `all ${rejected.length} films were left out, such as ${first.id} (${first.reason}: ${first.detail})`
    : "it has no films";
  throw new RangeError(`Cannot build posters from ${source.description}: ${found}`);
}
