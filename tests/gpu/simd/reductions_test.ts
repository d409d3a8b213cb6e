// The engine's sums, means, largest and smallest values and softmax against the cpu device's, over every choice of axes.

import fc from "fast-check";
import { assertSame, filled, type KernelCall, operandStream } from "./_compare.ts";

const random = operandStream("reductions");
const shapes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 0, maxLength: 5 });
const KERNELS = ["Sum", "Mean", "Max", "Min"];

/** The name under which tfjs passes the axes: the two kinds of kernels have different ones. */
function attrsOf(kernel: string, axes: number[], keepDims: boolean) {
  return { [kernel === "Max" ? "reductionIndices" : "axis"]: axes, axis: axes, keepDims };
}

Deno.test("Sum, Mean, Max and Min on simd equal cpu's over every choice of axes", async () => {
  const draws = fc.sample(fc.tuple(shapes, fc.nat(31), fc.boolean()), { numRuns: 160, seed: 5 });
  const calls = draws.map(([shape, mask, keepDims], i): KernelCall => {
    const kernel = KERNELS[i % KERNELS.length];
    // tfjs moves the axes of these two to the end before it calls the kernel of the cpu.
    const inner = shape.map((_, axis) => axis).filter((axis) => mask & (1 << axis));
    const last = inner.map((_, k) => shape.length - inner.length + k);
    const axes = kernel === "Max" || kernel === "Min" ? last : inner;
    return { kernel, inputs: { x: filled(random, shape) }, attrs: attrsOf(kernel, axes, keepDims) };
  });
  await assertSame(calls, { relative: 1e-5, absolute: 1e-6 });
});

Deno.test("Sum and Max on simd are right where a reduction is split among threads", async () => {
  const cases: [shape: number[], axes: number[]][] = [
    [[1, 70, 71, 35], [0, 1, 2]],
    [[300_001], [0]],
    [[3, 50_000], [1]],
    [[33_000, 3], [0]],
    [[2, 90, 17, 40], [1]],
  ];
  const calls = cases.flatMap(([shape, axes]) =>
    ["Sum", "Mean", "Max"].filter((kernel) => kernel !== "Max" || axes.at(-1) === shape.length - 1)
      .map((kernel): KernelCall => ({
        kernel,
        inputs: { x: filled(random, shape) },
        attrs: attrsOf(kernel, axes, false),
      }))
  );
  await assertSame(calls, { relative: 1e-5, absolute: 1e-3 });
});

Deno.test("Sum, Max and Min on simd pass NaN and infinity on", async () => {
  const calls = KERNELS.flatMap((kernel) =>
    [[2, 3, 37], [5, 4, 2]].map((shape): KernelCall => ({
      kernel,
      inputs: { x: filled(random, shape, true) },
      attrs: attrsOf(kernel, [2], false),
    }))
  );
  await assertSame(calls, { relative: 1e-5, absolute: 1e-6 });
});

Deno.test("Softmax on simd equals cpu's, for large values too", async () => {
  const calls = [[1, 1], [5, 3], [2, 3, 20], [7], [33, 1001]].map((shape): KernelCall => {
    const logits = filled(random, shape);
    logits.values.forEach((value, i) => logits.values[i] = 40 * value);
    return { kernel: "Softmax", inputs: { logits }, attrs: { dim: shape.length - 1 } };
  });
  await assertSame(calls, { relative: 1e-5, absolute: 1e-8 });
});
