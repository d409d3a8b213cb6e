// The engine's copies, picks, borders and resizes against the cpu device's, or against a definition where tfjs's own is wrong.

import { strict as assert } from "node:assert";
import fc from "fast-check";
import { sizeOf } from "../../../gpu/shape.ts";
import { assertClose } from "../../_assert.ts";
import {
  assertSame,
  filled,
  type KernelCall,
  type Operand,
  operandStream,
  runOnEngine,
} from "./_compare.ts";

const random = operandStream("rearrangements");
const shape5 = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 });

function sample<T>(arbitrary: fc.Arbitrary<T>, numRuns: number, seed: number): T[] {
  return fc.sample(arbitrary, { numRuns, seed });
}

/** A small whole number below `limit`, by a draw. */
const below = (limit: number) => random.integer(limit);

Deno.test("Transpose, Reverse, Slice and PadV2 on simd equal cpu's", async () => {
  const calls = sample(shape5, 60, 1).flatMap((shape): KernelCall[] => {
    const x = filled(random, shape), rank = shape.length;
    const begin = shape.map((size) => below(size));
    const paddings = shape.map(() => [below(3), below(3)]);
    return [
      { kernel: "Transpose", inputs: { x }, attrs: { perm: [...random.permutation(rank)] } },
      {
        kernel: "Reverse",
        inputs: { x },
        attrs: { dims: shape.map((_, axis) => axis).filter(() => below(2)) },
      },
      {
        kernel: "Slice",
        inputs: { x },
        attrs: { begin, size: shape.map((size, axis) => below(size - begin[axis] + 1)) },
      },
      { kernel: "PadV2", inputs: { x }, attrs: { paddings, constantValue: 1.5 } },
    ];
  });
  await assertSame(calls, {});
});

Deno.test("Concat, Pack, Unpack, SplitV and Tile on simd equal cpu's", async () => {
  const calls = sample(shape5, 40, 2).flatMap((shape): KernelCall[] => {
    const axis = below(shape.length);
    const other = shape.map((size, i) => (i === axis ? below(4) : size));
    const list = (...shapes: number[][]): Record<string, Operand> =>
      Object.fromEntries(shapes.map((each, i) => [String(i), filled(random, each)]));
    const first = below(shape[axis] + 1);
    return [
      { kernel: "Concat", inputs: list(shape, other, shape), attrs: { axis } },
      { kernel: "Pack", inputs: list(shape, shape), attrs: { axis } },
      { kernel: "Unpack", inputs: { value: filled(random, shape) }, attrs: { axis } },
      {
        kernel: "SplitV",
        inputs: { x: filled(random, shape) },
        attrs: { axis, numOrSizeSplits: [first, shape[axis] - first] },
      },
    ];
  });
  const tiles = sample(
    fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    25,
    3,
  )
    .map((shape): KernelCall => ({
      kernel: "Tile",
      inputs: { x: filled(random, shape) },
      attrs: { reps: shape.map(() => 1 + below(3)) },
    }));
  await assertSame([...calls, ...tiles], {});
});

Deno.test("Transpose and Slice on simd are right for tensors of many runs", async () => {
  await assertSame([
    {
      kernel: "Transpose",
      inputs: { x: filled(random, [2, 61, 73, 9]) },
      attrs: { perm: [0, 3, 1, 2] },
    },
    {
      kernel: "Slice",
      inputs: { x: filled(random, [3, 101, 103, 7]) },
      attrs: { begin: [1, 2, 3, 1], size: [2, 97, 99, 5] },
    },
  ], {});
});

Deno.test("GatherV2 on simd equals cpu's on every axis, and refuses what is out of range", async () => {
  const calls = sample(shape5, 40, 4).map((shape): KernelCall => {
    const axis = below(shape.length), count = below(6);
    const indices: Operand = {
      shape: [count],
      values: Int32Array.from({ length: count }, () => below(shape[axis])),
      dtype: "int32",
    };
    return {
      kernel: "GatherV2",
      inputs: { x: filled(random, shape), indices },
      attrs: { axis, batchDims: 0 },
    };
  });
  await assertSame(calls, {});
  const wrong: KernelCall = {
    kernel: "GatherV2",
    inputs: {
      x: filled(random, [3, 2]),
      indices: { shape: [2], values: Int32Array.from([0, 3]), dtype: "int32" },
    },
    attrs: { axis: 0, batchDims: 0 },
  };
  await assert.rejects(runOnEngine([wrong], { threads: 1 }), {
    name: "RangeError",
    message: "Cannot gather: an index is 3, expected 0 to 2",
  });
});

Deno.test("UnsortedSegmentSum on simd equals cpu's, ids that belong nowhere left out", async () => {
  const calls = [[7, 5], [30, 3, 2], [4], [0, 3]].map((shape): KernelCall => ({
    kernel: "UnsortedSegmentSum",
    inputs: {
      x: filled(random, shape),
      segmentIds: {
        shape: [shape[0]],
        values: Int32Array.from({ length: shape[0] }, () => below(6) - 1),
        dtype: "int32",
      },
    },
    attrs: { numSegments: 4 },
  }));
  await assertSame(calls, { absolute: 1e-5 });
});

Deno.test("Fill, ZerosLike, OnesLike, Select, Cast and Reshape on simd equal cpu's", async () => {
  const condition = (shape: number[]): Operand => ({
    shape,
    values: Uint8Array.from({ length: sizeOf(shape) }, () => below(2)),
    dtype: "bool",
  });
  const calls = [[3, 5], [1], [0, 4], [41]].flatMap((shape): KernelCall[] => {
    const x = filled(random, shape, true);
    return [
      { kernel: "Fill", inputs: {}, attrs: { shape, value: 0.25, dtype: "float32" } },
      { kernel: "ZerosLike", inputs: { x } },
      { kernel: "OnesLike", inputs: { x } },
      { kernel: "Cast", inputs: { x: condition(shape) }, attrs: { dtype: "float32" } },
      { kernel: "Reshape", inputs: { x }, attrs: { shape: [sizeOf(shape)] } },
      { kernel: "Select", inputs: { condition: condition(shape), t: x, e: filled(random, shape) } },
    ];
  });
  await assertSame(calls, {});
});

Deno.test("MirrorPad on simd equals cpu's, and its gradient kernel is the adjoint", async () => {
  const sizes = fc.record({
    shape: fc.tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 4, max: 9 }),
      fc.integer({ min: 4, max: 9 }),
      fc.integer({ min: 1, max: 6 }),
    ),
    pads: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    mode: fc.constantFrom("reflect", "symmetric"),
  });
  const drawn = sample(sizes, 40, 5).map(({ shape, pads: [top, bottom, left, right], mode }) => {
    const paddings = [[0, 0], [top, bottom], [left, right], [0, 0]];
    const x = filled(random, shape);
    const dy = filled(random, shape.map((size, i) => size + paddings[i][0] + paddings[i][1]));
    return { x, dy, attrs: { paddings, mode } };
  });
  const forward = drawn.map(({ x, attrs }): KernelCall => ({
    kernel: "MirrorPad",
    inputs: { x },
    attrs,
  }));
  await assertSame(forward, {});
  const backward = drawn.map(({ dy, attrs }): KernelCall => ({
    kernel: "MirrorPadGrad",
    inputs: { dy },
    attrs,
  }));
  const { results } = await runOnEngine([...forward, ...backward], { threads: 2 });
  // <pad(x), dy> = <x, fold(dy)>: that is what an adjoint is.
  drawn.forEach(({ x, dy }, i) => {
    const padded = results[i][0].values, folded = results[drawn.length + i][0].values;
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((sum, value, at) => sum + value * b[at], 0);
    assertClose(dot(x.values, folded), dot(padded, dy.values), { absolute: 1e-4 });
  });
});

const resizes = fc.record({
  images: fc.tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 6 }),
  ),
  size: fc.tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 15 })),
  mode: fc.constantFrom([false, false], [true, false], [false, true]),
});

Deno.test("ResizeNearestNeighbor and ResizeBilinear on simd equal cpu's, and their gradients are adjoints", async () => {
  const drawn = sample(resizes, 60, 6).map(
    ({ images, size, mode: [alignCorners, halfPixelCenters] }, i) => {
      const kernel = i % 2 ? "ResizeBilinear" : "ResizeNearestNeighbor";
      const [n, , , c] = images;
      return {
        kernel,
        // tfjs's gradients know nothing of half pixels.
        attrs: { size, alignCorners, halfPixelCenters },
        images: filled(random, images),
        dy: filled(random, [n, ...size, c]),
      };
    },
  );
  const forward = drawn.map(({ kernel, attrs, images }): KernelCall => ({
    kernel,
    inputs: { images },
    attrs,
  }));
  await assertSame(forward, { absolute: 1e-5 });
  const whole = drawn.filter(({ attrs }) => !attrs.halfPixelCenters);
  const backward = whole.map(({ kernel, attrs, images, dy }): KernelCall => ({
    kernel: `${kernel}Grad`,
    inputs: { images, dy },
    attrs: { alignCorners: attrs.alignCorners },
  }));
  const again = whole.map(({ kernel, attrs, images }): KernelCall => ({
    kernel,
    inputs: { images },
    attrs,
  }));
  const { results } = await runOnEngine([...again, ...backward], { threads: 2 });
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, at) => sum + value * b[at], 0);
  whole.forEach(({ images, dy }, i) => {
    const resized = results[i][0].values, spread = results[whole.length + i][0].values;
    assertClose(dot(images.values, spread), dot(resized, dy.values), { absolute: 1e-3 });
  });
});
