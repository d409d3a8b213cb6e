// Where shots begin, on frames drawn in plain loops; and which frames of a shot are chosen.

import assert from "node:assert/strict";
import type { Picture } from "../../gpu/picture.ts";
import { randomStream } from "../../gpu/random.ts";
import { analyseFrames } from "../../tasks/_frames_analysis.ts";
import { LOOK_SIZE, lookAt, lookDistance } from "../../tasks/_frames_look.ts";
import { chooseFromShot } from "../../tasks/_frames_shot_choice.ts";
import { findShotStarts, findSparseShotStarts } from "../../tasks/_frames_shots.ts";
import type { SmallFrame } from "../../tasks/_frames_source.ts";

type Paint = (x: number, y: number) => readonly [red: number, green: number, blue: number];

function paint(at: Paint): Picture {
  const { width, height } = LOOK_SIZE, data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    data.set([...at(i % width, Math.floor(i / width)), 255], 4 * i);
  }
  return { width, height, data };
}

/** A scene of large soft forms in its own colours, seen from `shift` pixels further right, with grain. */
function scene(number: number, shift = 0, grain = 0, gain = 1): Picture {
  const random = randomStream(number, "scene"), noise = randomStream(shift * 100 + grain, "grain");
  const forms = Array.from({ length: 6 }, () => ({
    x: random.integer(120) - 30,
    y: random.integer(36),
    radius: 6 + random.integer(14),
    colour: [random.integer(256), random.integer(256), random.integer(256)] as const,
  }));
  const back = [random.integer(200), random.integer(200), random.integer(200)] as const;
  return paint((x, y) => {
    const form = forms.find((form) => Math.hypot(x + shift - form.x, y - form.y) < form.radius);
    const [red, green, blue] = form?.colour ?? back, speck = grain * (noise.uniform() - 0.5);
    return [red * gain + speck, green * gain + speck, blue * gain + speck];
  });
}

/** `a` and `b` one through the other. */
function mix(a: Picture, b: Picture, share: number): Picture {
  return { ...a, data: a.data.map((value, i) => value * (1 - share) + b.data[i] * share) };
}

async function analyse(pictures: readonly Picture[]) {
  async function* frames(): AsyncGenerator<SmallFrame> {
    for (const [index, picture] of pictures.entries()) {
      await Promise.resolve();
      yield { index, seconds: index / 24, isKey: false, picture };
    }
  }
  return await analyseFrames(frames(), () => true);
}

const starts = async (pictures: readonly Picture[]) => findShotStarts(await analyse(pictures));
const shot = (number: number, frames: number, speed = 0, grain = 12) =>
  Array.from({ length: frames }, (_, i) => scene(number, i * speed, grain));

Deno.test("lookAt() measures brightness as its definition does", () => {
  const half = paint((x) => x < 32 ? [200, 200, 200] : [100, 100, 100]);
  const { mean, deviation, histogram } = lookAt(half);
  assert.ok(Math.abs(mean - 150) < 1e-6 && Math.abs(deviation - 50) < 1e-6);
  for (const channel of [0, 1, 2]) {
    const sum = histogram.slice(16 * channel, 16 * (channel + 1)).reduce((a, b) => a + b);
    assert.ok(Math.abs(sum - 1) < 1e-4, `channel ${channel} sums to ${sum}`);
  }
});

Deno.test("lookDistance() is 0 for the same frame, 1 for opposite ones, and the same both ways", () => {
  const black = lookAt(paint(() => [0, 0, 0])), white = lookAt(paint(() => [255, 255, 255]));
  const [one, other] = [lookAt(scene(1)), lookAt(scene(2))];
  assert.equal(lookDistance(one, one), 0);
  assert.equal(lookDistance(one, other), lookDistance(other, one));
  // Black and white have the same colour, that is none: their histograms differ in brightness alone.
  assert.ok(lookDistance(black, white) > 0.74);
  assert.ok(lookDistance(one, other) > 0.2);
  assert.ok(lookDistance(one, lookAt(scene(1, 1, 12))) < 0.1);
});

Deno.test("findShotStarts() finds hard cuts between still, panned and grainy shots", async () => {
  const film = [shot(1, 30), shot(2, 25, 1), shot(3, 6), shot(4, 40, 2, 30), shot(5, 20)];
  assert.deepEqual(await starts(film.flat()), [0, 30, 55, 61, 101]);
});

Deno.test("findShotStarts() finds a cut that a blended frame softens", async () => {
  const blended = mix(scene(1, 0, 12), scene(2, 0, 12), 0.5);
  const [, start, ...more] = await starts([...shot(1, 20), blended, ...shot(2, 20)]);
  assert.ok(start === 20 || start === 21);
  assert.deepEqual(more, []);
});

Deno.test("findShotStarts() takes flashes, swift pans and dissolves for no cuts", async () => {
  const white = paint(() => [255, 255, 255]);
  const flash = [...shot(1, 20), white, white, ...shot(1, 20)];
  assert.deepEqual(await starts(flash), [0]);
  const pan = [0, 0, 0, 0, 0, 0, 0, 0, 6, 12, 18, 24, 30, 36, 36, 36, 36, 36, 36, 36, 36];
  assert.deepEqual(await starts(pan.map((shift) => scene(6, shift, 12))), [0]);
  const dissolve = Array.from({ length: 24 }, (_, i) => mix(scene(1), scene(2), i / 23));
  assert.deepEqual(await starts([...shot(1, 20), ...dissolve, ...shot(2, 20)]), [0]);
});

Deno.test("findShotStarts() parts shots where the film fades to black, but not at its ends", async () => {
  const fade = [0.9, 0.7, 0.5, 0.3, 0.1],
    black = Array.from({ length: 8 }, () => scene(1, 0, 0, 0));
  const out = fade.map((gain) => scene(1, 0, 0, gain));
  const into = fade.toReversed().map((gain) => scene(2, 0, 0, gain));
  const film = [...black, ...shot(1, 20), ...out, ...black, ...into, ...shot(2, 20), ...black];
  // Black from 33 to 40.
  const found = await starts(film);
  assert.equal(found.filter((start) => start >= 31 && start <= 43).length, 1, String(found));
  assert.ok(!found.some((start) => start > 43 && start < 66), String(found));
  assert.deepEqual(await starts(black), [0]);
});

Deno.test("findShotStarts() measures a cut by what moves around it", () => {
  const film = (motion: number, cut: number) =>
    Array.from({ length: 60 }, (_, i) => {
      const step = i === 30 ? cut : motion;
      return { step, leap: i >= 30 && i <= 33 ? cut : motion, isBlack: false };
    });
  assert.deepEqual(findShotStarts(film(0.02, 0.3)), [0, 30]);
  assert.deepEqual(findShotStarts(film(0.1, 0.3)), [0]);
  assert.deepEqual(findShotStarts(film(0.1, 0.5)), [0, 30]);
  assert.deepEqual(findShotStarts(film(0, 0.1)), [0]);
});

Deno.test("findShotStarts() gives one shot for one frame and for none", () => {
  const frame = { step: 0, leap: 0, isBlack: false };
  assert.deepEqual([findShotStarts([frame]), findShotStarts([])], [[0], []]);
});

Deno.test("findSparseShotStarts() joins stills that look alike", async () => {
  const frames = await analyse([scene(1), scene(1, 2, 12), scene(2), scene(2, 3), scene(3)]);
  assert.deepEqual(findSparseShotStarts(frames), [0, 2, 4]);
});

const frames = (count: number, step: (i: number) => number = () => 0.05) =>
  Array.from({ length: count }, (_, i) => ({ seconds: i / 25, step: step(i) }));

Deno.test("chooseFromShot() spaces frames evenly, inside the shot and as far apart as asked", () => {
  const never = () => false;
  for (const seconds of [0.5, 1, 2.2, 5, 9, 60]) {
    for (const minGap of [0, 0.5, 2]) {
      const all = frames(25 * seconds), end = all[all.length - 1].seconds;
      const chosen = chooseFromShot(all, { perShot: 3, minGap }, never).map((f) => f.seconds);
      assert.ok(chosen.length >= 1 && chosen.length <= 3);
      const margin = Math.min(0.5, 0.2 * end);
      for (const at of chosen) assert.ok(at >= margin && at <= end - margin, `${at} of ${end}`);
      chosen.slice(1).forEach((at, i) => assert.ok(at - chosen[i] >= minGap - 1e-9));
      if (end > 2 * 0.5 + 3 * (minGap + 0.1)) assert.equal(chosen.length, 3);
    }
  }
});

Deno.test("chooseFromShot() takes the frame with the least motion, and a bad one only if it must", () => {
  const once = { perShot: 1, minGap: 1 };
  // 100 frames: their middle half of what is inside the margins is about 31 to 68.
  const calm = frames(100, (i) => i === 40 || i === 41 ? 0.001 : 0.05);
  assert.equal(chooseFromShot(calm, once, () => false)[0], calm[40]);
  const [chosen] = chooseFromShot(calm, once, (frame) => frame.seconds < 2);
  assert.ok(chosen.seconds >= 2);
  assert.equal(chooseFromShot(calm, once, () => true)[0], calm[40]);
  assert.deepEqual(chooseFromShot(frames(4), once, () => false), []);
});
