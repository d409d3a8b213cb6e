// Tests the words of the poster page.

import { strict as assert } from "node:assert";
import { parsePosterOptions } from "../../islands/_poster_options.ts";
import { shotOf } from "../../islands/_poster_options.ts";
import { describeGenres, describeShot, nameFile } from "../../islands/_poster_text.ts";
import { styledPosters } from "../models/_exported_poster.ts";
import { toyPosters } from "./_toy_posters.ts";

const models = [
  ...[toyPosters("first"), toyPosters("plain", { genres: [] })],
  toyPosters("styled", { ...styledPosters, id: "styled" }),
];
const options = (query: string) => parsePosterOptions(query, models, () => 0).options;
const names = models[0].manifest.genres;

Deno.test("describeGenres names the strongest first", () => {
  const { recipe } = options("?seed=3&genres=horror:0.3,sci-fi:1");
  assert.equal(describeGenres(recipe, names), "Sci-fi, Horror");
  assert.equal(describeGenres(recipe, names, true), "Sci-fi 100 %, Horror 30 %");
  assert.equal(describeGenres(options("?seed=3").recipe, names), "Any genre");
  assert.equal(describeGenres(options("?seed=3&model=plain").recipe, []), "No genre");
});

Deno.test("describeShot tells what it is made of", () => {
  assert.equal(
    describeShot(shotOf(options("?seed=3&genres=comedy:1&steps=1:0.2,4:0.1")), names),
    "Comedy 100 %, number 3, varied 2 ×",
  );
  assert.equal(
    describeShot(shotOf(options("?seed=3&a=1;horror:1;1;&b=2;;1;&share=0.25")), names),
    "25 % of the way from A (Horror 100 %, number 1) to B (Any genre, number 2)",
  );
  assert.equal(
    describeShot(shotOf(options("?model=styled&seed=3&along=1&mix=1;2;9;comedy:1;1;1:0.2")), names),
    "Any genre, number 3, its styles moved, from layer 2 on mixed with Comedy 100 %, number 9, varied 1 ×",
  );
});

Deno.test("nameFile takes the title, else genres and number, and never is empty", () => {
  const name = (query: string, alone = false) => nameFile(options(query), 4, alone);
  assert.equal(name("?seed=3&title=The%20Last%20Train!"), "the-last-train-4x.png");
  assert.equal(name("?seed=3&title=Письмо"), "письмо-4x.png");
  assert.equal(name("?seed=3&title=../..%2Fetc", true), "etc-picture-4x.png");
  assert.equal(name("?seed=3&genres=horror:1,comedy:0.5&title=!!!"), "horror-comedy-3-4x.png");
  assert.equal(name("?seed=3&model=plain", true), "3-picture-4x.png");
});
