// The CPU's slice, reverse and paddings against tfjs's own kernels and against index arithmetic.

import assert from "node:assert/strict";
import fc from "fast-check";
import { testOnCpu } from "../../_on_cpu.ts";
import { assertSameAsStock, type KernelInput, runKernel } from "./_stock.ts";

/** Values that tell their place, so that a misplaced one shows. */
function places(shape: readonly number[], dtype: KernelInput["dtype"] = "float32"): KernelInput {
  const length = shape.reduce((product, side) => product * side, 1);
  return { shape, dtype, values: Array.from({ length }, (_, i) => i + 1) };
}

const ours = (name: string, x: KernelInput, attrs: Record<string, unknown>) =>
  runKernel("ours", name, { x }, attrs);

const shapes = fc.array(fc.nat(5), { minLength: 1, maxLength: 4, size: "max" });

/** A shape with something drawn for each of its axes, given the axis' size. */
function perAxis<T>(draw: (size: number) => fc.Arbitrary<T>, least = 0) {
  return fc.array(fc.integer({ min: least, max: 5 }), { minLength: 1, maxLength: 4, size: "max" })
    .chain((
      shape,
    ) => fc.record({ shape: fc.constant(shape), drawn: fc.tuple(...shape.map(draw)) }));
}

testOnCpu("Slice equals tfjs's kernel for any part, and takes -1 for the rest of an axis", () => {
  const parts = perAxis((side) =>
    fc.nat(side).chain((begin) =>
      fc.tuple(fc.constant(begin), fc.integer({ min: -1, max: side - begin }))
    )
  );
  fc.assert(
    fc.property(parts, ({ shape, drawn }) => {
      const attrs = { begin: drawn.map(([at]) => at), size: drawn.map(([, size]) => size) };
      assertSameAsStock("Slice", { x: places(shape) }, attrs);
    }),
    { numRuns: 200 },
  );
});

testOnCpu("Slice cuts out what index arithmetic says", () => {
  const { shape, values } = ours("Slice", places([3, 4]), { begin: [1, 1], size: [2, 2] });
  assert.deepEqual([shape, values], [[2, 2], [6, 7, 10, 11]]);
  // A list shorter than the shape leaves the later axes whole.
  assert.deepEqual(ours("Slice", places([3, 2]), { begin: 1, size: 1 }).values, [3, 4]);
});

testOnCpu("Slice refuses a part that reaches outside, as tfjs's kernel does", () => {
  const wrong = [
    { begin: [0, 3], size: [1, 2] },
    { begin: [2, 0], size: [2, 4] },
    { begin: [0, 0], size: [3, 5] },
  ];
  for (const attrs of wrong) {
    const x = places([3, 4]);
    assert.throws(() => runKernel("stock", "Slice", { x }, attrs), JSON.stringify(attrs));
    assert.throws(() => ours("Slice", x, attrs), /Error in slice2D/, JSON.stringify(attrs));
  }
});

testOnCpu("Reverse equals tfjs's kernel for any axes, counted from either end", () => {
  const cases = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dims: fc.subarray(shape.map((_, axis) => axis)),
      negative: fc.boolean(),
    })
  );
  fc.assert(
    fc.property(cases, ({ shape, dims, negative }) => {
      const attrs = { dims: negative ? dims.map((axis) => axis - shape.length) : dims };
      assertSameAsStock("Reverse", { x: places(shape) }, attrs);
    }),
  );
  assert.deepEqual(ours("Reverse", places([2, 3]), { dims: [1] }).values, [3, 2, 1, 6, 5, 4]);
  assert.deepEqual(ours("Reverse", places([2, 3]), { dims: [0] }).values, [4, 5, 6, 1, 2, 3]);
});

testOnCpu("PadV2 equals tfjs's kernel for any widths and constant", () => {
  const cases = perAxis(() => fc.tuple(fc.nat(3), fc.nat(3)));
  fc.assert(
    fc.property(cases, fc.constantFrom(0, -1, 2.5), ({ shape, drawn }, constantValue) => {
      assertSameAsStock("PadV2", { x: places(shape) }, { paddings: drawn, constantValue });
    }),
  );
  const padded = ours("PadV2", places([1, 2]), { paddings: [[1, 0], [0, 2]], constantValue: 9 });
  assert.deepEqual(padded, { shape: [2, 4], dtype: "float32", values: [9, 9, 9, 9, 1, 2, 9, 9] });
});

for (const mode of ["reflect", "symmetric"]) {
  testOnCpu(`MirrorPad equals tfjs's kernel and index arithmetic in mode ${mode}`, () => {
    const most = (size: number) => mode === "reflect" ? size - 1 : size;
    const cases = perAxis((size) => fc.tuple(fc.nat(most(size)), fc.nat(most(size))), 1);
    fc.assert(
      fc.property(cases, ({ shape, drawn }) => {
        assertSameAsStock("MirrorPad", { x: places(shape) }, { paddings: drawn, mode });
      }),
    );
    const { values } = ours("MirrorPad", places([3]), { paddings: [[2, 2]], mode });
    const expected = { reflect: [3, 2, 1, 2, 3, 2, 1], symmetric: [2, 1, 1, 2, 3, 3, 2] };
    assert.deepEqual(values, Reflect.get(expected, mode));
  });
}

testOnCpu("Slice, Reverse, PadV2 and MirrorPad leave other types to tfjs's kernels", () => {
  const calls: [name: string, attrs: Record<string, unknown>][] = [
    ["Slice", { begin: [0, 1], size: [2, 2] }],
    ["Reverse", { dims: [0, 1] }],
    ["PadV2", { paddings: [[1, 0], [0, 1]], constantValue: 5 }],
    ["MirrorPad", { paddings: [[1, 0], [0, 1]], mode: "reflect" }],
  ];
  for (const [name, attrs] of calls) {
    const x = places([2, 3], "int32");
    assertSameAsStock(name, { x }, attrs);
    assert.equal(ours(name, x, attrs).dtype, "int32", name);
  }
});

testOnCpu("Reverse, PadV2 and MirrorPad give a scalar back", () => {
  const x: KernelInput = { shape: [], values: [7] };
  assert.deepEqual(ours("Reverse", x, { dims: [] }).values, [7]);
  assert.deepEqual(ours("PadV2", x, { paddings: [], constantValue: 0 }).values, [7]);
  assert.deepEqual(ours("MirrorPad", x, { paddings: [], mode: "reflect" }).values, [7]);
});
