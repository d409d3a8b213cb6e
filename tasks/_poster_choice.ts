// Which films of a source come into a set: first by what is known of them, at the end by how many there are of each genre.

import type { GenreMatcher } from "../data/genres.ts";
import type { PosterRecord, RecordProblem } from "../data/poster_sources/poster_source.ts";
import type { Split } from "../data/posters.ts";
import { randomStream } from "../gpu/random.ts";

/** Why a film is not in the set. */
export type RejectReason =
  | RecordProblem["reason"]
  | "repeated id"
  | "no genre"
  | "other year"
  | "dead link"
  | "unreadable"
  | "tiny"
  | "blank"
  | "near duplicate"
  | "rare genre"
  | "over the cap";

/** A film that is not in the set. */
export interface Reject {
  id: string;
  reason: RejectReason;
  /** One line, with what was found. */
  detail: string;
}

/** A film with its labels in the set's genres. */
export interface LabelledFilm {
  id: string;
  /** One byte per genre. */
  genres: Uint8Array;
}

/** Judges films by what is known without their pictures. */
export interface FilmJudge {
  /** The film's labels, or why it is not to be in the set. */
  judge(record: PosterRecord): Uint8Array | Omit<Reject, "id">;
  /** Names that mean no genre we know, with how many films have them. */
  unknownGenres: Map<string, number>;
}

/** A judge that remembers the ids and the unknown genres that it has seen. */
export function filmJudge(
  genreCount: number,
  match: GenreMatcher,
  years: readonly [number, number] | undefined,
): FilmJudge {
  const seen = new Set<string>(), unknownGenres = new Map<string, number>();
  return {
    unknownGenres,
    judge({ id, genres, year, picture }) {
      const problem = picture.kind === "none" ? picture.problem : undefined;
      if (problem?.reason === "bad entry") return problem;
      if (seen.has(id)) return { reason: "repeated id", detail: "it came before" };
      const labels = new Uint8Array(genreCount);
      for (const name of genres) {
        const found = match(name);
        if (typeof found === "number") labels[found] = 1;
        else if (found === "unknown") unknownGenres.set(name, (unknownGenres.get(name) ?? 0) + 1);
      }
      if (!labels.includes(1)) {
        const detail = genres.length === 0 ? "none given" : `only ${genres.join(", ")}`;
        return { reason: "no genre", detail };
      }
      if (years && !(year >= years[0] && year <= years[1])) {
        const found = year === 0 ? "not known" : String(year);
        return { reason: "other year", detail: `${found}, expected ${years[0]} to ${years[1]}` };
      }
      if (problem) return problem;
      seen.add(id);
      return labels;
    },
  };
}

/** How many films have each genre. */
export function countGenres(films: readonly LabelledFilm[], genreCount: number): number[] {
  const counts = new Array<number>(genreCount).fill(0);
  for (const { genres } of films) genres.forEach((value, genre) => counts[genre] += value);
  return counts;
}

/**
 * The numbers of the genres that have at least `minimum` films. A film that loses its last genre so takes none from the
 * others, so that once is enough.
 */
export function frequentGenres(
  films: readonly LabelledFilm[],
  genreCount: number,
  minimum: number,
): number[] {
  const counts = countGenres(films, genreCount);
  return [...counts.keys()].filter((genre) => counts[genre] >= minimum);
}

/**
 * The numbers of films such that no genre has more than `cap`, rising. Films with the rarest genres are taken first,
 * among equals by chance, so that the cap on a common genre costs its own films and not the rare ones'.
 */
export function chooseUnderCap(
  films: readonly LabelledFilm[],
  genreCount: number,
  cap: number,
  seed: number,
): number[] {
  const counts = countGenres(films, genreCount);
  const rarity = films.map(({ genres }) =>
    Math.min(...counts.filter((_, genre) => genres[genre] === 1))
  );
  const chance = randomStream(seed, "cap").permutation(films.length);
  const order = [...films.keys()].sort((a, b) => rarity[a] - rarity[b] || chance[a] - chance[b]);
  const taken = new Array<number>(genreCount).fill(0);
  const chosen = order.filter((index) => {
    const { genres } = films[index];
    if (genres.some((value, genre) => value === 1 && taken[genre] >= cap)) return false;
    genres.forEach((value, genre) => taken[genre] += value);
    return true;
  });
  return chosen.sort((a, b) => a - b);
}

/** The part that a film belongs to: decided by the seed and its id alone, so more films move none that were there. */
export function splitOf(id: string, percents: readonly number[], seed: number): Split {
  const draw = randomStream(seed, "split", id).uniform(0, 100);
  if (draw < percents[0]) return "train";
  return draw < percents[0] + percents[1] ? "valid" : "test";
}
