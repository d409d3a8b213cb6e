// Which films come into a set: by their facts, by the number of each genre, and into which part.

import assert from "node:assert/strict";
import { genreMatcher } from "../../data/genres.ts";
import type { PosterRecord } from "../../data/poster_sources/poster_source.ts";
import { randomStream } from "../../gpu/random.ts";
import {
  chooseUnderCap,
  countGenres,
  filmJudge,
  frequentGenres,
  splitOf,
} from "../../tasks/_poster_choice.ts";

const film = (id: string, genres: string[], year = 1980): PosterRecord => ({
  id,
  genres,
  year,
  picture: { kind: "file", path: `${id}.jpg` },
});

/** Films with labels drawn so that genre 0 is common and genre 3 rare. */
function drawFilms(count: number) {
  const random = randomStream(7, "films");
  return Array.from({ length: count }, (_, i) => {
    const genres = Uint8Array.from([0.7, 0.4, 0.2, 0.05], (p) => random.uniform() < p ? 1 : 0);
    if (!genres.includes(1)) genres[0] = 1;
    return { id: `film-${i}`, genres };
  });
}

Deno.test("filmJudge labels films and names what it refuses", () => {
  const { judge, unknownGenres } = filmJudge(2, genreMatcher(["horror", "sci-fi"]), [1970, 1990]);
  assert.deepEqual(judge(film("a", ["Science Fiction", "Telenovela"])), Uint8Array.of(0, 1));
  assert.deepEqual(judge(film("a", ["Horror"])), {
    reason: "repeated id",
    detail: "it came before",
  });
  assert.deepEqual(judge(film("b", ["Drama", "Telenovela"])), {
    reason: "no genre",
    detail: "only Drama, Telenovela",
  });
  assert.deepEqual(judge(film("c", [])), { reason: "no genre", detail: "none given" });
  assert.deepEqual(judge(film("d", ["Horror"], 1969)), {
    reason: "other year",
    detail: "1969, expected 1970 to 1990",
  });
  assert.deepEqual(judge(film("e", ["Horror"], 0)), {
    reason: "other year",
    detail: "not known, expected 1970 to 1990",
  });
  assert.deepEqual([...unknownGenres], [["Telenovela", 2]]);
});

Deno.test("frequentGenres gives the genres that have enough films", () => {
  const films = drawFilms(200), counts = countGenres(films, 4);
  assert.deepEqual(frequentGenres(films, 4, counts[2]), [0, 1, 2]);
  assert.deepEqual(frequentGenres(films, 4, 1000), []);
});

Deno.test("chooseUnderCap keeps every genre at or below the cap, and the rare one's films whole", () => {
  const films = drawFilms(400), rare = countGenres(films, 4)[3], cap = rare + 5;
  const chosen = chooseUnderCap(films, 4, cap, 1);
  const counts = countGenres(chosen.map((index) => films[index]), 4);
  assert.ok(counts.every((count) => count <= cap), String(counts));
  assert.equal(counts[3], rare);
  assert.equal(Math.max(...counts), cap);
  assert.deepEqual(chosen, chosen.toSorted((a, b) => a - b));
  assert.deepEqual(chooseUnderCap(films, 4, cap, 1), chosen);
  assert.notDeepEqual(chooseUnderCap(films, 4, cap, 2), chosen);
});

Deno.test("splitOf parts films by id near the asked shares, the same each time", () => {
  const counts = { train: 0, valid: 0, test: 0 };
  for (let i = 0; i < 4000; i++) counts[splitOf(`tt${i}`, [80, 15, 5], 1)]++;
  assert.ok(Math.abs(counts.train - 3200) < 100 && Math.abs(counts.test - 200) < 60);
  assert.equal(splitOf("x", [0, 0, 100], 1), "test");
  assert.equal(splitOf("x", [100, 0, 0], 5), "train");
  assert.equal(splitOf("tt7", [50, 25, 25], 9), splitOf("tt7", [50, 25, 25], 9));
});
