// One spelling for each genre, whatever the source calls it.

import { GENRES } from "./posters.ts";

/** Other names of the twenty. Keys are as `normalise` gives them. */
const aliases: ReadonlyMap<string, typeof GENRES[number]> = new Map([
  ["action & adventure", "adventure"],
  ["animated", "animation"],
  ["anime", "animation"],
  ["bio", "biography"],
  ["biopic", "biography"],
  ["biographical", "biography"],
  ["comedies", "comedy"],
  ["romantic comedy", "comedy"],
  ["film noir", "crime"],
  ["noir", "crime"],
  ["gangster", "crime"],
  ["documentaries", "documentary"],
  ["docu", "documentary"],
  ["dramas", "drama"],
  ["children", "family"],
  ["children's", "family"],
  ["childrens", "family"],
  ["kids", "family"],
  ["historical", "history"],
  ["musical", "music"],
  ["musicals", "music"],
  ["music & musical", "music"],
  ["detective", "mystery"],
  ["romantic", "romance"],
  ["science fiction", "sci-fi"],
  ["sci fi", "sci-fi"],
  ["scifi", "sci-fi"],
  ["sf", "sci-fi"],
  ["sports", "sport"],
  ["suspense", "thriller"],
  ["westerns", "western"],
]);

/** What says nothing of a poster's look, or does not belong on one. */
const dropped: ReadonlySet<string> = new Set([
  "adult",
  "game show",
  "talk show",
  "reality tv",
  "reality",
  "news",
  "short",
  "tv movie",
  "(no genres listed)",
  "n/a",
  "",
]);

/** What a source's name for a genre comes to in a list of genres. */
export type GenreMatch =
  /** The number in the list. */
  | number
  /** A genre that is known, but not in the list or left out of every list on purpose. */
  | "left out"
  | "unknown";

/** Finds a source's genres in a list. */
export type GenreMatcher = (name: string) => GenreMatch;

/** The twenty's spelling of a name, or undefined if it is none of them. */
export function canonicalGenre(name: string): typeof GENRES[number] | undefined {
  const plain = normalise(name);
  return GENRES.find((genre) => normalise(genre) === plain) ?? aliases.get(plain);
}

/** Finds names in a list of genres: spelt as in the list, else by what both mean among the twenty. */
export function genreMatcher(genres: readonly string[]): GenreMatcher {
  const spelt = new Map(genres.map((genre, i) => [normalise(genre), i]));
  const meant = new Map<string, number>();
  genres.forEach((genre, i) => {
    const canonical = canonicalGenre(genre);
    if (canonical !== undefined && !meant.has(canonical)) meant.set(canonical, i);
  });
  return (name) => {
    const plain = normalise(name), canonical = canonicalGenre(name);
    const found = spelt.get(plain) ?? (canonical && meant.get(canonical));
    if (found !== undefined) return found;
    return canonical !== undefined || dropped.has(plain) ? "left out" : "unknown";
  };
}

/**
 * The genres in a text of one name a line, lower case, empty lines and those that begin with `#` left out.
 *
 * @throws {SyntaxError} if there are none, more than 256, or one is there twice
 */
export function parseGenreList(text: string): string[] {
  const genres = text.split(/\r?\n/).map((line) => line.trim().toLowerCase())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (genres.length === 0 || genres.length > 256) {
    throw new SyntaxError(
      `Cannot read the list of genres: it has ${genres.length}, expected 1 to 256, one name a line`,
    );
  }
  const twice = genres.find((genre, i) => genres.indexOf(genre) !== i);
  if (twice !== undefined) {
    throw new SyntaxError(`Cannot read the list of genres: "${twice}" is there twice`);
  }
  return genres;
}

/** Case, accents' form, hyphens, underscores and runs of spaces do not tell genres apart. */
function normalise(name: string): string {
  return name.normalize("NFC").toLowerCase().replace(/[-_\s]+/g, " ").trim();
}
