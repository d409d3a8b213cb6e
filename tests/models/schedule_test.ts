// Schedules: what the text means, which texts are refused, and the values that follow.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatSchedule,
  parseImages,
  parseSchedule,
  type Schedule,
  scheduleAt,
} from "../../models/schedule.ts";
import { assertClose } from "../_assert.ts";

const values = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
const schedules: fc.Arbitrary<Schedule> = fc.record({
  from: values,
  to: values,
  start: fc.nat(1e9),
  length: fc.integer({ min: 1, max: 1e9 }),
  curve: fc.constantFrom("linear", "cosine", "exp"),
}).map(({ length, ...schedule }) => ({ ...schedule, end: schedule.start + length }));

/** The value of a schedule in text form after some images. */
const at = (text: string, images: number) => scheduleAt(parseSchedule(text), images);

Deno.test("parseImages reads whole numbers with and without a unit", () => {
  const cases: [text: string, images: number][] = [
    ["0", 0],
    ["50000", 50_000],
    ["50k", 50_000],
    ["1.5M", 1_500_000],
    ["0.25k", 250],
    ["2e4", 20_000],
    ["1.001k", 1001], // a product that binary fractions miss by a hair
    ["4.35k", 4350],
  ];
  for (const [text, images] of cases) assert.equal(parseImages(text), images, text);
  fc.assert(fc.property(fc.nat(1e12), (images) => {
    assert.equal(parseImages(String(images)), images);
    assert.equal(parseImages(`${images / 1e3}k`), images);
    assert.equal(parseImages(`${images / 1e6}M`), images);
  }));
});

Deno.test("parseImages refuses fractions, signs, other units and what is no number", () => {
  const wrong = ["", "k", "1.5", "0.5", "1.0005k", "-1", "+1", "1K", "1m", "1 k", "1e400", "NaN"];
  for (const text of [...wrong, "1e17", "0x10", ".5k", "5.k", "1,000", "five"]) {
    assert.throws(() => parseImages(text), {
      name: "SyntaxError",
      message:
        `Cannot read "${text}" as images: expected a whole number such as 50000, 50k or 1.5M`,
    });
  }
});

Deno.test("parseSchedule reads a constant", () => {
  const constant = { start: 0, end: 0, curve: "linear" };
  assert.deepEqual(parseSchedule("10"), { from: 10, to: 10, ...constant });
  assert.deepEqual(parseSchedule("0"), { from: 0, to: 0, ...constant });
  assert.deepEqual(parseSchedule("2e-4"), { from: 2e-4, to: 2e-4, ...constant });
  assert.deepEqual(parseSchedule(" 0.5 "), { from: 0.5, to: 0.5, ...constant });
});

Deno.test("parseSchedule reads values, span and curve", () => {
  assert.deepEqual(parseSchedule("10->5@20k..150k"), {
    from: 10,
    to: 5,
    start: 20_000,
    end: 150_000,
    curve: "linear",
  });
  assert.deepEqual(parseSchedule("0 -> 2.5 @ 0 .. 1.5M : cosine"), {
    from: 0,
    to: 2.5,
    start: 0,
    end: 1_500_000,
    curve: "cosine",
  });
  assert.equal(parseSchedule("1->0.1@5..6:exp").curve, "exp");
});

Deno.test("parseSchedule refuses every other text, and says why", () => {
  const grammar =
    "expected a number, or FROM->TO@START..END with an optional :linear, :cosine or :exp";
  const wrong: [text: string, problem: string][] = [
    ["", grammar],
    ["ten", grammar],
    ["-1", grammar],
    ["10->5", grammar],
    ["10->5@20k", grammar],
    ["10@20k..150k", grammar],
    ["10->5@20k..150k:step", grammar],
    ["10->5@20k...150k", grammar],
    ["10->5@-1..5", grammar],
    ["10k", grammar],
    ["10->5@20k..150k,1", grammar],
    ["10->5@20k..20k", "its end 20k is not after its start 20k"],
    ["10->5@20k..10000", "its end 10000 is not after its start 20k"],
    ["10->0@0..10:exp", "an exp curve cannot touch 0"],
    ["0->10@0..10:exp", "an exp curve cannot touch 0"],
    ["1e999", "1e999 is too large"],
    ["1->1e309@0..10", "1e309 is too large"],
  ];
  for (const [text, problem] of wrong) {
    const message = `Cannot read schedule "${text}": ${problem}`;
    assert.throws(() => parseSchedule(text), { name: "SyntaxError", message });
  }
  assert.throws(() => parseSchedule("10->5@0.5..8"), {
    name: "SyntaxError",
    message: /^Cannot read "0\.5" as images/,
  });
});

Deno.test("formatSchedule is read back as the same schedule, in one text for equal ones", () => {
  fc.assert(fc.property(schedules, (schedule) => {
    fc.pre(schedule.from !== schedule.to);
    const text = formatSchedule(schedule);
    assert.deepEqual(parseSchedule(text), schedule);
    assert.equal(formatSchedule(parseSchedule(text)), text);
  }));
  const texts: [text: string, normal: string][] = [
    ["10.0", "10"],
    ["10 -> 5 @ 20k .. 0.15M : linear", "10->5@20000..150000"],
    ["1->2@0..1k:cosine", "1->2@0..1000:cosine"],
    ["3->3@5..10:exp", "3"],
    ["0.0000001", "1e-7"],
    ["1e21", "1e+21"],
  ];
  for (const [text, normal] of texts) {
    assert.equal(formatSchedule(parseSchedule(text)), normal);
    assert.equal(formatSchedule(parseSchedule(normal)), normal);
  }
});

Deno.test("scheduleAt keeps the first value to the start and the last from the end", () => {
  for (const curve of ["linear", "cosine", "exp"]) {
    const text = `10->2.5@100..300:${curve}`;
    assert.deepEqual([at(text, 0), at(text, 100)], [10, 10]);
    assert.deepEqual([at(text, 300), at(text, 1e9)], [2.5, 2.5]);
  }
  assert.deepEqual([at("7", 0), at("7", 1e9)], [7, 7]);
});

Deno.test("scheduleAt follows each curve between", () => {
  const along = (curve: string) => [150, 200, 250].map((n) => at(`10->2.5@100..300:${curve}`, n));
  assertClose(along("linear"), [8.125, 6.25, 4.375], { relative: 1e-12 });
  // Half a cosine: a quarter of the way it has done (1 - sqrt(1/2)) / 2 of the change.
  const quarter = 7.5 * (1 - Math.SQRT1_2) / 2;
  assertClose(along("cosine"), [10 - quarter, 6.25, 2.5 + quarter], { relative: 1e-12 });
  // The same factor per image: 10, 10 / sqrt 2, 5, 5 / sqrt 2, 2.5.
  assertClose(along("exp"), [10 * Math.SQRT1_2, 5, 5 * Math.SQRT1_2], { relative: 1e-12 });
});

Deno.test("scheduleAt stays between its two values and never turns back", () => {
  fc.assert(fc.property(schedules, fc.double({ min: 0, max: 1, noNaN: true }), (schedule, t) => {
    const { from, to, start, end } = schedule;
    const images = start + Math.floor(t * (end - start));
    const here = scheduleAt(schedule, images), next = scheduleAt(schedule, images + 1);
    const slack = 1e-9 * Math.max(from, to);
    assert.ok(here >= Math.min(from, to) - slack && here <= Math.max(from, to) + slack);
    assert.ok((next - here) * Math.sign(to - from) >= -slack);
  }));
});
