// The engine's kernels of our own, which the cpu device does not have, against plain loops in 64 bits.

import { strict as assert } from "node:assert";
import fc from "fast-check";
import { sizeOf } from "../../../gpu/shape.ts";
import { assertClose } from "../../_assert.ts";
import { filled, type KernelCall, type Operand, operandStream, runOnEngine } from "./_compare.ts";

const random = operandStream("training kernels");
const EPSILON = 1e-5;

/** Asserts outputs on 1, 2 and 3 threads. */
async function assertOutputs(
  calls: readonly KernelCall[],
  expected: readonly number[][][],
  absolute: number,
): Promise<void> {
  for (const threads of [1, 2, 3]) {
    const { results } = await runOnEngine(calls, { threads });
    calls.forEach(({ kernel, inputs }, i) => {
      const shapes = Object.values(inputs).map(({ shape }) => `[${shape}]`).join(" ");
      results[i].forEach(({ values }, output) =>
        assertClose(
          values,
          expected[i][output],
          { absolute, relative: 1e-5 },
          `${kernel} of ${shapes}`,
        )
      );
    });
  }
}

/** The normalised values of a channel, and one over its deviation. */
function normalised(values: number[]): { xn: number[]; r: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const r = 1 / Math.sqrt(variance + EPSILON);
  return { xn: values.map((value) => (value - mean) * r), r };
}

/** `compute` for each channel of each image of [n, h, w, c], its results put back in place. */
function perChannel(
  [n, h, w, c]: number[],
  inputs: ArrayLike<number>[],
  compute: (...channels: number[][]) => number[],
): number[] {
  const out = new Array<number>(n * h * w * c);
  for (let image = 0; image < n; image++) {
    for (let channel = 0; channel < c; channel++) {
      const places = Array.from({ length: h * w }, (_, p) => (image * h * w + p) * c + channel);
      compute(...inputs.map((values) => places.map((at) => values[at])))
        .forEach((value, p) => out[places[p]] = value);
    }
  }
  return out;
}

Deno.test("InstanceNorm and InstanceNormGrad on simd are their definitions", async () => {
  const shapes = fc.sample(
    fc.tuple(
      ...[2, 9, 9, 40].map((max) => fc.integer({ min: 1, max })),
      fc.constantFrom(1, 0, 0.2),
    ),
    { numRuns: 30, seed: 11 },
  );
  const drawn = shapes.map(([n, h, w, c, negativeSlope]) => {
    const shape = [n, h, w, c], x = filled(random, shape), dy = filled(random, shape);
    x.values.forEach((value, i) => x.values[i] = value * (i % c + 1) + 100 * (i % c));
    return { shape, x, dy, attrs: { epsilon: EPSILON, negativeSlope } };
  });
  const act = (slope: number) => (v: number) => Math.max(v, 0) + slope * Math.min(v, 0);
  const forward = drawn.map(({ x, attrs }): KernelCall => ({
    kernel: "InstanceNorm",
    inputs: { x },
    attrs,
  }));
  const backward = drawn.map(({ x, dy, attrs }): KernelCall => ({
    kernel: "InstanceNormGrad",
    inputs: { x, dy },
    attrs,
  }));
  const values = drawn.map(({ shape, x, attrs }) => [
    perChannel(
      shape,
      [x.values],
      (channel) => normalised(channel).xn.map(act(attrs.negativeSlope)),
    ),
  ]);
  const gradients = drawn.map(({ shape, x, dy, attrs }) => [
    perChannel(shape, [x.values, dy.values], (channel, slopes) => {
      const { xn, r } = normalised(channel);
      const u = slopes.map((slope, i) => slope * (xn[i] > 0 ? 1 : attrs.negativeSlope));
      const mean = (terms: number[]) => terms.reduce((sum, term) => sum + term, 0) / terms.length;
      const along = mean(u.map((value, i) => value * xn[i])), level = mean(u);
      return u.map((value, i) => r * (value - level - xn[i] * along));
    }),
  ]);
  await assertOutputs(forward, values, 2e-4);
  await assertOutputs(backward, gradients, 2e-4);
});

Deno.test("InstanceNorm on simd gives exact zeros for a flat channel, whatever its value and size", async () => {
  const calls = [[1, 5, 7, 3], [2, 20, 21, 24], [1, 64, 64, 16]].map((shape): KernelCall => ({
    kernel: "InstanceNorm",
    inputs: { x: { shape, values: new Float32Array(sizeOf(shape)).fill(0.3737) } },
    attrs: { epsilon: EPSILON, negativeSlope: 1 },
  }));
  const { results } = await runOnEngine(calls, { threads: 2 });
  for (const [{ values }] of results) assert.ok(Array.from(values).every((value) => value === 0));
});

Deno.test("AdamUpdate, EmaUpdate and GlobalNorm on simd are their definitions", async () => {
  const attrs = {
    ...{ beta1: 0.5, beta2: 0.99, fresh1: 0.4, fresh2: 0.02, rootCorrection: 3 },
    ...{ step: 0.01, epsilon: 1e-8 },
  };
  const shapes = [[1], [3, 5], [4, 4], [16_385], [3, 3, 17, 131], [0]];
  const drawn = shapes.map((shape) => {
    const [param, gradient, m, v] = Array.from({ length: 4 }, () => filled(random, shape));
    v.values.forEach((value, i) => v.values[i] = Math.abs(value));
    return { param, gradient, m, v };
  });
  const numbered = (all: readonly Record<string, Operand>[]): Record<string, Operand> =>
    Object.fromEntries(
      all.flatMap((each, i) => Object.entries(each).map(([name, operand]) => [name + i, operand])),
    );
  await assertOutputs(
    [{ kernel: "AdamUpdate", inputs: numbered(drawn), attrs }],
    [drawn.flatMap(({ param, gradient, m, v }) => {
      const g = Array.from(gradient.values);
      const newM = g.map((each, i) => attrs.beta1 * m.values[i] + attrs.fresh1 * each);
      const newV = g.map((each, i) => attrs.beta2 * v.values[i] + attrs.fresh2 * each * each);
      const newP = newM.map((each, i) =>
        param.values[i] -
        attrs.step * each / (attrs.rootCorrection * Math.sqrt(newV[i]) + attrs.epsilon)
      );
      return [newP, newM, newV];
    })],
    1e-5,
  );
  const decay = 0.9;
  const averages = drawn.map(({ param, m }) => ({ average: m, param }));
  await assertOutputs(
    [{ kernel: "EmaUpdate", inputs: numbered(averages), attrs: { decay } }],
    [drawn.map(({ param, m }) =>
      Array.from(param.values, (p, i) => p + (m.values[i] - p) * decay)
    )],
    1e-6,
  );
  const norm: KernelCall = {
    kernel: "GlobalNorm",
    inputs: Object.fromEntries(drawn.map(({ gradient }, i) => [`gradient ${i}`, gradient])),
  };
  const squares = drawn.flatMap(({ gradient }) => Array.from(gradient.values, (g) => g * g));
  await assertOutputs(
    [norm],
    [[[Math.sqrt(squares.reduce((sum, square) => sum + square, 0))]]],
    1e-4,
  );
});
