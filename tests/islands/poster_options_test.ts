// Tests the poster page's link: what it holds comes back, and what it should not hold does no harm.

import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  formatPosterOptions,
  parsePosterOptions,
  type PosterOptions,
  recipeFor,
  shotOf,
  trimWord,
  WORD_LIMITS,
} from "../../islands/_poster_options.ts";
import { MAX_DIRECTIONS, MAX_SEED, MAX_STEPS, moveOf } from "../../islands/_poster_recipe.ts";
import { formatLatent } from "../../models/poster/latent_text.ts";
import { styledPosters } from "../models/_exported_poster.ts";
import { toyPosters } from "./_toy_posters.ts";

const plain = toyPosters("plain", { genres: [] });
const styled = toyPosters("styled", { ...styledPosters, id: "styled" });
const models = [
  ...[toyPosters("first"), toyPosters("second", { genres: ["comedy", "war"] }), plain, styled],
];
const parse = (search: string) => parsePosterOptions(search, models, () => 0.5);

const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const seed = fc.integer({ min: 0, max: MAX_SEED });
const steps = fc.array(fc.record({ seed, amount: share }), { maxLength: MAX_STEPS });
const latent = fc.option(
  fc.float32Array({ minLength: 8, maxLength: 8, noNaN: true }).map(formatLatent),
  { nil: undefined },
);
const recipeOf = (genres: number) =>
  fc.record({
    ...{ seed, truncation: share, steps, latent },
    genres: fc.array(share, { minLength: genres, maxLength: genres }),
  }).map(({ latent, ...recipe }) => latent === undefined ? recipe : { ...recipe, latent });
const word = (name: keyof typeof WORD_LIMITS) =>
  fc.string({ unit: "grapheme", maxLength: 2 * WORD_LIMITS[name] }).map((text) =>
    trimWord(text, name)
  );
const anyOptions: fc.Arbitrary<PosterOptions> = fc.constantFrom(...models).chain((model) => {
  const one = recipeOf(model.manifest.genres.length);
  const mix = fc.option(
    fc.record({ other: one, from: fc.integer({ min: 1, max: 7 }) }),
    { nil: undefined },
  );
  const amounts = fc.array(fc.integer({ min: -30, max: 30 }).map((tenths) => tenths / 10), {
    maxLength: MAX_DIRECTIONS,
  });
  const recipe = fc.record({ one, mix, amounts }).map(({ one, mix, amounts }) =>
    model === styled ? moveOf({ ...one, ...(mix && { mix }) }, amounts) : one
  );
  return fc.record({
    model: fc.constant(model),
    engine: fc.constantFrom("auto", "webgpu", "cpu"),
    recipe,
    kept: fc.record({ a: recipe, b: recipe }),
    share: fc.option(share, { nil: undefined }),
    words: fc.record({ title: word("title"), tagline: word("tagline"), credits: word("credits") }),
    lettering: fc.constantFrom("auto", "oswald", "playfair", "lobster", "amatic"),
    place: fc.constantFrom("auto", "top", "bottom"),
    smooth: fc.boolean(),
  });
});

Deno.test("formatPosterOptions gives the link that parsePosterOptions reads back, whatever was chosen", () => {
  fc.assert(fc.property(anyOptions, (options) => {
    const { options: read, notices } = parse(formatPosterOptions(options));
    // A copy, as the tool's own objects have no prototype.
    assert.deepEqual(read, structuredClone(options));
    assert.deepEqual(notices, []);
  }));
});

Deno.test("formatPosterOptions names the model and all numbers, in a form that people can read", () => {
  const { options } = parse(
    "?model=first&genres=sci-fi:0.7,horror&seed=12&steps=5:0.3&title=A:%20B",
  );
  assert.equal(
    formatPosterOptions(options),
    "model=first&genres=horror:1,sci-fi:0.7&seed=12&truncation=0.8&steps=5:0.3&title=A:+B",
  );
});

Deno.test("parsePosterOptions surprises where the link names no poster", () => {
  const draws = [0.9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
  const { options } = parsePosterOptions("", models, () => draws.shift() ?? 0);
  assert.ok(options.recipe.seed > 0);
  assert.ok(options.recipe.genres.includes(1), String(options.recipe.genres));
  assert.deepEqual(parsePosterOptions("?model=plain", models, () => 0.9).options.recipe.genres, []);
});

Deno.test("parsePosterOptions drops genres that the model does not know, and says which", () => {
  const { options, notices } = parse(
    `?model=first&seed=1&genres=horror:0.5,noir:1,${"x".repeat(500)}:1`,
  );
  assert.deepEqual(options.recipe.genres, [0.5, 0, 0]);
  assert.equal(notices.length, 1);
  assert.match(notices[0], /does not know: noir, x{30}\. They are left out/);
  assert.match(parse("?model=plain&seed=1&genres=horror:1").notices[0], /draws without genres/);
  assert.match(parse("?model=gone&seed=1").notices[0], /The model of this link is not here/);
});

Deno.test("parsePosterOptions holds every number within its bounds", () => {
  const numbers = [
    "-5",
    "1e99",
    "NaN",
    "Infinity",
    "-Infinity",
    "0x10",
    "",
    "7abc",
    "١",
    "0.123456",
  ];
  for (const number of numbers) {
    const text = encodeURIComponent(number);
    const { options } = parse(
      `?model=first&seed=${text}&genres=horror:${text}&truncation=${text}&steps=${text}:${text}` +
        `&a=${text};horror:${text};${text};1:${text}&b=1;;1;&share=${text}`,
    );
    const { recipe, kept, share } = options;
    for (const each of [recipe, kept.a ?? recipe]) {
      const shares = [...each.genres, each.truncation, ...each.steps.map(({ amount }) => amount)];
      assert.ok(shares.every((value) => value >= 0 && value <= 1), `${number}: ${shares}`);
      assert.ok(Number.isInteger(each.seed) && each.seed >= 0 && each.seed <= MAX_SEED, number);
    }
    assert.ok(share === undefined || share >= 0 && share <= 1, number);
  }
});

Deno.test("parsePosterOptions survives any query at all", () => {
  fc.assert(fc.property(fc.webQueryParameters(), fc.string(), (query, text) => {
    for (
      const search of [query, `?genres=${text}&steps=${text}&a=${text}&b=${text}&title=${text}`]
    ) {
      const { options } = parse(search);
      assert.equal(options.recipe.genres.length, options.model.manifest.genres.length);
      assert.deepEqual(parse(formatPosterOptions(options)).options, options);
    }
  }));
});

Deno.test("trimWord bounds the length without halving a character, and drops what would act on the page", () => {
  assert.equal(trimWord("🎬".repeat(100), "title"), "🎬".repeat(80));
  assert.equal(trimWord("a\u0000b\u202Ec\nd\te", "title"), "a b c d e");
  assert.equal(trimWord("one\r\ntwo\rthree", "credits"), "one\ntwo\nthree");
  assert.equal(trimWord("\uD800", "title"), "\uFFFD");
  // Words are text nodes; nothing in them needs to be taken out.
  assert.equal(trimWord("<img src=x onerror=alert(1)>", "title"), "<img src=x onerror=alert(1)>");
});

Deno.test("shotOf goes from one kept poster to the other only if both are there", () => {
  const { options } = parse("?model=first&seed=1&a=2;horror:1;1;&b=3;;1;&share=0.25");
  assert.equal(shotOf(options).recipe.seed, 2);
  assert.equal(shotOf(options).way?.share, 0.25);
  const half = parse("?model=first&seed=1&a=2;horror:1;1;&share=0.25").options;
  assert.deepEqual(shotOf(half), { recipe: half.recipe });
});

Deno.test("parsePosterOptions leaves out a latent vector that the model cannot take, and says so", () => {
  const text = formatLatent(new Float32Array(8).fill(1));
  const link = (latent: string) => `?model=first&seed=3&latent=${latent}`;
  assert.equal(parse(link(text)).options.recipe.latent, text);
  assert.deepEqual(parse(link(text)).notices, []);
  for (const latent of [text.slice(1), `2${text.slice(1)}`, `${text}AA`, "1<b>"]) {
    const { options, notices } = parse(link(encodeURIComponent(latent)));
    assert.ok(!("latent" in options.recipe), latent);
    assert.match(notices.join(), /was bred/);
  }
  const { options } = parse(`?model=first&seed=3&a=1;;1;;${text}&b=2;;1;`);
  assert.deepEqual([options.kept.a?.latent, options.kept.b?.latent], [text, undefined]);
});

Deno.test("recipeFor takes a latent vector to a model of as many numbers, and to no other", () => {
  const text = formatLatent(new Float32Array(8));
  const { recipe } = parse(`?model=first&seed=1&latent=${text}`).options;
  assert.equal(recipeFor(recipe, models[0], models[1]).latent, text);
  const larger = toyPosters("larger", { config: { latent: 16 } });
  assert.ok(!("latent" in recipeFor(recipe, models[0], larger)));
});

Deno.test("recipeFor keeps the weights of genres that the other model has", () => {
  const { recipe } = parse("?model=first&seed=1&genres=horror:0.2,comedy:0.9").options;
  assert.deepEqual(recipeFor(recipe, models[0], models[1]).genres, [0.9, 0]);
  assert.deepEqual(recipeFor(recipe, models[0], plain).genres, []);
  assert.deepEqual(recipeFor({ ...recipe, genres: [] }, plain, models[0]).genres, [0, 0, 0]);
});

const MIX = "3;12;horror:0.5;0.9;4:0.2";

Deno.test("A link says in a readable form which poster another one is mixed with", () => {
  const link = `model=styled&genres=comedy:1&seed=7&truncation=1&mix=1;${MIX}`;
  const { options, notices } = parse(link);
  const other = {
    seed: 12,
    genres: [0.5, 0, 0],
    truncation: 0.9,
    steps: [{ seed: 4, amount: 0.2 }],
  };
  assert.deepEqual(options.recipe.mix, { other, from: 3 });
  assert.deepEqual(notices, []);
  assert.equal(formatPosterOptions(options), link);
  const { kept } = parse(`?model=styled&seed=1&a=2;horror:1;1;;;;1;${MIX}&b=3;;1;`).options;
  assert.deepEqual([kept.a?.mix, kept.b?.mix], [{ other, from: 3 }, undefined]);
});

Deno.test("parsePosterOptions leaves out a mix that is damaged or that the model cannot draw, and says so", () => {
  for (
    const mix of ["1", "x", "2;" + MIX, "1;;12;;1;", "1;-1;12;;1;", "1;3", "1;3;", "1;3;;horror:1"]
  ) {
    const { options, notices } = parse(`?model=styled&seed=3&mix=${mix}`);
    assert.ok(!("mix" in options.recipe), mix);
    assert.match(notices.join(), /says of the poster’s styles cannot be read/, mix);
  }
  const { options, notices } = parse(`?model=first&seed=3&mix=1;${MIX}`);
  assert.ok(!("mix" in options.recipe));
  assert.match(notices.join(), /does not draw in styles/);
  for (const [layer, from] of [["0", 1], ["7", 7], ["8", 7], ["999", 7]] as const) {
    const { options } = parse(`?model=styled&seed=3&mix=1;${layer};12;;1;`);
    assert.equal(options.recipe.mix?.from, from, layer);
  }
  const torn = parse("?model=styled&seed=3&mix=1;2;9;noir:1;7;x;1AA");
  assert.equal(torn.options.recipe.mix?.other.truncation, 1);
  assert.match(torn.notices.join(), /was bred.*noir/);
});

Deno.test("parsePosterOptions holds moves along styles within their bounds, and leaves out what is none, saying so", () => {
  const along = (text: string, model = "styled") => {
    const { options, notices } = parse(`?model=${model}&seed=3&along=${text}`);
    return [options.recipe.along, notices.join()] as const;
  };
  for (
    const [text, amounts] of [
      ["0.5,0,-1.25", [0.5, 0, -1.2]],
      ["99,-99,0,0", [3, -3]],
      ["-0.01,1", [0, 1]],
      ["0,0", undefined],
      ["1,2,3,1,2,3", [1, 2, 3, 1, 2, 3]],
    ] as const
  ) assert.deepEqual(along(text), [amounts, ""]);
  for (const text of ["x", "1,", "1e9", "NaN", "1,2,3,1,2,3,1", ",".repeat(9999)]) {
    const [amounts, notices] = along(text);
    assert.equal(amounts, undefined, text);
    assert.match(notices, /says of the poster’s styles cannot be read/, text);
  }
  const [amounts, notices] = along("1", "first");
  assert.equal(amounts, undefined);
  assert.match(notices, /does not draw in styles/);
});

Deno.test("recipeFor leaves moves along styles to the model whose directions they are", () => {
  const { recipe } = parse("?model=styled&seed=1&along=0,2").options;
  assert.deepEqual(recipeFor(recipe, styled, styled).along, [0, 2]);
  const twin = toyPosters("twin", { ...styledPosters, id: "twin" });
  assert.ok(!("along" in recipeFor(recipe, styled, twin)));
});

Deno.test("recipeFor takes a mix to a model that draws in styles, and to no other", () => {
  const { recipe } = parse(`?model=styled&seed=1&mix=1;7;12;comedy:0.3;1;`).options;
  assert.deepEqual(recipeFor(recipe, styled, models[1]).mix, undefined);
  const shallow = toyPosters("shallow", {
    ...styledPosters,
    ...{ id: "shallow", genres: ["comedy"] },
    config: { ...styledPosters.config, stages: 1, genres: 1 },
  });
  const { mix } = recipeFor(recipe, styled, shallow);
  assert.deepEqual([mix?.from, mix?.other.genres, mix?.other.seed], [3, [0.3], 12]);
});
