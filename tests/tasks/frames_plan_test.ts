// Which frames are planned to become pictures, on made-up measurements; and how shots are divided.

import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../../gpu/random.ts";
import type { AnalysedFrame } from "../../tasks/_frames_analysis.ts";
import { planPictures, type PlanSettings } from "../../tasks/_frames_plan.ts";
import { chooseTestShots } from "../../tasks/_frames_split.ts";

const settings: PlanSettings = {
  ...{ mode: "scene", fps: 0, perShot: 3, minGap: 1, dedupe: 6, dropDark: 16, dropFlat: 6 },
  ...{ max: Infinity, testFraction: 0 },
};

/** A film of shots of so many frames, 10 a second; every frame's hash is its own, unless `like` names another's seed. */
function film(lengths: number[], change: (index: number) => Partial<AnalysedFrame> = () => ({})) {
  const frames: AnalysedFrame[] = [];
  for (const length of lengths) {
    for (let i = 0; i < length; i++) {
      const index = frames.length, cut = i === 0 && index > 0;
      frames.push({
        ...{ index, seconds: index / 10, isKey: i === 0, isBlack: false },
        ...{ step: cut ? 0.7 : 0.02, leap: cut || (i <= 3 && index > 3) ? 0.7 : 0.04 },
        ...{ mean: 100, deviation: 40, hash: hashOf(index) },
        ...change(index),
      });
    }
  }
  return frames;
}

/** Hashes of different seeds are some 32 bits apart. */
function hashOf(seed: number): bigint {
  const random = randomStream(seed, "hash");
  return BigInt(random.uint32()) << 32n | BigInt(random.uint32());
}

const plan = (frames: AnalysedFrame[], changed: Partial<PlanSettings> = {}) =>
  planPictures({ frames, isSparse: false, isStills: false }, { ...settings, ...changed });
const numbers = (items: { frame: AnalysedFrame }[]) => items.map(({ frame }) => frame.index);

Deno.test("planPictures() takes from each shot what its length allows, away from the cuts", () => {
  const { shots, chosen, rejected } = plan(film([20, 4, 80, 12]));
  assert.equal(shots, 4);
  assert.deepEqual(chosen.map(({ shot }) => shot), [0, 2, 2, 2, 3]);
  for (const { frame, shot } of chosen) {
    const start = [0, 20, 24, 104][shot], end = [20, 24, 104, 116][shot];
    assert.ok(frame.index >= start + 2 && frame.index < end - 2, `${frame.index} in shot ${shot}`);
  }
  assert.deepEqual(rejected.map(({ shot, reason }) => [shot, reason]), [[1, "short shot"]]);
});

Deno.test("planPictures() names why frames are left out", () => {
  const frames = film([20, 20, 20, 20], (index) => {
    if (index < 20) return { mean: 10 };
    if (index < 40) return { deviation: 3 };
    return index < 60 ? { hash: hashOf(7) } : { hash: hashOf(7) ^ 0b10101n };
  });
  const { chosen, rejected } = plan(frames);
  assert.deepEqual(chosen.map(({ shot }) => shot), [2]);
  assert.deepEqual(rejected.map(({ shot, reason }) => [shot, reason]), [
    [0, "dark"],
    [1, "flat"],
    [3, "near duplicate"],
  ]);
  assert.equal(rejected[2].detail, `3 bits from frame ${chosen[0].frame.index}`);
  const all = plan(frames, { dedupe: null, dropDark: 0, dropFlat: 0 });
  assert.deepEqual(all.chosen.map(({ shot }) => shot), [0, 1, 2, 3]);
});

Deno.test("planPictures() takes another frame of a shot whose middle is dark", () => {
  const frames = film([40], (index) => index >= 14 && index < 24 ? { mean: 5, step: 0 } : {});
  const { chosen, rejected } = plan(frames, { perShot: 1 });
  assert.equal(rejected.length, 0);
  assert.ok(chosen[0].frame.index < 14 || chosen[0].frame.index >= 24);
});

Deno.test("planPictures() keeps the gap between neighbouring shots too", () => {
  const { chosen, rejected } = plan(film([6, 6, 6, 6, 6]), { minGap: 1 });
  const times = chosen.map(({ frame }) => frame.seconds);
  times.slice(1).forEach((at, i) => assert.ok(at - times[i] >= 1 - 2e-3));
  assert.deepEqual(rejected.map(({ reason }) => reason), ["too close", "too close"]);
});

Deno.test("planPictures() proposes an even rate, from frames of uneven times too", () => {
  const even = plan(film([50]), { mode: "fps", fps: 2, minGap: 0 });
  assert.deepEqual(numbers(even.chosen), [0, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
  // NTSC's rate in a container that rounds times to milliseconds.
  const rounded = film([300], (i) => ({ seconds: Math.round(i * 1001 / 24) / 1000 }));
  assert.equal(plan(rounded, { mode: "fps", fps: 1, minGap: 0 }).chosen.length, 13);
  const each = plan(rounded, { mode: "fps", fps: 24, minGap: 0, dedupe: null });
  assert.ok(each.chosen.length >= 299);
  // A pause of 90 s after the tenth frame; at most one picture is owed for it.
  const paused = film([30], (i) => ({ seconds: i < 10 ? i : 90 + i }));
  const { chosen } = plan(paused, { mode: "fps", fps: 0.25, minGap: 0 });
  assert.deepEqual(numbers(chosen), [0, 4, 8, 10, 14, 18, 22, 26]);
});

Deno.test("planPictures() proposes the key frames", () => {
  assert.deepEqual(numbers(plan(film([20, 30, 25]), { mode: "keyframe" }).chosen), [0, 20, 50]);
});

Deno.test("planPictures() thins evenly to the maximum", () => {
  const { chosen, rejected } = plan(film([100]), { mode: "fps", fps: 10, minGap: 0, max: 7 });
  assert.equal(chosen.length, 7);
  assert.equal(rejected.length, 93);
  const [first, ...others] = numbers(chosen);
  assert.ok(first < 15 && (others.at(-1) ?? 0) > 85);
  others.forEach((number, i) => assert.ok([14, 15].includes(number - [first, ...others][i])));
});

Deno.test("planPictures() proposes all stills, whatever the mode and the gap", () => {
  const frames = film([1, 1, 1, 1], (index) => ({ seconds: index }));
  const input = { frames, isSparse: true, isStills: true };
  assert.deepEqual(numbers(planPictures(input, { ...settings, minGap: 9 }).chosen), [0, 1, 2, 3]);
});

Deno.test("planPictures() never lets train and test share a shot", () => {
  const lengths = Array.from({ length: 60 }, (_, i) => 12 + (i * 37) % 90);
  const { chosen } = plan(film(lengths), { testFraction: 0.15 });
  const shotsOf = (part: string) =>
    new Set(chosen.filter((choice) => choice.part === part).map(({ shot }) => shot));
  const [train, test] = [shotsOf("train"), shotsOf("test")];
  assert.ok(test.size > 0 && train.size > 0);
  assert.ok(test.isDisjointFrom(train));
  const share = chosen.filter(({ part }) => part === "test").length / chosen.length;
  assert.ok(Math.abs(share - 0.15) < 0.05, `share ${share}`);
});

Deno.test("chooseTestShots() sets whole shots aside, near the share, and leaves some to train with", () => {
  const counts = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 300 });
  fc.assert(fc.property(counts, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (shots, share) => {
    const tests = chooseTestShots(shots, share);
    const used = shots.filter((count) => count > 0).length;
    const total = shots.reduce((sum, count) => sum + count, 0);
    const set = [...tests].reduce((sum, shot) => sum + shots[shot], 0);
    assert.ok([...tests].every((shot) => shots[shot] > 0));
    assert.equal(tests.size > 0, used > 1);
    assert.ok(tests.size < Math.max(1, used));
    // Each of up to eight stretches is off by at most half a shot at both of its ends.
    if (used > 1) assert.ok(Math.abs(set - share * total) <= 8 * 5 + 1);
  }));
});

Deno.test("chooseTestShots() takes neighbours together, spread over the film", () => {
  const tests = [...chooseTestShots(new Array(200).fill(1), 0.1)].sort((a, b) => a - b);
  assert.equal(tests.length, 20);
  const stretches = tests.filter((shot, i) => shot !== tests[i - 1] + 1).length;
  assert.equal(stretches, 5);
  assert.ok(tests[0] < 25 && tests[19] > 175);
  assert.deepEqual([...chooseTestShots([3, 0, 0], 0.5)], []);
  assert.deepEqual([...chooseTestShots([1, 1, 1], 0)], []);
});
