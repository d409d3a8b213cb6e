// The engine's matrix products against the cpu device's: odd sizes, few rows, batches, operands turned.

import fc from "fast-check";
import {
  assertSame,
  filled,
  type KernelCall,
  operandStream,
  relativeToLargest,
} from "./_compare.ts";

const random = operandStream("matmul");
const size = fc.integer({ min: 1, max: 40 });

const products = fc.record({
  m: size,
  k: size,
  n: size,
  batches: fc.constantFrom([1, 1], [3, 3], [1, 4], [4, 1]),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  bias: fc.boolean(),
});

Deno.test("BatchMatMul and _FusedMatMul on simd equal cpu's", async () => {
  const calls = fc.sample(products, { numRuns: 120, seed: 9 }).map((
    { m, k, n, batches: [aBatch, bBatch], transposeA, transposeB, bias },
  ): KernelCall => {
    const a = filled(random, [aBatch, ...(transposeA ? [k, m] : [m, k])]);
    const b = filled(random, [bBatch, ...(transposeB ? [n, k] : [k, n])]);
    const attrs = { transposeA, transposeB };
    if (!bias) return { kernel: "BatchMatMul", inputs: { a, b }, attrs };
    return {
      kernel: "_FusedMatMul",
      inputs: { a, b, bias: filled(random, [n]) },
      attrs: { ...attrs, activation: "linear" },
    };
  });
  await assertSame(calls, relativeToLargest(1e-5));
});

Deno.test("BatchMatMul on simd is right for products of many blocks", async () => {
  const sizes = [[1, 300, 129], [24, 70, 200], [25, 70, 200], [301, 65, 97], [500, 17, 3]];
  const calls = sizes.map(([m, k, n]): KernelCall => ({
    kernel: "BatchMatMul",
    inputs: { a: filled(random, [1, m, k]), b: filled(random, [1, k, n]) },
    attrs: { transposeA: false, transposeB: false },
  }));
  await assertSame(calls, relativeToLargest(1e-5));
});
