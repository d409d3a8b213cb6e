// The CPU's arithmetic with broadcasting and its reductions against tfjs's own kernels and against hand-worked numbers.

import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../../../gpu/random.ts";
import { testOnCpu } from "../../_on_cpu.ts";
import { assertSameAsStock, type KernelInput, runKernel } from "./_stock.ts";

const random = randomStream(1, "elementwise_test");

function input(shape: readonly number[], dtype: KernelInput["dtype"] = "float32"): KernelInput {
  const size = shape.reduce((product, side) => product * side, 1);
  const draw = dtype === "float32" ? () => random.uniform(0.5, 2) : () => random.integer(4) + 1;
  const signed = () => (random.uniform() < 0.5 ? -1 : 1) * draw();
  return { shape, dtype, values: Array.from({ length: size }, signed) };
}

// Mostly sizes that matter: a zero leaves nothing to compare.
const size = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, {
  weight: 15,
  arbitrary: fc.integer({ min: 1, max: 4 }),
});
const shapes = fc.array(size, { maxLength: 5, size: "max" });

/** Two shapes that broadcast: each of them drops leading axes of a whole and repeats along some others. */
const broadcastPairs = shapes.chain((whole) => {
  const part = fc.tuple(
    fc.nat(whole.length),
    fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  )
    .map(([dropped, repeated]) =>
      whole.map((size, axis) => repeated[axis] ? 1 : size).slice(dropped)
    );
  return fc.tuple(part, part);
});

for (const name of ["Add", "Sub", "Multiply", "RealDiv"]) {
  testOnCpu(`${name} equals tfjs's kernel for any two shapes that broadcast`, () => {
    fc.assert(
      fc.property(broadcastPairs, ([a, b]) => {
        assertSameAsStock(name, { a: input(a), b: input(b) });
      }),
      { numRuns: 300 },
    );
  });

  testOnCpu(`${name} leaves integers to tfjs's kernel, so that they stay integers`, () => {
    const [a, b] = [input([2, 3], "int32"), input([3], "int32")];
    assertSameAsStock(name, { a, b });
    assert.equal(runKernel("ours", name, { a, b }).dtype, "int32");
  });
}

testOnCpu("Sub and RealDiv keep the order of their operands when one repeats", () => {
  const a: KernelInput = { shape: [2, 1], values: [6, 8] };
  const b: KernelInput = { shape: [3], values: [1, 2, 4] };
  const values = (name: string, inputs: Record<string, KernelInput>) =>
    runKernel("ours", name, inputs).values;
  assert.deepEqual(values("Sub", { a, b }), [5, 4, 2, 7, 6, 4]);
  assert.deepEqual(values("Sub", { a: b, b: a }), [-5, -4, -2, -7, -6, -4]);
  assert.deepEqual(values("RealDiv", { a, b }), [6, 3, 1.5, 8, 4, 2]);
});

testOnCpu("RealDiv gives infinities and NaN as IEEE 754 says", () => {
  const a: KernelInput = { shape: [4], values: [1, -1, 0, Infinity] };
  const b: KernelInput = { shape: [], values: [0] };
  const { values } = runKernel("ours", "RealDiv", { a, b });
  assert.deepEqual(values, [Infinity, -Infinity, NaN, Infinity]);
});

testOnCpu("Add refuses shapes that do not broadcast", () => {
  const inputs = { a: input([2, 3]), b: input([2, 4]) };
  assert.throws(() => runKernel("ours", "Add", inputs), /could not be broadcast/);
});

const reductions = shapes.chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axis: fc.subarray(shape.map((_, axis) => axis)),
    keepDims: fc.boolean(),
    negative: fc.boolean(),
  })
);

for (const name of ["Sum", "Mean"]) {
  testOnCpu(`${name} equals tfjs's kernel for any shape and axes`, () => {
    fc.assert(
      fc.property(reductions, ({ shape, axis, keepDims, negative }) => {
        // What the sum and mean of nothing are is asked below.
        fc.pre(!shape.includes(0));
        const axes = negative ? axis.map((at) => at - shape.length) : axis;
        assertSameAsStock(name, { x: input(shape) }, { axis: axes, keepDims });
      }),
      { numRuns: 300 },
    );
  });
}

testOnCpu("Sum takes one axis, no axis named, a scalar, and nothing at all", () => {
  const x: KernelInput = { shape: [2, 3], values: [1, 2, 3, 40, 50, 60] };
  const sum = (axis: unknown, keepDims = false, of = x) =>
    runKernel("ours", "Sum", { x: of }, { axis, keepDims });
  assert.deepEqual(sum(0), { shape: [3], dtype: "float32", values: [41, 52, 63] });
  assert.deepEqual(sum(-1, true), { shape: [2, 1], dtype: "float32", values: [6, 150] });
  assert.deepEqual(sum(null), { shape: [], dtype: "float32", values: [156] });
  assert.deepEqual(sum(null, true).shape, [1, 1]);
  const scalar: KernelInput = { shape: [], values: [7] };
  assert.deepEqual(sum(null, false, scalar), { shape: [], dtype: "float32", values: [7] });
  assert.deepEqual(sum(0, false, { shape: [0, 3], values: [] }).values, [0, 0, 0]);
  assert.deepEqual(sum(1, false, { shape: [0, 3], values: [] }).values, []);
});

testOnCpu("Sum and Mean leave integers to tfjs's kernels", () => {
  const x = input([2, 3], "int32");
  for (const name of ["Sum", "Mean"]) assertSameAsStock(name, { x }, { axis: 1, keepDims: false });
  assert.equal(runKernel("ours", "Sum", { x }, { axis: 1, keepDims: false }).dtype, "int32");
});

testOnCpu("Sum adds in 64 bits, so that many small numbers are not lost beside a large one", () => {
  const values = [2 ** 24, ...new Array<number>(1000).fill(1)];
  const { values: [sum] } = runKernel("ours", "Sum", { x: { shape: [1001], values } }, {
    axis: null,
    keepDims: false,
  });
  assert.equal(sum, 2 ** 24 + 1000);
});
