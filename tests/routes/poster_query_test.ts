// A poster's address: what it may say, what each mistake is answered with, and that it reads back as it was written.

import assert from "node:assert/strict";
import fc from "fast-check";
import { HttpError } from "fresh";
import {
  parsePosterQuery,
  posterAddress,
  type PosterModel,
} from "../../routes/(_posters)/poster_query.ts";
import { choosePosters, findSharedPoster } from "../../routes/(_posters)/chosen_posters.ts";
import { type PosterChange, posterManifest } from "../models/_exported_poster.ts";

function shelved(id: string, change: PosterChange = {}): PosterModel {
  const manifest = posterManifest({ id, ...change });
  return { manifest, weightsUrl: `/models/${id}`, weightsFile: `file:///models/${id}` };
}

const models = [
  shelved("newest", { genres: ["Horror", "Film noir", "sci-fi"] }),
  shelved("older"),
  shelved("plain", { genres: [] }),
];
const parse = (query: string) => parsePosterQuery(new URLSearchParams(query), models);

Deno.test("parsePosterQuery() of nothing is seed 0 of the newest model, of any genre, at its own size", () => {
  const { order, isPinned } = parse("");
  assert.deepEqual(order, {
    manifest: models[0].manifest,
    weightsFile: "file:///models/newest",
    recipe: { seed: 0, genres: [0, 0, 0], truncation: 0.8 },
    scale: 1,
  });
  assert.equal(isPinned, false);
});

Deno.test("parsePosterQuery() takes every term", () => {
  const { order, isPinned } = parse(
    "model=older&v=aaaaaaaaaaaaaaaa&seed=4294967295&genres=sci-fi:.25,horror&truncation=0.05&scale=4",
  );
  const { manifest, recipe, scale } = order;
  assert.equal(manifest.id, "older");
  assert.deepEqual(recipe, { seed: 4294967295, genres: [1, 0, 0.25], truncation: 0.05 });
  assert.deepEqual([scale, isPinned], [4, true]);
});

Deno.test("parsePosterQuery() knows genres as links do, and a hash of other weights as none", () => {
  assert.deepEqual(parse("genres=Film+Noir:1.0").order.recipe.genres, [0, 1, 0]);
  assert.deepEqual(parse("genres=film-noir:0").order.recipe.genres, [0, 0, 0]);
  assert.deepEqual(parse("model=plain&genres=").order.recipe.genres, []);
  assert.equal(parse("v=bbbbbbbbbbbbbbbb").isPinned, false);
});

/** A query, and the sentence that it is answered with. */
const mistakes: [query: string, sentence: RegExp][] = [
  [
    "colour=red",
    /"colour" is not known; expected some of model, v, seed, genres, truncation, scale$/,
  ],
  ["toString=1", /"toString" is not known/],
  ["seed=1&seed=1", /seed stands there more than once; expected it once$/],
  ["seed=", /seed is ""; expected a whole number from 0 to 4294967295$/],
  ["seed=-1", /seed is "-1"/],
  ["seed=1.5", /seed is "1.5"/],
  ["seed=1e3", /seed is "1e3"/],
  ["seed=+7", /seed is " 7"/],
  ["seed=0x10", /seed is "0x10"/],
  ["seed=4294967296", /seed is "4294967296"/],
  ["seed=99999999999", /seed is "99999999999"/],
  ["model=", /model is ""; expected the id of a model/],
  ["model=../two-films", /model is "\.\.\/two-films"; expected the id/],
  ["model=unknown", /there is no poster model "unknown"; expected one of newest, older, plain$/],
  ["v=abc", /v is "abc"; expected 16 to 64 digits of the SHA-256/],
  ["v=AAAAAAAAAAAAAAAA", /v is "A/],
  ["truncation=1.01", /truncation is "1.01"; expected a number from 0 to 1/],
  ["truncation=-0.1", /truncation is "-0.1"/],
  ["truncation=0.12345", /truncation is "0.12345"/],
  ["truncation=NaN", /truncation is "NaN"/],
  ["truncation=Infinity", /truncation is "Infinity"/],
  ["scale=3", /scale is "3"; expected 1, 2 or 4$/],
  ["scale=1000000", /scale is "1000000"/],
  ["genres=western", /genres has "western"; expected some of horror, film-noir, sci-fi$/],
  ["genres=horror,", /genres has ""; expected some of/],
  ["genres=:1", /genres has ":1"/],
  ["genres=horror:", /genres has "horror:"; expected a weight: a number from 0 to 1/],
  ["genres=horror:2", /genres has "horror:2"/],
  ["genres=horror:1:1", /genres has "horror:1:1"/],
  ["genres=horror:0.2,Horror", /genres has "horror" more than once; expected each genre once$/],
  ["model=plain&genres=horror", /genres has "horror"; expected none: the model has none$/],
  [`genres=${"horror,".repeat(600)}`, /genres is "horror,.*…"; expected a list such as/],
  [`model=${"a".repeat(65)}`, /model is "a{40}…"; expected the id/],
  ["seed=1%0A%E2%80%AE2", /seed is "1\uFFFD\uFFFD2"/],
];

for (const [query, sentence] of mistakes) {
  Deno.test(`parsePosterQuery() refuses ${query.slice(0, 60)}`, () => {
    assert.throws(() => parse(query), (error) => {
      assert.ok(error instanceof HttpError);
      assert.equal(error.status, 400);
      assert.match(error.message, /^Cannot draw a poster: /);
      assert.match(error.message, sentence);
      return true;
    });
  });
}

Deno.test("parsePosterQuery() finds nothing without models", () => {
  assert.throws(() => parsePosterQuery(new URLSearchParams("seed=x"), []), { status: 404 });
});

Deno.test("posterAddress() reads back as the same poster, pinned to its weights", () => {
  const weight = fc.integer({ min: 0, max: 10_000 }).map((tenThousandths) =>
    tenThousandths / 10_000
  );
  const poster = fc.record({
    model: fc.constantFrom(...models),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    weights: fc.array(weight, { minLength: 3, maxLength: 3 }),
    truncation: weight,
    scale: fc.constantFrom(1 as const, 2 as const, 4 as const),
  });
  fc.assert(fc.property(poster, ({ model, seed, weights, truncation, scale }) => {
    const { manifest, weightsFile } = model;
    const recipe = { seed, genres: weights.slice(0, manifest.genres.length), truncation };
    const order = { manifest, weightsFile, recipe, scale };
    const address = posterAddress(order);
    assert.match(address, /^\/api\/poster\.png\?[\w&=.,:-]+$/);
    const { searchParams } = new URL(address, "http://localhost");
    assert.deepEqual(parsePosterQuery(searchParams, models), { order, isPinned: true });
  }));
});

Deno.test("choosePosters() spreads over the genres, and draws different posters where there are none", () => {
  const many = shelved("many", { genres: Array.from({ length: 20 }, (_, i) => `genre ${i}`) });
  assert.deepEqual(choosePosters(many, 4).map(({ name }) => name), [
    ...["genre 0", "genre 5", "genre 10", "genre 15"],
  ]);
  assert.deepEqual(choosePosters(models[0], 8).map(({ order: { recipe } }) => recipe.genres), [
    ...[[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  ]);
  const plain = choosePosters(models[2], 3).map(({ order: { recipe } }) => recipe);
  assert.deepEqual(plain.map(({ seed, genres }) => [seed, genres]), [[0, []], [1, []], [2, []]]);
});

Deno.test("findSharedPoster() takes a link's poster where the query tells one that holds, else one of its own", () => {
  const shared = (query: string) => findSharedPoster(models, new URLSearchParams(query));
  const linked = shared("model=older&seed=9&genres=comedy:0.5&truncation=1&title=Words&engine=cpu");
  assert.equal(linked?.manifest.id, "older");
  assert.deepEqual(linked?.recipe, { seed: 9, genres: [0, 0.5, 0], truncation: 1 });
  const own = shared("");
  assert.deepEqual([own?.manifest.id, own?.recipe.genres, own?.scale], ["newest", [1, 0, 0], 4]);
  for (
    const query of [
      "genres=horror",
      "seed=x",
      "seed=9&genres=none",
      "seed=9&steps=3:0.2",
      "seed=9&mix=1;2;5;;1;",
      "seed=9&along=1",
      "seed=9&latent=1AAA",
      "seed=9&a=1&b=2&share=0.5",
    ]
  ) assert.deepEqual(shared(query), own, query);
  assert.equal(findSharedPoster([]), undefined);
});
