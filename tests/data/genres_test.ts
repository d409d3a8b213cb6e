// Sources' names of genres brought to one spelling.

import assert from "node:assert/strict";
import { canonicalGenre, genreMatcher, parseGenreList } from "../../data/genres.ts";
import { GENRES } from "../../data/posters.ts";

Deno.test("canonicalGenre knows each of the twenty, and other names of them", () => {
  for (const genre of GENRES) assert.equal(canonicalGenre(genre.toUpperCase()), genre);
  const other = {
    "Science Fiction": "sci-fi",
    "SciFi": "sci-fi",
    "sci_fi": "sci-fi",
    "Musical": "music",
    "Children": "family",
    "Film-Noir": "crime",
    "Biopic": "biography",
    " Sports ": "sport",
  };
  for (const [name, genre] of Object.entries(other)) assert.equal(canonicalGenre(name), genre);
  assert.equal(canonicalGenre("Telenovela"), undefined);
  assert.equal(canonicalGenre("constructor"), undefined);
});

Deno.test("genreMatcher numbers genres, leaves some out on purpose, and tells what it does not know", () => {
  const match = genreMatcher(GENRES);
  assert.equal(match("Science Fiction"), GENRES.indexOf("sci-fi"));
  const out = ["Adult", "Game-Show", "Talk-Show", "Reality-TV", "News", "Short", "TV Movie"];
  for (const name of [...out, "(no genres listed)"]) assert.equal(match(name), "left out", name);
  assert.equal(match("Telenovela"), "unknown");
});

Deno.test("genreMatcher prefers a list's own spelling to what a name means among the twenty", () => {
  const match = genreMatcher(["film-noir", "crime", "Science Fiction", "short"]);
  assert.deepEqual(["Film-Noir", "Crime", "sci-fi", "Short", "Drama"].map(match), [
    0,
    1,
    2,
    3,
    "left out",
  ]);
});

Deno.test("parseGenreList takes a name a line and refuses none, or one twice", () => {
  assert.deepEqual(parseGenreList("# ours\r\nHorror\n\n Comedy \n"), ["horror", "comedy"]);
  assert.throws(() => parseGenreList("# ours\n"), /it has 0, expected 1 to 256/);
  assert.throws(() => parseGenreList("War\nwar\n"), /"war" is there twice/);
});
