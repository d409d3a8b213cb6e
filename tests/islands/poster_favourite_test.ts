// Tests what is kept of a poster, and that no favourite is lost: to a text that cannot be read, a full browser, or another tab.

import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  type Favourite,
  favouriteOf,
  formatFavourites,
  isSame,
  modelNotice,
  MOST_FAVOURITES,
  nameFavourite,
  optionsOf,
  parseFavourites,
  shotOfFavourite,
} from "../../islands/_poster_favourite.ts";
import {
  FAVOURITES_KEY,
  FavouriteStore,
  type Shelf,
} from "../../islands/_poster_favourite_store.ts";
import { parsePosterOptions, shotOf } from "../../islands/_poster_options.ts";
import { formatLatent } from "../../models/poster/latent_text.ts";
import { styledPosters } from "../models/_exported_poster.ts";
import { toyPosters } from "./_toy_posters.ts";

const styled = toyPosters("styled", { ...styledPosters, id: "styled" });
const models = [toyPosters("first"), toyPosters("second", { genres: ["comedy", "war"] }), styled];
const latent = formatLatent(new Float32Array(8).fill(0.5));
const parse = (link: string) => parsePosterOptions(link, models, () => 0.5).options;
const WORDS = "&title=One&credits=a%0Ab&lettering=lobster&place=top&pixels=crisp";
const LINKS = [
  `model=first&genres=horror:0.7,sci-fi:0.2&seed=12&truncation=0.9&steps=3:0.4${WORDS}`,
  `model=first&genres=comedy:1&seed=4&truncation=0.5&latent=${latent}`,
  "model=first&seed=4&a=1;horror:1;1;&b=2;comedy:1;1;5:0.5&share=0.25",
];
const STYLED = [
  `model=styled&genres=horror:1&seed=3&mix=1;4;9;comedy:0.5;0.6;2:0.3;${latent}`,
  "model=styled&seed=6&along=-1,0,2.5",
  "model=styled&seed=4&a=1;horror:1;1;&b=2;comedy:1;1;;;0,1.5;1;2;8;;1;&share=0.25",
];
const NOW = new Date("2026-01-02T03:04:05.678Z");
const keptOf = (link: string): Favourite => {
  const options = parse(link);
  return favouriteOf(shotOf(options), options, NOW);
};

/** A browser's storage. @param room the most characters that it takes */
function fakeShelf(room = Infinity): Shelf & { items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    removeItem: (key) => void items.delete(key),
    setItem: (key, value) => {
      if (value.length > room) throw new DOMException("full", "QuotaExceededError");
      items.set(key, value);
    },
  };
}

Deno.test("A favourite gives back the choices that it was made of, after a way through text", () => {
  for (const link of [...LINKS, ...STYLED]) {
    const options = parse(link), favourite = keptOf(link);
    const [read] = parseFavourites(formatFavourites([favourite]));
    assert.deepEqual(read, favourite);
    const restored = optionsOf(read, models, parse("model=second&seed=1&engine=cpu"));
    assert.ok(restored);
    assert.deepEqual(shotOf(restored), shotOf(options));
    assert.deepEqual(shotOfFavourite(read, options.model), shotOf(options));
    const { model, words, lettering, place, smooth } = options;
    assert.deepEqual(
      [restored.model, restored.words, restored.lettering, restored.place, restored.smooth],
      [model, words, lettering, place, smooth],
    );
    assert.equal(restored.engine, "cpu", "The engine is the page's own");
  }
});

Deno.test("A favourite names its genres, so that it holds for a model with others", () => {
  const favourite = { ...keptOf(LINKS[1]), model: keptOf("model=second&seed=1").model };
  assert.deepEqual(favourite.recipe.genres, { comedy: 1 });
  assert.deepEqual(shotOfFavourite(favourite, models[1]).recipe.genres, [1, 0]);
});

Deno.test("A favourite says what became of its model", () => {
  const favourite = keptOf(LINKS[0]);
  assert.equal(modelNotice(favourite, models), "");
  assert.match(modelNotice(favourite, [models[1]]), /“Model first”, is not here any more/);
  assert.equal(optionsOf(favourite, [models[1]], parse("model=second&seed=1")), undefined);
  const other = { ...favourite, model: { ...favourite.model, sha256: "1".repeat(64) } };
  assert.match(modelNotice(other, models), /trained anew since/);
});

Deno.test("nameFavourite tells favourites apart that have the same title", () => {
  assert.equal(nameFavourite(keptOf(LINKS[0])), "One (horror, sci-fi, 12)");
  assert.equal(nameFavourite(keptOf("model=first&seed=4&genres=")), "any genre, 4");
  assert.equal(nameFavourite(keptOf(STYLED[0])), "horror, 3, mixed");
  assert.equal(nameFavourite(keptOf(STYLED[1])), "any genre, 6, moved");
});

Deno.test("formatFavourites rises to version 2 only for lists that older pages could not read", () => {
  const versionOf = (links: string[]) => JSON.parse(formatFavourites(links.map(keptOf))).version;
  assert.deepEqual([[], LINKS].map(versionOf), [1, 1]);
  assert.deepEqual([[...LINKS, STYLED[0]], [STYLED[1]], [STYLED[2]]].map(versionOf), [2, 2, 2]);
});

Deno.test("What a favourite does to styles fits the model that was trained anew since, or is left out", () => {
  const [favourite] = STYLED.map(keptOf);
  const { mix, ...plain } = shotOfFavourite(favourite, styled).recipe;
  assert.equal(mix?.from, 4);
  assert.deepEqual(shotOfFavourite(favourite, models[0]).recipe, plain);
  const shallow = toyPosters("styled", {
    ...styledPosters,
    ...{ id: "styled", config: { ...styledPosters.config, stages: 1 } },
  });
  assert.equal(shotOfFavourite(favourite, shallow).recipe.mix?.from, 3);
  const moved = keptOf(STYLED[1]);
  assert.deepEqual(shotOfFavourite(moved, styled).recipe.along, [-1, 0, 2.5]);
  assert.ok(!("along" in shotOfFavourite(moved, models[0]).recipe));
});

Deno.test("parseFavourites says what is wrong with a text, and never takes one that is", () => {
  const good = JSON.parse(formatFavourites([keptOf(LINKS[0])]));
  const [first] = good.favourites;
  const bad = (change: object) =>
    JSON.stringify({ ...good, favourites: [{ ...first, ...change }] });
  const mixedFirst = (from: number) => ({
    ...first.recipe,
    mix: { from, other: first.recipe },
  });
  const cases: [string, RegExp][] = [
    ["{", /is no JSON/],
    ["[]", /Cannot read favourites: .*format/],
    ["null", /Cannot read favourites/],
    [JSON.stringify({ ...good, version: 3 }), /of version 3, which a newer Lobbycard wrote/],
    [JSON.stringify({ ...good, version: 0 }), /version/],
    [JSON.stringify({ ...good, extra: 1 }), /extra/],
    [bad({ recipe: { ...first.recipe, seed: -1 } }), /favourites\.0\.recipe\.seed/],
    [bad({ recipe: { ...first.recipe, genres: { horror: 2 } } }), /genres\.horror/],
    [bad({ recipe: { ...first.recipe, latent: "<b>" } }), /recipe\.latent/],
    [bad({ recipe: { ...first.recipe, mix: { from: 2 } } }), /recipe\.mix\.other/],
    [bad({ recipe: mixedFirst(0) }), /mix\.from/],
    [bad({ recipe: mixedFirst(1.5) }), /mix\.from/],
    [bad({ recipe: { ...first.recipe, mix: { from: 1, other: mixedFirst(1) } } }), /mix\.other/],
    [bad({ recipe: { ...first.recipe, along: [4] } }), /along\.0/],
    [bad({ recipe: { ...first.recipe, along: Array(7).fill(1) } }), /along/],
    [bad({ keptAt: "yesterday" }), /keptAt/],
    [bad({ lettering: "comic" }), /lettering/],
  ];
  for (const [text, pattern] of cases) {
    assert.throws(() => parseFavourites(text), (error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, pattern, text);
      return true;
    });
  }
  fc.assert(fc.property(fc.json(), (text) => {
    assert.throws(() => parseFavourites(text), SyntaxError);
  }));
});

Deno.test("FavouriteStore keeps each poster once, the newest first, and what another page of it reads", () => {
  const shelf = fakeShelf(), store = new FavouriteStore(() => shelf);
  for (const link of [...LINKS, LINKS[0]]) assert.ok(store.add(keptOf(link)));
  assert.equal(store.list.value.length, 3);
  assert.ok(isSame(store.list.value[0], keptOf(LINKS[2])));
  assert.ok(store.has(keptOf(LINKS[0])) && !store.has(keptOf("model=first&seed=77")));
  assert.deepEqual(new FavouriteStore(() => shelf).list.value, store.list.value);
});

Deno.test("FavouriteStore brings back what was removed last, to its place", () => {
  const shelf = fakeShelf(), store = new FavouriteStore(() => shelf);
  for (const link of LINKS) store.add(keptOf(link));
  const before = store.list.value;
  assert.ok(!store.undo(), "Nothing was removed");
  assert.ok(store.remove(before[1]));
  assert.deepEqual(store.list.value, before.toSpliced(1, 1));
  assert.ok(store.undo());
  assert.deepEqual(store.list.value, before);
  assert.ok(!store.undo(), "Once");
  assert.deepEqual(new FavouriteStore(() => shelf).list.value, before);
});

Deno.test("FavouriteStore does not write over what another tab has kept meanwhile", () => {
  const shelf = fakeShelf();
  const [one, other] = [0, 1].map(() => new FavouriteStore(() => shelf));
  one.add(keptOf(LINKS[0]));
  other.add(keptOf(LINKS[1]));
  one.remove(keptOf(LINKS[0]));
  assert.deepEqual(one.list.value.map(nameFavourite), [nameFavourite(keptOf(LINKS[1]))]);
});

Deno.test("FavouriteStore leaves what it cannot read as it is, until the visitor gives it up", () => {
  const shelf = fakeShelf();
  shelf.items.set(FAVOURITES_KEY, '{"format":"lobbycard-favourites","version":9}');
  const store = new FavouriteStore(() => shelf);
  assert.match(store.problem.value, /of version 9.*left as it is/);
  assert.ok(!store.add(keptOf(LINKS[0])));
  assert.ok(!store.remove(keptOf(LINKS[0])));
  assert.match(shelf.items.get(FAVOURITES_KEY) ?? "", /"version":9/);
  assert.match(store.exportText(), /"version":9/, "It can be taken along");
  store.startAnew();
  assert.equal(store.problem.value, "");
  assert.ok(store.add(keptOf(LINKS[0])));
});

Deno.test("FavouriteStore tells of a browser that is full, or keeps nothing", () => {
  const shelf = fakeShelf(1000), full = new FavouriteStore(() => shelf);
  assert.ok(full.add(keptOf(LINKS[0])));
  assert.ok(!full.add(keptOf(LINKS[2])));
  assert.match(full.problem.value, /no room/);
  assert.equal(full.list.value.length, 1);
  const none = new FavouriteStore(() => {
    throw new DOMException("denied", "SecurityError");
  });
  assert.match(none.problem.value, /keeps nothing/);
  assert.ok(!none.add(keptOf(LINKS[0])));
});

Deno.test("FavouriteStore adds what is new of an exported file, and nothing of a bad or a too long one", () => {
  const [from, to] = [fakeShelf(), fakeShelf()].map((shelf) => new FavouriteStore(() => shelf));
  for (const link of LINKS) from.add(keptOf(link));
  to.add(keptOf(LINKS[1]));
  assert.equal(to.importText(from.exportText()), 2);
  assert.equal(to.importText(from.exportText()), 0);
  assert.equal(to.list.value.length, 3);
  assert.throws(() => to.importText("{}"), SyntaxError);
  const many = Array.from(
    { length: MOST_FAVOURITES },
    (_, seed) => keptOf(`model=first&seed=${seed}`),
  );
  assert.equal(to.importText(formatFavourites(many)), undefined);
  assert.match(to.problem.value, /can be 500 favourites, and these would be 503/);
  assert.equal(to.list.value.length, 3);
});
