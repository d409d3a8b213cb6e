// The gradient penalties on critics whose slope is known.

import { gradientPenalty, zeroCentredPenalty } from "../../models/penalty.ts";
import { randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";
// The penalty is a gradient; training registers how gradients are taken.
import "../../gpu/gradients.ts";

const SIDE = 3, PIXELS = SIDE * SIDE * 3;

/** Images whose values are drawn, one stream per name. */
function images(count: number, name: string): tf.Tensor4D {
  const values = randomStream(1, name).normals(count * PIXELS);
  return tf.tensor4d(values, [count, SIDE, SIDE, 3]);
}

/** A critic that is linear in the image: one score, the sum of image times weights. */
function linear(weights: tf.Tensor4D) {
  return (x: tf.Tensor4D): tf.Tensor2D =>
    tf.reshape(tf.sum(tf.mul(x, weights), [1, 2, 3]), [-1, 1]);
}

/** Weights of a given length as a vector. */
function weightsOf(length: number): tf.Tensor4D {
  const values = randomStream(1, "weights").normals(PIXELS);
  const norm = Math.hypot(...values);
  return tf.tensor4d(values.map((value) => value * length / norm), [1, SIDE, SIDE, 3]);
}

function mixOf(...factors: number[]): tf.Tensor4D {
  return tf.tensor4d(factors, [factors.length, 1, 1, 1]);
}

async function penaltyOf(compute: () => tf.Scalar): Promise<number> {
  const penalty = tf.tidy(compute);
  const [value] = await penalty.data();
  penalty.dispose();
  return value;
}

forEachDevice(
  "gradientPenalty of a linear critic is (|w| - 1)^2, wherever it is taken",
  async () => {
    for (const length of [0, 0.25, 1, 3]) {
      const value = await penaltyOf(() =>
        gradientPenalty(linear(weightsOf(length)), {
          real: images(2, "real"),
          fake: images(2, "fake"),
          mix: mixOf(0.2, 0.9),
        })
      );
      assertClose(value, (length - 1) ** 2, { absolute: 1e-5 }, `slope ${length}`);
    }
  },
);

forEachDevice("gradientPenalty takes a sample's score as the mean of its patches", async () => {
  // Four patches that each see the whole image; their mean has the slope of one.
  const value = await penaltyOf(() => {
    const one = linear(weightsOf(3));
    return gradientPenalty((x) => tf.tile(one(x), [1, 4]), {
      real: images(2, "real"),
      fake: images(2, "fake"),
      mix: mixOf(0.5, 0.5),
    });
  });
  assertClose(value, 4, { relative: 1e-5 });
});

forEachDevice(
  "gradientPenalty judges each sample at its own point, real times mix plus fake times the rest",
  async () => {
    // D(x) = |x|^2 / 2 has the slope x, so the norm tells where the penalty was taken.
    const found = await penaltyOf(() =>
      gradientPenalty(
        (x) => tf.reshape(tf.mul(tf.sum(tf.square(x), [1, 2, 3]), 0.5), [-1, 1]),
        { real: images(3, "real"), fake: images(3, "fake"), mix: mixOf(1, 0, 0.25) },
      )
    );
    const real = randomStream(1, "real").normals(3 * PIXELS);
    const fake = randomStream(1, "fake").normals(3 * PIXELS);
    const terms = [1, 0, 0.25].map((mix, i) => {
      const point = Array.from({ length: PIXELS }, (_, p) => {
        const at = i * PIXELS + p;
        return mix * real[at] + (1 - mix) * fake[at];
      });
      return (Math.hypot(...point) - 1) ** 2;
    });
    assertClose(found, (terms[0] + terms[1] + terms[2]) / 3, { relative: 1e-5 });
  },
);

forEachDevice("gradientPenalty is a mean over samples, not over the batch's one norm", async () => {
  // Slopes 0.5 and 1.5: each off by a half, though their mean is 1.
  const found = await penaltyOf(() => {
    const perSample = tf.tensor4d([0.5, 1.5], [2, 1, 1, 1]);
    return gradientPenalty((x) => linear(weightsOf(1))(tf.mul(x, perSample) as tf.Tensor4D), {
      real: images(2, "real"),
      fake: images(2, "fake"),
      mix: mixOf(0.5, 0.5),
    });
  });
  assertClose(found, 0.25, { absolute: 1e-5 });
});

forEachDevice("gradientPenalty passes a gradient on to the critic's weights", async () => {
  // d (|w| - 1)^2 / dw = 2 (|w| - 1) w / |w|: of length 4 for |w| = 3, along w. At w = 0 it is 0, not NaN.
  const slopeAt = async (length: number) => {
    const slope = tf.tidy(() =>
      tf.grad((w: tf.Tensor) =>
        gradientPenalty(linear(w as tf.Tensor4D), {
          real: images(1, "real"),
          fake: images(1, "fake"),
          mix: mixOf(0.5),
        })
      )(weightsOf(length))
    );
    const values = await slope.data();
    slope.dispose();
    return values;
  };
  const direction = randomStream(1, "weights").normals(PIXELS), norm = Math.hypot(...direction);
  const expected = direction.map((value) => 4 * value / norm);
  assertClose(await slopeAt(3), expected, { absolute: 1e-4 });
  assertClose(await slopeAt(0), new Float32Array(PIXELS), { absolute: 1e-6 });
});

forEachDevice(
  "zeroCentredPenalty of a linear critic is |w|^2 / 2, wherever it is taken",
  async () => {
    for (const length of [0, 0.25, 3]) {
      const value = await penaltyOf(() =>
        zeroCentredPenalty(linear(weightsOf(length)), images(2, "real"))
      );
      assertClose(value, length ** 2 / 2, { absolute: 1e-5 }, `slope ${length}`);
    }
  },
);

forEachDevice("zeroCentredPenalty has the gradient of its critic's own parameters", async () => {
  // |s w|^2 / 2 has the slope s |w|^2 in s.
  const slope = tf.tidy(() => {
    const w = weightsOf(2), x = images(3, "real");
    return tf.grad((s: tf.Tensor) =>
      zeroCentredPenalty((y) => tf.mul(linear(w)(y), s) as tf.Tensor2D, x)
    )(tf.scalar(1.5));
  });
  assertClose((await slope.data())[0], 1.5 * 4, { absolute: 1e-4 }, "slope");
  slope.dispose();
});
