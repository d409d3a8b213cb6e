// Random streams: the numbers themselves are pinned, for a changed stream would change every resumed run.

import assert from "node:assert/strict";
import { type Random, randomStream } from "../../gpu/random.ts";
import { assertClose } from "../_assert.ts";

const draws = (count: number, draw: () => number) => Array.from({ length: count }, draw);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of the k-th powers of the distances from `centre`. */
function moment(values: number[], k: number, centre = 0): number {
  return mean(values.map((value) => (value - centre) ** k));
}

Deno.test("randomStream gives the same numbers in each version of the code", () => {
  const bare = randomStream(42);
  assert.deepEqual(draws(4, bare.uint32), [3123903836, 2099220486, 4081455790, 881145803]);
  const named = randomStream(7, "crop", 1200);
  assert.equal(named.uint32(), 3945012256);
  assert.equal(named.uniform(), 0.21321577485650778);
  assert.equal(named.uniform(-1, 1), 0.6006875843741);
  assert.equal(named.integer(10), 8);
  assertClose(named.normal(), -0.48052889401983173, { relative: 1e-14 });
  assertClose(named.normal(2, 3), 6.926527352907095, { relative: 1e-14 });
  assert.deepEqual([...named.permutation(8)], [4, 1, 6, 3, 7, 2, 5, 0]);
});

Deno.test("randomStream does not depend on what other streams have drawn", () => {
  const undisturbed = draws(5, randomStream(3, "b").uint32);
  const first = randomStream(3, "a"), second = randomStream(3, "b");
  assert.deepEqual(draws(5, () => (first.uint32(), second.uint32())), undisturbed);
});

Deno.test("randomStream gives unrelated streams to neighbouring seeds and names", () => {
  const makers: ((i: number) => Random)[] = [
    (i) => randomStream(i),
    (i) => randomStream(1, i),
    (i) => randomStream(1, "crop", i),
    (i) => randomStream(1, `image ${i}`),
  ];
  for (const make of makers) {
    const firsts = Array.from({ length: 4000 }, (_, i) => make(i).uniform());
    // 4000 32-bit numbers repeat with probability 0.002; the draws are fixed, so this cannot flicker.
    assert.equal(new Set(firsts).size, 4000);
    assertClose(mean(firsts), 0.5, { absolute: 0.02 });
    assertClose(moment(firsts, 2, 0.5), 1 / 12, { absolute: 0.004 });
    const products = firsts.slice(1).map((value, i) => (value - 0.5) * (firsts[i] - 0.5));
    assertClose(mean(products), 0, { absolute: 0.005 }, "correlation of neighbours");
  }
});

Deno.test("randomStream tells lists of names apart that read alike when joined", () => {
  const firsts = [
    randomStream(1, "a", "b"),
    randomStream(1, "ab"),
    randomStream(1, "b", "a"),
    randomStream(1, "", "ab"),
    randomStream(1),
    randomStream(11),
    randomStream(1, 1),
  ].map((random) => random.uint32());
  assert.equal(new Set(firsts).size, firsts.length);
});

Deno.test("uint32 sets each bit half of the time", () => {
  const { uint32 } = randomStream(5, "bits");
  const values = draws(20_000, uint32);
  for (let bit = 0; bit < 32; bit++) {
    const share = mean(values.map((value) => (value >>> bit) & 1));
    assertClose(share, 0.5, { absolute: 0.015 }, `bit ${bit}`);
  }
});

Deno.test("uniform fills [min, max) evenly", () => {
  const { uniform } = randomStream(5, "uniform");
  const values = draws(20_000, () => uniform(-3, 5));
  assert.ok(values.every((value) => value >= -3 && value < 5));
  const tenths = values.map((value) => Math.floor((value + 3) / 8 * 10));
  for (let tenth = 0; tenth < 10; tenth++) {
    assertClose(mean(tenths.map((t) => Number(t === tenth))), 0.1, { absolute: 0.01 });
  }
});

Deno.test("integer favours no residue, also for a bound that does not divide 2^32", () => {
  // Without rejection the lowest third of this range would come up half of the time.
  const bound = 3 * 2 ** 30;
  const random = randomStream(9, "integer");
  const thirds = draws(6000, () => Math.floor(random.integer(bound) / 2 ** 30));
  for (const third of [0, 1, 2]) {
    assertClose(mean(thirds.map((t) => Number(t === third))), 1 / 3, { absolute: 0.03 });
  }
  const dice = draws(6000, () => random.integer(6));
  for (const side of [0, 1, 2, 3, 4, 5]) {
    assertClose(mean(dice.map((value) => Number(value === side))), 1 / 6, { absolute: 0.02 });
  }
});

Deno.test("integer takes the bounds 1 and 2^32 and refuses what lies outside or between", () => {
  const random = randomStream(9, "bounds");
  assert.deepEqual(draws(3, () => random.integer(1)), [0, 0, 0]);
  const wide = draws(100, () => random.integer(2 ** 32));
  assert.ok(wide.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32));
  assert.ok(wide.some((value) => value >= 2 ** 31));
  for (const bound of [0, -1, 1.5, NaN, Infinity, 2 ** 32 + 1]) {
    assert.throws(() => random.integer(bound), {
      name: "RangeError",
      message: `Cannot draw an integer: bound is ${bound}, expected 1 to 2^32`,
    });
  }
});

Deno.test("normal has the first four moments of its distribution", () => {
  const random = randomStream(2, "normal");
  const values = draws(40_000, () => random.normal());
  assertClose(mean(values), 0, { absolute: 0.015 }, "mean");
  assertClose(moment(values, 2), 1, { absolute: 0.02 }, "variance");
  assertClose(moment(values, 3), 0, { absolute: 0.05 }, "skewness");
  assertClose(moment(values, 4), 3, { absolute: 0.1 }, "kurtosis");
  const within = mean(values.map((value) => Number(Math.abs(value) < 1)));
  assertClose(within, 0.6827, { absolute: 0.01 }, "share within one deviation");
  const shifted = draws(40_000, () => random.normal(10, 0.5));
  assertClose(mean(shifted), 10, { absolute: 0.01 });
  assertClose(moment(shifted, 2, 10), 0.25, { absolute: 0.01 });
});

Deno.test("normals are the draws of normal in 32 bits", () => {
  const one = randomStream(2, "normals"), other = randomStream(2, "normals");
  const expected = Float32Array.from(draws(5, () => one.normal(1, 2)));
  assert.deepEqual(other.normals(5, 1, 2), expected);
  assert.deepEqual(other.normals(0), new Float32Array());
});

Deno.test("permutation holds each number once, and each order is as likely as the others", () => {
  const random = randomStream(4, "permutation");
  const large = random.permutation(1000);
  assert.deepEqual([...large].sort((a, b) => a - b), [...large.keys()]);
  assert.deepEqual([...random.permutation(1), ...random.permutation(0)], [0]);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = random.permutation(3).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const [order, count] of counts) assertClose(count, 1000, { absolute: 120 }, order);
});
