// Differentiable augmentation against plain loops that are given the same draws.

import assert from "node:assert/strict";
import { augment, type Augmentation, AUGMENTATIONS } from "../../models/augment.ts";
import { type Random, randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";
// Gradients pass through; training registers how they are taken.
import "../../gpu/gradients.ts";

type Shape = readonly [n: number, h: number, w: number, c: 3];

const shapes: Shape[] = [[3, 16, 24, 3], [2, 7, 5, 3], [1, 2, 3, 3]];

const stream = () => randomStream(8, "augment_test");
const drawImages = ([n, h, w, c]: Shape, name = "images") =>
  randomStream(8, name).normals(n * h * w * c, 0, 0.5);

/** A batch in 64 bits, given by each value's place. */
function build(
  [n, h, w]: Shape,
  value: (i: number, y: number, x: number, c: number) => number,
): Float64Array {
  return Float64Array.from({ length: n * h * w * 3 }, (_, at) => {
    const c = at % 3, x = Math.floor(at / 3) % w, y = Math.floor(at / (3 * w)) % h;
    return value(Math.floor(at / (3 * w * h)), y, x, c);
  });
}

const draws = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw);
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Each kind of change by its definition (Zhao et al. 2020): brightness, saturation, contrast; shift; one hole. */
const oracles: Record<
  Augmentation,
  (x: Float64Array, shape: Shape, random: Random) => Float64Array
> = {
  color(x, shape, random) {
    const [n, h, w] = shape, size = h * w * 3;
    const bright = draws(n, () => random.uniform(-0.5, 0.5));
    const saturation = draws(n, () => random.uniform(0, 2));
    const contrast = draws(n, () => random.uniform(0.5, 1.5));
    const saturated = x.map((value, at) => {
      const i = Math.floor(at / size), pixel = at - at % 3;
      const grey = mean(x.subarray(pixel, pixel + 3));
      return grey + bright[i] + (value - grey) * saturation[i];
    });
    const levels = contrast.map((_, i) => mean(saturated.subarray(i * size, (i + 1) * size)));
    return saturated.map((value, at) => {
      const i = Math.floor(at / size);
      return levels[i] + (value - levels[i]) * contrast[i];
    });
  },
  translation(x, shape, random) {
    const [n, h, w] = shape, down = Math.round(h / 8), right = Math.round(w / 8);
    const shifts = draws(
      n,
      () => [random.integer(2 * down + 1) - down, random.integer(2 * right + 1) - right],
    );
    return build(shape, (i, y, column, c) => {
      const [fromY, fromX] = [y + shifts[i][0], column + shifts[i][1]];
      const inside = fromY >= 0 && fromY < h && fromX >= 0 && fromX < w;
      return inside ? x[((i * h + fromY) * w + fromX) * 3 + c] : 0;
    });
  },
  cutout(x, shape, random) {
    const [n, h, w] = shape, high = Math.round(h / 2), wide = Math.round(w / 2);
    const corners = draws(n, () => [
      random.integer(h) - Math.floor(high / 2),
      random.integer(w) - Math.floor(wide / 2),
    ]);
    return build(shape, (i, y, column, c) => {
      const [top, left] = corners[i];
      const cut = y >= top && y < top + high && column >= left && column < left + wide;
      return cut ? 0 : x[((i * h + y) * w + column) * 3 + c];
    });
  },
};

/** The numbers of an augmented batch. */
async function augmented(
  values: Float32Array,
  shape: Shape,
  kinds: readonly Augmentation[],
  random: Random,
): Promise<Float32Array> {
  const output = tf.tidy(() => augment(tf.tensor4d(values, [...shape]), kinds, random));
  assert.deepEqual(output.shape, shape);
  const numbers = await output.data<"float32">();
  output.dispose();
  return numbers;
}

for (const kind of AUGMENTATIONS) {
  forEachDevice(`augment by ${kind} equals plain loops with the same draws`, async () => {
    for (const shape of shapes) {
      const random = stream(), expected = stream();
      // Several times, so that the draws reach the borders.
      for (let round = 0; round < 5; round++) {
        const values = drawImages(shape, `round ${round}`);
        const wanted = oracles[kind](Float64Array.from(values), shape, expected);
        const found = await augmented(values, shape, [kind], random);
        assertClose(found, wanted, { absolute: 1e-5 }, `${kind} of [${shape}]`);
      }
    }
  });
}

forEachDevice("augment applies all kinds in one order, whatever the list's", async () => {
  const shape = shapes[0], values = drawImages(shape), random = stream();
  const wanted = AUGMENTATIONS.reduce<Float64Array>(
    (x, kind) => oracles[kind](x, shape, random),
    Float64Array.from(values),
  );
  const listed: Augmentation[] = ["cutout", "color", "translation"];
  assertClose(await augmented(values, shape, listed, stream()), wanted, { absolute: 1e-5 });
});

forEachDevice("augment repeats itself for the same random state and not for another", async () => {
  const shape = shapes[0], values = drawImages(shape), random = stream();
  const first = await augmented(values, shape, AUGMENTATIONS, random);
  const second = await augmented(values, shape, AUGMENTATIONS, random);
  assert.deepEqual(await augmented(values, shape, AUGMENTATIONS, stream()), first);
  assert.notDeepEqual(second, first);
});

forEachDevice("augment changes each image of a batch by draws of its own", async () => {
  const one = drawImages([1, 16, 16, 3]), size = one.length;
  const twice = Float32Array.from({ length: 2 * size }, (_, i) => one[i % size]);
  for (const kind of AUGMENTATIONS) {
    const found = await augmented(twice, [2, 16, 16, 3], [kind], stream());
    assert.notDeepEqual(found.slice(0, size), found.slice(size), kind);
  }
});

forEachDevice("augment without kinds gives the images themselves and draws nothing", () => {
  const random = stream(), images = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
  assert.equal(augment(images, [], random), images);
  assert.equal(random.uint32(), stream().uint32());
  images.dispose();
});

forEachDevice(
  "augment passes the exact gradient on: each kind is affine in the images",
  async () => {
    const shape = shapes[0], size = drawImages(shape).length;
    const [values, step, weights] = ["x", "step", "weights"].map((name) => drawImages(shape, name));
    for (const kinds of [...AUGMENTATIONS.map((kind) => [kind]), AUGMENTATIONS]) {
      const output = tf.tidy(() => {
        const p = tf.tensor4d(weights, [...shape]);
        const scalar = (x: tf.Tensor) =>
          tf.sum(tf.mul(augment(x as tf.Tensor4D, kinds, stream()), p));
        return tf.grad(scalar)(tf.tensor4d(values, [...shape]));
      });
      const gradient = await output.data();
      output.dispose();
      const moved = values.map((value, i) => value + step[i]);
      const before = await augmented(values, shape, kinds, stream());
      const after = await augmented(moved, shape, kinds, stream());
      let along = 0, change = 0;
      for (let i = 0; i < size; i++) {
        along += gradient[i] * step[i];
        change += weights[i] * (after[i] - before[i]);
      }
      assertClose(along, change, { absolute: 1e-3 }, `${kinds}`);
      assert.ok(gradient.some((value) => value !== 0));
    }
  },
);
