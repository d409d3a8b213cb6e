// Projection: its distance and its gradient against plain loops and differences, and that a search finds what was hidden.

import assert from "node:assert/strict";
import "../../../gpu/gradients.ts";
import { randomStream } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import * as tf from "../../../gpu/tf.ts";
import { type ParamTree, treeEntries, treeFromEntries } from "../../../gpu/tree.ts";
import { type PosterGenerator, posterGenerator } from "../../../models/poster_generator.ts";
import type { DcganConfig } from "../../../models/poster/config.ts";
import {
  disposeProjection,
  disposeTarget,
  distancesTo,
  projectionPace,
  projectionStep,
  projectionTarget,
  startProjection,
} from "../../../models/poster/projection.ts";
import { openSpace } from "../../../models/poster_space.ts";
import { posterArchitecture } from "../../../models/registry.ts";
import { assertClose } from "../../_assert.ts";
import { forEachDevice } from "../../_gates.ts";

const config: DcganConfig = {
  ...{ architecture: "dcgan", latent: 5, genres: 3, normalise: true },
  ...{ width: 3, base: [3, 2], stages: 3 },
};
const HEIGHT = 24, WIDTH = 16;
const PIXELS_ALONE = { features: 0, prior: 0 };

function smallGenerator(): PosterGenerator {
  const random = randomStream(3, "generator");
  const entries = Object.entries(posterArchitecture(config).shapes(config)).map(([path, shape]) =>
    [path, tf.tensor(random.normals(sizeOf(shape), 0, 0.3), [...shape])] as const
  );
  return posterGenerator(treeFromEntries<ParamTree>(entries), config);
}

function randomImage(name: string, n = 1): tf.Tensor4D {
  const values = randomStream(4, name).normals(n * HEIGHT * WIDTH * 3, 0, 0.5);
  return tf.tensor4d(values, [n, HEIGHT, WIDTH, 3]);
}

/** A picture [h, w, 3] filtered by 1 3 3 1 over 8 along both sides, zeros outside, and halved. */
function halved(picture: number[][][]): number[][][] {
  const taps = [1 / 8, 3 / 8, 3 / 8, 1 / 8], h = picture.length / 2, w = picture[0].length / 2;
  return Array.from(
    { length: h },
    (_, y) =>
      Array.from({ length: w }, (_, x) =>
        [0, 1, 2].map((c) => {
          let sum = 0;
          taps.forEach((a, i) =>
            taps.forEach((b, j) =>
              sum += a * b * (picture[2 * y + i - 1]?.[2 * x + j - 1]?.[c] ?? 0)
            )
          );
          return sum;
        })),
  );
}

/** The distance of pixels in plain loops: at 24x16, and at 12x8 after one halving. */
function plainDistance(a: number[][][], b: number[][][]): number {
  const squares = (p: number[][][], q: number[][][]) => {
    const all = p.flatMap((row, y) =>
      row.flatMap((pixel, x) => pixel.map((v, c) => (v - q[y][x][c]) ** 2))
    );
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  };
  return (squares(a, b) + squares(halved(a), halved(b))) / 2;
}

forEachDevice(
  "distancesTo() is the mean square over the sizes, and half the mean square of features",
  async () => {
    const picture = randomImage("picture"), images = randomImage("images", 2);
    const of = (x: tf.Tensor4D) =>
      tf.reshape(tf.slice(x, [0, 0, 0, 0], [-1, 2, 1, 1]), [-1, 2]) as tf.Tensor2D;
    const target = projectionTarget(picture, of);
    assert.deepEqual(target.pyramid.map(({ shape }) => shape.slice(1, 3)), [[24, 16], [12, 8]]);
    const { pixels, features, total } = distancesTo(target, images, { features: 0.25 });
    assert(features);
    const [wanted, all] = [await picture.array(), await images.array()];
    const expected = all.map((image) => plainDistance(image, wanted[0]));
    assertClose(await pixels.data(), expected, { absolute: 1e-5 });
    const apart = all.map((image) =>
      0.25 *
      ((image[0][0][0] - wanted[0][0][0][0]) ** 2 + (image[1][0][0] - wanted[0][1][0][0]) ** 2)
    );
    assertClose(await features.data(), apart, { absolute: 1e-5 });
    assertClose(await total.data(), expected.map((p, i) => p + 0.25 * apart[i]), {
      absolute: 1e-5,
    });
    tf.dispose([picture, images, pixels, features, total]);
    disposeTarget(target);
  },
);

forEachDevice(
  "a projection's gradient is that of differences, by places and by genres",
  async () => {
    const generator = smallGenerator(), space = await openSpace("z", generator);
    const picture = randomImage("target"), target = projectionTarget(picture);
    const place = randomStream(5, "place").normals(2 * 5), genres = [0.9, 0.2, 0.4, 0.1, 0.8, 0.3];
    const weights = { features: 0, prior: 0.01 };
    const lossAt = async (placed: Float32Array, weighed: number[]) => {
      const total = tf.tidy(() => {
        const images = space.draw(tf.tensor2d(placed, [2, 5]), tf.tensor2d(weighed, [2, 3]));
        return distancesTo(target, images, weights).total;
      });
      const [first, second] = await total.data();
      total.dispose();
      const prior = placed.reduce((sum, value) => sum + value ** 2, 0) / 5;
      return first + second + weights.prior * prior;
    };
    const points = { place: tf.tensor2d(place, [2, 5]), genres: tf.tensor2d(genres, [2, 3]) };
    const state = startProjection(points);
    const before = await Promise.all(treeEntries(generator.params).map(([, leaf]) => leaf.data()));
    const draw = (p: typeof points | { place: tf.Tensor2D; genres?: tf.Tensor2D }) =>
      space.draw(p.place, p.genres as tf.Tensor2D);
    const { total } = await projectionStep(state, { draw, target, weights }, {
      ...{ rate: 0.01, noise: 0, random: randomStream(0, "none") },
    });
    assert.equal(total.length, 2);
    // Adam's first moments after one step are a tenth of the gradient.
    const gradientOf = async (key: "place" | "genres") => {
      const [, moments] = treeEntries(state.adam[key]?.m ?? {})[0];
      return (await moments.data()).map((value) => value * 10);
    };
    const step = 0.02;
    const byPlace = await Promise.all(Array.from(place, async (_, i) => {
      const at = (d: number) => lossAt(place.with(i, place[i] + d), genres);
      return (await at(step) - await at(-step)) / (2 * step);
    }));
    const byGenre = await Promise.all(genres.map(async (_, i) => {
      const at = (d: number) => lossAt(place, genres.with(i, genres[i] + d));
      return (await at(step) - await at(-step)) / (2 * step);
    }));
    const scale = Math.max(...byPlace.map(Math.abs));
    assert(scale > 1e-3);
    assertClose(await gradientOf("place"), byPlace, { absolute: 0.02 * scale });
    assertClose(await gradientOf("genres"), byGenre, {
      absolute: 0.02 * Math.max(...byGenre.map(Math.abs)),
    });
    const after = await Promise.all(treeEntries(generator.params).map(([, leaf]) => leaf.data()));
    assert.deepEqual(after, before);
    tf.dispose([picture, points]);
    disposeProjection(state);
    disposeTarget(target);
    space.dispose();
    generator.dispose();
  },
);

forEachDevice("a projection finds a hidden poster, and keeps genres between 0 and 1", async () => {
  const generator = smallGenerator(), space = await openSpace("z", generator);
  const hidden = tf.tensor2d(randomStream(6, "hidden").normals(5), [1, 5]),
    genre = tf.tensor2d([[1, 0, 0]]);
  const picture = tf.tidy(() => space.draw(hidden, genre)), target = projectionTarget(picture);
  const points = { place: tf.zeros<tf.Rank.R2>([1, 5]), genres: tf.fill<tf.Rank.R2>([1, 3], 0.1) };
  const state = startProjection(points), totals: number[] = [], steps = 60;
  for (let i = 0; i < steps; i++) {
    const { total, genres, finite } = await projectionStep(state, {
      draw: (p) => space.draw(p.place, p.genres as tf.Tensor2D),
      ...{ target, weights: PIXELS_ALONE },
    }, { ...projectionPace(i / steps, { rate: 0.2, noise: 0.02 }), random: randomStream(0, i) });
    assert(finite && genres && genres.every((weight) => weight >= 0 && weight <= 1));
    totals.push(total[0]);
  }
  assert(totals[steps - 1] < 0.2 * totals[0], `${totals[0]} to ${totals[steps - 1]}`);
  tf.dispose([hidden, genre, picture, points]);
  disposeProjection(state);
  disposeTarget(target);
  space.dispose();
  generator.dispose();
});

forEachDevice("a step that is not finite is left out", async () => {
  const picture = randomImage("any"), target = projectionTarget(picture);
  const points = { place: tf.tensor2d([[1, 2]]) }, state = startProjection(points);
  const draw = ({ place }: { place: tf.Tensor2D }) =>
    tf.mul(picture, tf.reshape(tf.mul(tf.sum(place), Infinity), [1, 1, 1, 1])) as tf.Tensor4D;
  const { finite } = await projectionStep(state, { draw, target, weights: PIXELS_ALONE }, {
    ...{ rate: 0.1, noise: 0, random: randomStream(0, "none") },
  });
  assert.equal(finite, false);
  assert.deepEqual(Array.from(await state.points.place.data()), [1, 2]);
  tf.dispose([picture, points]);
  disposeProjection(state);
  disposeTarget(target);
});

Deno.test("projectionPace() rises at first, falls to nothing at the end, and its noise is gone before", () => {
  const at = (t: number) => projectionPace(t, { rate: 0.1, noise: 0.05 });
  assert.deepEqual(at(0), { rate: 0, noise: 0.05 });
  assertClose([at(0.025).rate, at(0.5).rate], [0.05, 0.1], { absolute: 1e-12 });
  // Half of the last quarter: the cosine is half way down.
  assertClose([at(0.875).rate, at(1).rate], [0.05, 0], { absolute: 1e-12 });
  assertClose([at(0.375).noise, at(0.75).noise, at(0.9).noise], [0.0125, 0, 0], {
    absolute: 1e-12,
  });
});
