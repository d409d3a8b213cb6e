// The procedural films: the same seed draws the same, pairs show one scene, the two films look different.

import assert from "node:assert/strict";
import { drawFrame, proceduralFilms } from "../../data/films.ts";
import { composeScene } from "../../data/films/compose.ts";
import type { Picture } from "../../gpu/picture.ts";

const size = { width: 64, height: 64 };
const options = { size, seed: 5, count: 6, testCount: 3 };

/** Brightness of each pixel, 0 to 255. */
function brightness({ data }: Picture): Float64Array {
  return Float64Array.from(
    { length: data.length / 4 },
    (_, i) => 0.3 * data[i * 4] + 0.59 * data[i * 4 + 1] + 0.11 * data[i * 4 + 2],
  );
}

/** How strongly brightness changes at each pixel, averaged over 3x3: where things are, whatever their colours. */
function edges(picture: Picture): Float64Array {
  const { width, height } = picture;
  const light = brightness(picture);
  const sharp = light.map((value, i) =>
    Math.abs(value - light[Math.min(light.length - 1, i + 1)]) +
    Math.abs(value - light[Math.min(light.length - 1, i + width)])
  );
  return sharp.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const [cx, cy] = [
          Math.min(width - 1, Math.max(0, x + dx)),
          Math.min(height - 1, Math.max(0, y + dy)),
        ];
        sum += sharp[cy * width + cx];
      }
    }
    return Math.sqrt(sum);
  });
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += (value - ma) * (b[i] - mb);
    aa += (value - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

/** Mean difference of the largest and smallest channel, 0 to 255. */
function colourfulness({ data }: Picture): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    const rgb = [data[i], data[i + 1], data[i + 2]];
    sum += Math.max(...rgb) - Math.min(...rgb);
  }
  return sum / (data.length / 4);
}

Deno.test("drawFrame gives the same bytes each time, other ones for another seed, reel, index or film", async () => {
  const first = await drawFrame(1, "test", 0, "A", size);
  assert.deepEqual(await drawFrame(1, "test", 0, "A", size), first);
  const others = await Promise.all([
    drawFrame(2, "test", 0, "A", size),
    drawFrame(1, "A", 0, "A", size),
    drawFrame(1, "test", 1, "A", size),
    drawFrame(1, "test", 0, "B", size),
  ]);
  for (const other of others) assert.notDeepEqual(other.data, first.data);
});

Deno.test("drawFrame draws any size, opaque", async () => {
  for (const [width, height] of [[324, 180], [90, 160], [16, 16], [16, 512], [512, 16]]) {
    for (const film of ["A", "B"] as const) {
      const frame = await drawFrame(1, film, 3, film, { width, height });
      assert.deepEqual([frame.width, frame.height, frame.data.length], [
        width,
        height,
        width * height * 4,
      ]);
      assert.ok(frame.data.every((value, i) => i % 4 !== 3 || value === 255));
    }
  }
});

Deno.test("drawFrame of one scene shows the same things in the same places in both films", async () => {
  const count = 12;
  const frames = await Promise.all(
    Array.from({ length: count }, async (_, i) => ({
      a: edges(await drawFrame(1, "test", i, "A", { width: 128, height: 128 })),
      b: edges(await drawFrame(1, "test", i, "B", { width: 128, height: 128 })),
    })),
  );
  let best = 0;
  for (const { a, b } of frames) {
    const own = correlation(a, b);
    const strangers = frames.map((other) => correlation(a, other.b));
    assert.ok(own > 0.3, `edges of a pair correlate by ${own}`);
    if (Math.max(...strangers) === own) best++;
  }
  assert.equal(best, count, "each frame's edges fit its own pair best");
});

Deno.test("drawFrame keeps film A muted and film B saturated and contrasty", async () => {
  const draw = (film: "A" | "B") =>
    Promise.all(Array.from({ length: 12 }, (_, i) => drawFrame(1, film, i, film, size)));
  const spread = (picture: Picture) => {
    const sorted = brightness(picture).toSorted();
    return sorted[Math.floor(sorted.length * 0.95)] - sorted[Math.floor(sorted.length * 0.05)];
  };
  const [a, b] = [await draw("A"), await draw("B")];
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [muted, vivid] = [mean(a.map(colourfulness)), mean(b.map(colourfulness))];
  assert.ok(vivid > 2 * muted, `${vivid} against ${muted}`);
  assert.ok(mean(b.map(spread)) > 1.2 * mean(a.map(spread)));
});

Deno.test("composeScene varies place, time, weather and season", () => {
  const scenes = Array.from({ length: 150 }, (_, i) => composeScene(1, `scene ${i}`, 100));
  const kinds = (of: (scene: typeof scenes[number]) => string) => new Set(scenes.map(of)).size;
  assert.equal(kinds(({ setting }) => setting), 6);
  assert.equal(kinds(({ time }) => time), 5);
  assert.equal(kinds(({ weather }) => weather), 5);
  assert.equal(kinds(({ season }) => season), 4);
  assert.ok(
    scenes.every(({ pieces }) => pieces.every(({ path }) => !/NaN|undefined|Infinity/.test(path))),
  );
});

Deno.test("proceduralFilms gives crops of the size, all scenes of a film once an epoch, the same for every order", async () => {
  const source = await proceduralFilms(options);
  assert.deepEqual([source.countA, source.countB, source.testCount, source.paired], [
    6,
    6,
    3,
    true,
  ]);
  assert.match(source.description, /6 A and 6 B to train; 3 pairs to test; 64x64/);
  const batch = await source.batch(2, 2);
  assert.ok([...batch.a, ...batch.b].every(({ width, height }) => width === 64 && height === 64));
  const again = await proceduralFilms(options);
  await again.batch(0, 3);
  assert.deepEqual(await again.batch(2, 2), batch);
  await Promise.all([source.close(), again.close()]);
});

Deno.test("proceduralFilms tests with both prints of the same scenes, drawn at the size itself", async () => {
  const source = await proceduralFilms(options);
  const { a, b, paired } = await source.testPictures(2);
  assert.equal(paired, true);
  const bytes = async (film: "A" | "B") => [...(await drawFrame(1, "test", 1, film, size)).data];
  assert.deepEqual([...a[1].data], await bytes("A"));
  assert.deepEqual([...b[1].data], await bytes("B"));
  await source.close();
});

Deno.test("proceduralFilms hashes what is drawn, not the order, and refuses counts below 1", async () => {
  const hash = async (extra: object) => (await proceduralFilms({ ...options, ...extra })).hash;
  const first = await hash({});
  assert.equal(await hash({ seed: 6, cacheBytes: 0 }), first);
  for (
    const change of [{ count: 7 }, { sceneSeed: 2 }, { load: 1 }, {
      size: { width: 64, height: 60 },
    }]
  ) {
    assert.notEqual(await hash(change), first);
  }
  await assert.rejects(hash({ testCount: 0 }), /a count is 0; expected a positive integer/);
});
