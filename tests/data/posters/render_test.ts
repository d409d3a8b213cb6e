// The drawn posters one by one: what of their genres can be seen, at any size.

import assert from "node:assert/strict";
import { GENRES } from "../../../data/posters.ts";
import { composePoster, type PosterSpec } from "../../../data/posters/compose.ts";
import { renderPoster } from "../../../data/posters/render.ts";
import { assertPicture, type Picture } from "../../../gpu/picture.ts";

const size = { width: 64, height: 96 };

/** The first posters, as specs. */
const specs = Array.from({ length: 3000 }, (_, i) => composePoster(1, `drawn-${i}`));

/** Mean brightness, 0 to 255. */
function brightness({ data }: Picture): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    sum += 0.3 * data[i] + 0.59 * data[i + 1] + 0.11 * data[i + 2];
  }
  return sum / (data.length / 4);
}

/** Share of pixels that differ clearly in a channel, beyond what grain does. */
function difference(a: Picture, b: Picture): number {
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    const apart = [0, 1, 2].map((c) => Math.abs(a.data[i + c] - b.data[i + c]));
    if (Math.max(...apart) > 40) count++;
  }
  return count / (a.data.length / 4);
}

/** The first posters whose genres fit. */
function find(count: number, fits: (spec: PosterSpec) => boolean): PosterSpec[] {
  const found = specs.filter(fits).slice(0, count);
  assert.equal(found.length, count);
  return found;
}

Deno.test("renderPoster gives the same bytes each time, other ones for another seed or name", async () => {
  const first = await renderPoster(composePoster(3, "a"), size);
  assert.deepEqual(await renderPoster(composePoster(3, "a"), size), first);
  for (const other of [composePoster(4, "a"), composePoster(3, "b")]) {
    assert.notDeepEqual((await renderPoster(other, size)).data, first.data);
  }
});

Deno.test("renderPoster tells posters apart that have the same genre", async () => {
  for (const genre of GENRES) {
    const [a, b] = find(2, ({ genres }) => genres.length === 1 && genres[0] === genre);
    const apart = difference(await renderPoster(a, size), await renderPoster(b, size));
    assert.ok(apart > 0.1, `${genre}: ${apart}`);
  }
});

Deno.test("renderPoster draws any size and shape, opaque", async () => {
  for (const [width, height] of [[64, 96], [48, 96], [96, 144], [64, 64], [16, 24], [50, 71]]) {
    for (const spec of [...find(2, () => true), ...find(1, ({ genres }) => genres.length === 3)]) {
      const picture = await renderPoster(spec, { width, height });
      assertPicture(picture);
      assert.deepEqual([picture.width, picture.height], [width, height]);
      for (let i = 3; i < picture.data.length; i += 4) assert.equal(picture.data[i], 255);
    }
  }
});

Deno.test("renderPoster draws horror clearly darker than comedy", async () => {
  const mean = async (genre: string) => {
    const found = find(16, ({ genres }) => genres.length === 1 && genres[0] === genre);
    const lights = await Promise.all(
      found.map(async (spec) => brightness(await renderPoster(spec, size))),
    );
    return lights.reduce((sum, light) => sum + light, 0) / lights.length;
  };
  const [horror, comedy] = [await mean("horror"), await mean("comedy")];
  assert.ok(comedy > horror + 100, `horror ${horror}, comedy ${comedy}`);
});

Deno.test("renderPoster shows each further genre: exchanging it for another changes the picture", async () => {
  for (const [count, at, least] of [[2, 1, 0.12], [3, 2, 0.08]]) {
    for (const spec of find(40, ({ genres }) => genres.length === count)) {
      const other = GENRES[(GENRES.indexOf(spec.genres[at]) + 7) % GENRES.length];
      if (spec.genres.includes(other)) continue;
      const genres = spec.genres.map((genre, i) => i === at ? other : genre);
      const apart = difference(
        await renderPoster(spec, size),
        await renderPoster({ ...spec, genres }, size),
      );
      assert.ok(apart > least, `${spec.genres} to ${genres}: ${apart}`);
    }
  }
});

Deno.test("renderPoster shows whether there is a second genre at all", async () => {
  for (const spec of find(30, ({ genres }) => genres.length === 2)) {
    const alone = await renderPoster({ ...spec, genres: spec.genres.slice(0, 1) }, size);
    const apart = difference(await renderPoster(spec, size), alone);
    assert.ok(apart > 0.15, `${spec.genres}: ${apart}`);
  }
});
