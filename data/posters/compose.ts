// What a poster is of, before anything is drawn: its film's genres, year and title.

import { type Random, randomStream } from "../../gpu/random.ts";
import { type Genre, GENRES } from "../posters.ts";
import { LOOKS } from "./looks.ts";

/** A poster in words. The same spec at the same size gives the same picture. */
export interface PosterSpec {
  seed: number;
  name: string;
  /** One to three; the first decides backdrop, light and lettering, each further one adds an emblem and an accent. */
  genres: readonly Genre[];
  /** 1970 to 2020. */
  year: number;
  /** One line of the title each, in capitals. */
  title: readonly string[];
}

/** Shares of posters with one genre, and with at most two. */
const ONE_GENRE = 0.45;
const UP_TO_TWO = 0.85;

/** The poster of that name: the same seed and name give the same one. */
export function composePoster(seed: number, name: string): PosterSpec {
  const random = randomStream(seed, "poster", name);
  const genres = pickGenres(random);
  const year = 1970 + random.integer(51);
  return { seed, name, genres, year, title: pickTitle(genres, random) };
}

function pickGenres(random: Random): Genre[] {
  const genres: Genre[] = [pick(random, GENRES)];
  const dice = random.uniform();
  const count = dice < ONE_GENRE ? 1 : dice < UP_TO_TWO ? 2 : 3;
  while (genres.length < count) {
    const near = genres.flatMap((genre) => LOOKS[genre].companions);
    genres.push(pick(random, near.filter((genre) => !genres.includes(genre))));
  }
  return genres;
}

/** A film of two genres takes the first half of its title from the second, which is how HAUNTED HONEYMOON came about. */
function pickTitle(genres: readonly Genre[], random: Random): string[] {
  const words = (list: readonly string[]) => pick(random, list).replaceAll("-", " ");
  const first = words(LOOKS[genres[1] ?? genres[0]].first);
  const last = words(LOOKS[genres[0]].last);
  const form = random.integer(8);
  if (form === 0) return ["THE", last];
  if (form === 1) return [`${last} ${2 + random.integer(3)}`];
  if (form === 2) return [last];
  return [first, last];
}

/** One of them. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.integer(list.length)];
}
