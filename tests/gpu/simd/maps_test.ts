// The engine's maps over one and two tensors against the cpu device's: every operation, every broadcast, special values too.

import fc from "fast-check";
import { assertSame, filled, type KernelCall, type Operand, operandStream } from "./_compare.ts";

const random = operandStream("maps");
const shapes = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 0, maxLength: 5 });

/** Lengths around a vector of four, a run of 16,384, and none. */
const LENGTHS = [[1], [3], [4], [2, 3, 5], [0], [], [16_385], [40_003]];

/** Shapes that broadcast with each other: axes of one or the other, or both, are 1, and leading ones may be missing. */
const pairs = fc.tuple(shapes, fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }), fc.nat(5))
  .map(([shape, choice, drop]): [number[], number[]] => [
    shape.map((size, axis) => (choice[axis] === 1 ? 1 : size)),
    shape.map((size, axis) => (choice[axis] === 2 ? 1 : size)).slice(drop),
  ]);

/** Operands within [low, high], for functions that are defined there. */
function within(shape: number[], low: number, high: number): Operand {
  const { values } = filled(random, shape);
  return { shape, values: values.map(() => random.uniform(low, high)) as Float32Array };
}

Deno.test("Arithmetic on simd equals cpu's for every broadcast, NaN and infinity too", async () => {
  const names = ["Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum", "SquaredDifference"];
  const calls = fc.sample(pairs, { numRuns: 140, seed: 3 }).map(([a, b], i): KernelCall => ({
    kernel: names[i % names.length],
    inputs: { a: filled(random, a, true), b: filled(random, b, true) },
  }));
  await assertSame(calls, { relative: 1e-6 });
});

Deno.test("Comparisons on simd equal cpu's for every broadcast", async () => {
  const names = ["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"];
  const calls = fc.sample(pairs, { numRuns: 90, seed: 4 }).map(([a, b], i): KernelCall => {
    const inputs = { a: filled(random, a, true), b: filled(random, b, true) };
    // Coarse numbers, so that some are equal.
    for (const { values } of Object.values(inputs)) {
      values.forEach((value, at) => values[at] = Math.round(value));
    }
    return { kernel: names[i % names.length], inputs };
  });
  await assertSame(calls, {});
});

Deno.test("Pow, Mod, Atan2, Prelu and EluGrad on simd equal cpu's", async () => {
  const names: [kernel: string, first: string, second: string][] = [
    ["Pow", "a", "b"],
    ["Mod", "a", "b"],
    ["Atan2", "a", "b"],
    ["Prelu", "x", "alpha"],
  ];
  const calls = fc.sample(pairs, { numRuns: 60, seed: 6 }).map(([a, b], i): KernelCall => {
    const [kernel, first, second] = names[i % names.length];
    return { kernel, inputs: { [first]: filled(random, a), [second]: filled(random, b) } };
  });
  const gradients = LENGTHS.map((shape): KernelCall => ({
    kernel: "EluGrad",
    inputs: { dy: filled(random, shape), y: filled(random, shape) },
  }));
  await assertSame([...calls, ...gradients], { relative: 1e-6, absolute: 1e-7 });
});

Deno.test("Multiply on simd is right for tensors of many runs", async () => {
  const calls = [[[3, 9001], [9001]], [[40_003], [40_003]], [[5, 1, 7001], [1, 3, 1]]].map((
    [a, b],
  ): KernelCall => ({
    kernel: "Multiply",
    inputs: { a: filled(random, a), b: filled(random, b) },
  }));
  await assertSame(calls, { relative: 1e-6 });
});

Deno.test("Maps that select, round or take roots on simd equal cpu's, NaN and infinity too", async () => {
  const names = [
    ...["Relu", "LeakyRelu", "Step", "Neg", "Square", "Sqrt", "Rsqrt", "Abs", "Sign", "Reciprocal"],
    ...["Relu6", "ClipByValue", "Floor", "Ceil", "Round"],
  ];
  const calls = names.flatMap((kernel) =>
    LENGTHS.map((shape): KernelCall => ({
      kernel,
      inputs: { x: filled(random, shape, true) },
      attrs: { alpha: 0.2, clipValueMin: -0.5, clipValueMax: 0.75 },
    }))
  );
  const halves = { shape: [6], values: Float32Array.from([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]) };
  await assertSame([...calls, { kernel: "Round", inputs: { x: halves } }], { relative: 1e-6 });
});

Deno.test("Exp, Tanh and Sigmoid on simd are within a few units of the last place of cpu's", async () => {
  const edges = {
    shape: [14],
    values: Float32Array.from([
      ...[
        0,
        -0,
        NaN,
        Infinity,
        -Infinity,
        88.7,
        88.8,
        200,
        -87.3,
        -100,
        -103.9,
        -200,
        1e-20,
        0.625,
      ],
    ]),
  };
  const calls = ["Exp", "Tanh", "Sigmoid"].flatMap((kernel): KernelCall[] => [
    { kernel, inputs: { x: edges } },
    { kernel, inputs: { x: within([3001], -90, 90) } },
    { kernel, inputs: { x: within([3001], -3, 3) } },
    { kernel, inputs: { x: within([3001], -0.01, 0.01) } },
  ]);
  // The smallest normal number: below it, results may be flushed.
  await assertSame(calls, { relative: 5e-7, absolute: 2e-38 });
});

Deno.test("Logarithms, hyperbolic, trigonometric and other functions on simd equal cpu's", async () => {
  const domains: Record<string, [low: number, high: number]> = {
    ...{ Log: [0.001, 50], Log1p: [-0.9, 50], Expm1: [-20, 20], Elu: [-20, 20], Selu: [-20, 20] },
    ...{ Softplus: [-30, 30], Erf: [-4, 4], Sin: [-9, 9], Cos: [-9, 9], Tan: [-1.5, 1.5] },
    ...{ Asin: [-1, 1], Acos: [-1, 1], Atan: [-9, 9], Sinh: [-9, 9], Cosh: [-9, 9] },
    ...{ Asinh: [-9, 9], Acosh: [1, 9], Atanh: [-0.99, 0.99] },
  };
  const calls = Object.entries(domains).flatMap(([kernel, [low, high]]) =>
    [[3], [701], [0]].map((shape): KernelCall => ({
      kernel,
      inputs: { x: within(shape, low, high) },
    }))
  );
  await assertSame(calls, { relative: 1e-6, absolute: 1e-7 });
  const special = Object.keys(domains).map((kernel): KernelCall => ({
    kernel,
    inputs: { x: { shape: [4], values: Float32Array.from([NaN, Infinity, -Infinity, 0]) } },
  }));
  await assertSame(special, { absolute: 1e-7 });
});

Deno.test("AddN on simd equals cpu's for two to five inputs", async () => {
  const calls = [2, 3, 5].map((count): KernelCall => ({
    kernel: "AddN",
    inputs: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [String(i), filled(random, [3, 7])]),
    ),
  }));
  await assertSame(calls, { absolute: 1e-6 });
});
