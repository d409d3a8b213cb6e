// The changes of adaptive augmentation, drawn and applied, and the probability that follows the discriminator.

import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import {
  adapt,
  type Adaptation,
  applyChanges,
  CHANGES,
  drawChanges,
  type ImageChange,
} from "../../models/adaptive_augment.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

const NEUTRAL: ImageChange = {
  ...{ shift: [0, 0], zoom: [1, 1], brightness: 0, contrast: 1, saturation: 1 },
  hole: null,
};
const SIZE = [12, 8] as const;

const draw = (probability: number, kinds: typeof CHANGES[number][], count = 400) =>
  drawChanges({ count, size: SIZE, kinds, probability }, randomStream(1, "changes"));

Deno.test("drawChanges draws nothing with probability 0 and every kind with probability 1", () => {
  assert.ok(
    draw(0, [...CHANGES]).every((change) => {
      assert.deepEqual(change, NEUTRAL);
      return true;
    }),
  );
  const all = draw(1, [...CHANGES]);
  assert.ok(
    all.every(({ hole, zoom, brightness, contrast, saturation }) =>
      hole && zoom[0] !== 1 && zoom[1] !== zoom[0] && brightness && contrast !== 1 &&
      saturation !== 1
    ),
  );
});

Deno.test("drawChanges draws each kind alone, as often as it is told", () => {
  const isChanged: Record<typeof CHANGES[number], (change: ImageChange) => boolean> = {
    translation: ({ shift }) => shift[0] !== 0 || shift[1] !== 0,
    scale: ({ zoom }) => zoom[0] !== 1 && zoom[0] === zoom[1],
    stretch: ({ zoom }) => Math.abs(zoom[0] * zoom[1] - 1) < 1e-9 && zoom[0] !== 1,
    brightness: ({ brightness }) => brightness !== 0,
    contrast: ({ contrast }) => contrast !== 1,
    saturation: ({ saturation }) => saturation !== 1,
    cutout: ({ hole }) => hole !== null,
  };
  for (const kind of CHANGES) {
    const changes = draw(0.5, [kind]);
    for (const other of CHANGES) {
      const count = changes.filter(isChanged[other]).length;
      // Of 400, with a deviation of 10. A ninth of the shifts of an eighth of 12 x 8 pixels is none: 5 x 3 places.
      if (other === kind) assert.ok(Math.abs(count - 200) < 60, `${kind}: ${count} of 400`);
      else assert.equal(count, 0, `${other} while only ${kind} was asked for`);
    }
  }
});

Deno.test("drawChanges takes as many numbers of the stream whatever the probability", () => {
  const after = [0, 0.3, 1].map((probability) => {
    const random = randomStream(5, "changes");
    drawChanges({ count: 7, size: SIZE, kinds: [...CHANGES], probability }, random);
    return random.uint32();
  });
  assert.equal(new Set(after).size, 1);
});

Deno.test("drawChanges neither mirrors nor turns, and shifts by at most an eighth of a side", () => {
  for (const { shift: [down, right], zoom: [high, wide] } of draw(1, [...CHANGES])) {
    assert.ok(Math.abs(down) <= 2 && Math.abs(right) <= 1);
    assert.ok(Number.isInteger(down) && Number.isInteger(right));
    assert.ok(high > 0 && wide > 0);
  }
});

const picture = (n = 1) =>
  tf.tensor4d(randomStream(2, "x").normals(n * SIZE[0] * SIZE[1] * 3), [n, ...SIZE, 3]);

async function changed(changes: ImageChange[]): Promise<{ before: number[]; after: number[] }> {
  const before = picture(changes.length);
  const after = tf.tidy(() => tf.clone(applyChanges(before, changes)));
  const numbers = [await before.data(), await after.data()].map((values) => Array.from(values));
  tf.dispose([before, after]);
  return { before: numbers[0], after: numbers[1] };
}

forEachDevice(
  "applyChanges leaves an image exactly as it is where nothing is drawn for it",
  async () => {
    const moved: ImageChange = {
      ...{ shift: [1, 0], zoom: [1.1, 0.9], brightness: 0.1, contrast: 1.2, saturation: 0.7 },
      hole: [3, 3],
    };
    const { before, after } = await changed([NEUTRAL, moved]);
    const size = before.length / 2;
    assertClose(after.slice(0, size), before.slice(0, size), { absolute: 1e-6 });
    assert.notDeepEqual(after.slice(size), before.slice(size));
    const images = picture();
    assert.equal(applyChanges(images, [NEUTRAL]), images);
    images.dispose();
  },
);

forEachDevice("applyChanges moves whole pixels exactly, and zeros come in", async () => {
  const { before, after } = await changed([{ ...NEUTRAL, shift: [2, -1] }]);
  const [h, w] = SIZE;
  const expected = before.map((_, at) => {
    const c = at % 3, x = Math.floor(at / 3) % w + 1, y = Math.floor(at / 3 / w) - 2;
    return y >= 0 && y < h && x >= 0 && x < w ? before[(y * w + x) * 3 + c] : 0;
  });
  assertClose(after, expected, { absolute: 1e-6 });
});

forEachDevice(
  "applyChanges makes a flat picture brighter, and of more contrast, about mid-grey",
  async () => {
    const change = { ...NEUTRAL, brightness: 0.25, contrast: 2, saturation: 0 };
    const image = tf.tensor4d([0.25, 0, -0.25], [1, 1, 1, 3]);
    const after = tf.tidy(() => applyChanges(image, [change]));
    // (x + 0.25) * 2, then its mean.
    assertClose(await after.data(), [0.5, 0.5, 0.5], { absolute: 1e-6 });
    tf.dispose([image, after]);
  },
);

forEachDevice("applyChanges cuts a rectangle of half the sides out", async () => {
  const { before, after } = await changed([{ ...NEUTRAL, hole: [0, 4] }]);
  // Rows -3 to 2 and columns 2 to 5, of which rows 0 to 2 are there.
  const gone = after.filter((value, i) => value === 0 && before[i] !== 0).length;
  assert.equal(gone, 3 * 4 * 3);
});

Deno.test("adapt moves the probability every fourth step, by the mean of the signs", () => {
  const options = { target: 0.6, images: 1000 };
  let state: Adaptation = { probability: 0.5, signs: 0, steps: 0 };
  const seen = [1, 1, 1, -0.5, 1, 0, 1, 0].map((sign) => {
    state = adapt(state, { sign, batch: 25 }, options);
    return state.probability;
  });
  // Means 0.625 and 0.5: up, then down, by 25 * 4 / 1000.
  assertClose(seen, [0.5, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6, 0.5], { absolute: 1e-9 });
});

Deno.test("adapt stays within 0 and 1 and rises against a discriminator that is sure of everything", () => {
  const options = { target: 0.6, images: 500 };
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 80 }),
      (signs) => {
        let state: Adaptation = { probability: 0, signs: 0, steps: 0 };
        for (const sign of signs) {
          state = adapt(state, { sign, batch: 64 }, options);
          assert.ok(state.probability >= 0 && state.probability <= 1);
        }
      },
    ),
    { seed: 3 },
  );
  let state: Adaptation = { probability: 0, signs: 0, steps: 0 };
  for (let i = 0; i < 40; i++) state = adapt(state, { sign: 1, batch: 64 }, options);
  assert.equal(state.probability, 1);
  for (let i = 0; i < 40; i++) state = adapt(state, { sign: 0.5, batch: 64 }, options);
  assert.equal(state.probability, 0);
});
