// Tests how words are set over a picture: where, how large, in which ink, and that they can be read.

import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  calmerThird,
  chooseInk,
  coloursOf,
  contrastOf,
  type Rgb,
  TEXT_CONTRAST,
} from "../../islands/_poster_contrast.ts";
import { fitText } from "../../islands/_poster_fit.ts";
import { FAMILIES, familyFor } from "../../islands/_poster_fonts.ts";
import { LAYOUT_WIDTH, scrimOf, setType } from "../../islands/_poster_type.ts";
import { paint } from "./_toy_posters.ts";

const [oswald] = FAMILIES;
/** Every character half as wide as it is high. */
const measure = (text: string) => text.length / 2;
const grey = (value: number): Rgb => [value, value, value];
const noise = (x: number, y: number) => grey((x * 97 + y * 57) % 2 * 255);
const all = { left: 0, top: 0, right: 1, bottom: 1 };

Deno.test("contrastOf is WCAG's", () => {
  assert.equal(contrastOf(grey(0), grey(255)), 21);
  assert.equal(contrastOf(grey(90), grey(90)), 1);
  // The grey that accessible style sheets know as the lightest on white.
  assert.ok(Math.abs(contrastOf(grey(118), grey(255)) - 4.54) < 0.01);
  assert.equal(contrastOf([255, 0, 0], grey(255)), contrastOf(grey(255), [255, 0, 0]));
});

Deno.test("coloursOf tells the bright quarter and the dark one from the mean", () => {
  const picture = paint(8, 8, (x) => x < 2 ? grey(250) : x < 4 ? grey(10) : grey(100));
  assert.deepEqual(coloursOf(picture, all), {
    mean: grey((250 + 10 + 200) / 4),
    bright: grey(250),
    dark: grey(10),
  });
  const corner = { left: 0.9, top: 0.95, right: 0.9, bottom: 5 };
  assert.deepEqual(coloursOf(picture, corner).mean, grey(100), "At least one pixel");
});

Deno.test("chooseInk stands out from the mean as much as it can, and from the worst quarter enough", () => {
  const flat = (value: number) => chooseInk(coloursOf(paint(4, 4, () => grey(value)), all));
  assert.deepEqual([flat(20).colour, flat(20).scrim], ["#ffffff", 0]);
  assert.deepEqual([flat(230).colour, flat(230).scrim], ["#000000", 0]);
  const colour = fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: 0, max: 255 })));
  fc.assert(fc.property(colour, colour, colour, (mean, bright, dark) => {
    const ink = chooseInk({ mean, bright, dark } as never);
    assert.ok(ink.contrast >= 4.58, String(ink.contrast));
    const isWhite = ink.colour === "#ffffff";
    const worst = (isWhite ? bright : dark) as unknown as Rgb;
    const veiled = worst.map((value) => value + ((isWhite ? 0 : 255) - value) * ink.scrim);
    const own = grey(isWhite ? 255 : 0);
    assert.ok(contrastOf(own, veiled as unknown as Rgb) >= TEXT_CONTRAST - 1e-9);
    const less = worst.map((value) => value + ((isWhite ? 0 : 255) - value) * (ink.scrim - 0.02));
    assert.ok(
      ink.scrim === 0 || contrastOf(own, less as unknown as Rgb) < TEXT_CONTRAST,
      "No more scrim than is needed",
    );
  }));
});

Deno.test("calmerThird finds the third in which less happens", () => {
  const calm = () => grey(60);
  assert.equal(calmerThird(paint(12, 18, (x, y) => y < 6 ? calm() : noise(x, y))), "top");
  assert.equal(calmerThird(paint(12, 18, (x, y) => y >= 12 ? calm() : noise(x, y))), "bottom");
  assert.equal(calmerThird(paint(12, 18, calm)), "bottom");
  assert.equal(calmerThird(paint(1, 1, calm)), "bottom", "A picture of one pixel");
});

Deno.test("fitText fills the room, and never leaves it while words can be read at all", () => {
  const room = { width: 880, height: 300, maxSize: 300 };
  assert.equal(fitText(" \n ", oswald, room, measure), undefined);
  const one = fitText("JAWS", oswald, room, measure);
  assert.deepEqual(one?.lines, ["JAWS"]);
  const word = fc.stringMatching(/^[A-Z]{1,12}$/);
  fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
    const fitted = fitText(words.join(" "), oswald, room, measure);
    assert.ok(fitted);
    assert.equal(fitted.lines.join(" "), words.join(" "), "Nothing is lost");
    assert.ok(fitted.height <= room.height + 1e-6 && fitted.size <= room.maxSize);
    for (const line of fitted.lines) {
      assert.ok(measure(line) * fitted.size <= room.width * 1.001, line);
    }
  }));
});

Deno.test("fitText makes lines of about the same length, and keeps the breaks that were typed", () => {
  const room = { width: 400, height: 1000, maxSize: 40 };
  const { lines = [] } = fitText("aaaa bbbb cccc dddd eeee ffff", oswald, room, measure) ?? {};
  assert.deepEqual(lines, ["aaaa bbbb cccc", "dddd eeee ffff"]);
  assert.deepEqual(fitText("one\n\n two ", oswald, room, measure)?.lines, ["one", "two"]);
});

Deno.test("setType puts the title where the picture is calm, and the credits at the bottom", () => {
  const words = { title: "Quiet", tagline: "Hush", credits: "Nobody\nat all" };
  const picture = paint(16, 24, (x, y) => y < 8 ? grey(20) : noise(x, y));
  const order = { words, family: oswald, place: "auto" } as const;
  const { height, blocks } = setType(order, picture, measure);
  assert.equal(height, 1500);
  assert.deepEqual(blocks.map(({ edge, lines }) => [edge, ...lines.map(({ text }) => text)]), [
    ["top", "Hush", "QUIET"],
    ["bottom", "NOBODY", "AT ALL"],
  ]);
  assert.ok(blocks[0].bottom <= height / 3 && blocks[1].top >= height * 2 / 3);
  assert.deepEqual([blocks[0].ink.colour, blocks[0].ink.scrim], ["#ffffff", 0]);
  assert.ok(blocks[1].ink.scrim > 0, "Words on noise need a scrim");
  const below = setType({ ...order, place: "bottom" }, picture, measure).blocks;
  assert.deepEqual(below.map(({ lines }) => lines.map(({ text }) => text)), [
    ["QUIET", "Hush", "NOBODY", "AT ALL"],
  ]);
  assert.ok(below[0].top >= height * 2 / 3 - 1);
});

Deno.test("setType keeps every line on the poster, its baselines in order, whatever is typed", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 400 });
  const words = fc.record({ title: text, tagline: text, credits: text });
  const place = fc.constantFrom("auto", "top", "bottom");
  const picture = paint(16, 24, noise);
  fc.assert(fc.property(words, place, fc.constantFrom(...FAMILIES), (words, place, family) => {
    const { blocks, height } = setType({ words, place, family } as never, picture, measure);
    const baselines = blocks.flatMap(({ lines }) => lines.map(({ y }) => y));
    assert.deepEqual(baselines, baselines.toSorted((a, b) => a - b));
    assert.ok(baselines.every((y) => y > 0 && y < height), String(baselines));
    for (const block of blocks) {
      const scrim = scrimOf(block, height);
      assert.ok(scrim.y >= 0 && scrim.y + scrim.height <= height + 1e-6 && scrim.fade > 0);
      assert.ok(scrim.y <= block.top && scrim.y + scrim.height >= block.bottom);
    }
  }));
});

Deno.test("setType gives no block without words", () => {
  const words = { title: "", tagline: " ", credits: "\n" };
  const order = { words, family: oswald, place: "auto" } as const;
  assert.deepEqual(setType(order, paint(4, 4, noise), measure), {
    height: LAYOUT_WIDTH,
    blocks: [],
  });
});

Deno.test("familyFor follows the genres that weigh most together", () => {
  const names = ["action", "drama", "romance", "Horror", "Comedy", "unheard of"];
  const id = (...weights: number[]) => familyFor(names, weights).id;
  assert.equal(id(0, 0, 0, 0, 0, 0), "oswald");
  assert.equal(id(0, 0, 0, 1, 0, 0), "amatic");
  assert.equal(id(0.8, 0.5, 0.5, 0, 0, 0), "playfair");
  assert.equal(id(0, 0, 0, 0.3, 0.4, 0), "lobster");
  assert.equal(id(0, 0, 0, 0.3, 0, 0.4), "oswald");
  assert.equal(familyFor([], []).id, "oswald");
});
