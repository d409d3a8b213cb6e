// What drawn posters are of: genres as films have them, years and titles.

import assert from "node:assert/strict";
import { GENRES } from "../../../data/posters.ts";
import { composePoster } from "../../../data/posters/compose.ts";
import { LOOKS } from "../../../data/posters/looks.ts";

const specs = Array.from({ length: 3000 }, (_, i) => composePoster(1, `drawn-${i}`));

Deno.test("composePoster gives one to three different genres of the twenty in the shares of real films", () => {
  const shares = [0, 0, 0];
  for (const { genres } of specs) {
    shares[genres.length - 1] += 1 / specs.length;
    assert.equal(new Set(genres).size, genres.length);
    assert.ok(genres.every((genre) => GENRES.includes(genre)));
  }
  [0.45, 0.4, 0.15].forEach((share, i) => assert.ok(Math.abs(shares[i] - share) < 0.04));
});

Deno.test("composePoster casts every genre alone, first of several, and beside another", () => {
  for (const genre of GENRES) {
    assert.ok(specs.some(({ genres }) => genres.length === 1 && genres[0] === genre), genre);
    assert.ok(specs.some(({ genres }) => genres.length > 1 && genres[0] === genre), genre);
    assert.ok(specs.some(({ genres }) => genres.indexOf(genre) > 0), genre);
  }
});

Deno.test("composePoster pairs only genres that are each other's companions", () => {
  for (const { genres } of specs) {
    genres.slice(1).forEach((genre, i) => {
      const before = genres.slice(0, i + 1);
      assert.ok(before.some((other) => LOOKS[other].companions.includes(genre)), genres.join());
    });
  }
});

Deno.test("composePoster dates films from 1970 to 2020 and gives each a title in capitals", () => {
  const years = specs.map(({ year }) => year);
  assert.equal(Math.min(...years), 1970);
  assert.equal(Math.max(...years), 2020);
  for (const { title } of specs) {
    assert.ok(title.length === 1 || title.length === 2);
    for (const line of title) assert.match(line, /^[A-Z0-9 ]{2,12}$/);
  }
});
