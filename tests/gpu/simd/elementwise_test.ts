// The engine's arithmetic, maps and sums against the cpu device's.

import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../../../gpu/random.ts";
import { assertClose } from "../../_assert.ts";
import { type KernelCall, runOn } from "./_compare.ts";

const random = randomStream(1, "simd elementwise");

function filled(shape: number[], special = false) {
  const values = random.normals(shape.reduce((product, side) => product * side, 1));
  const odd = [NaN, Infinity, -Infinity, 0, -0];
  if (special) {
    values.forEach((_, i) =>
      values[i] = random.uniform() < 0.2 ? odd[random.integer(odd.length)] : values[i]
    );
  }
  return { shape, values };
}

async function assertSame(calls: KernelCall[], absolute = 0): Promise<void> {
  const expected = await runOn("cpu", calls), found = await runOn("simd", calls);
  calls.forEach(({ kernel, inputs, attrs }, i) => {
    const what = `${kernel} ${
      JSON.stringify({ attrs, shapes: Object.values(inputs).map(({ shape }) => shape) })
    }`;
    assert.deepEqual(found[i].shape, expected[i].shape, what);
    assertClose(found[i].values, expected[i].values, { absolute, relative: 1e-6 }, what);
  });
}

const shapes = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 0, maxLength: 5 });

Deno.test("Add, Sub, Multiply and RealDiv on simd equal cpu's for every broadcast", async () => {
  const pairs = fc.sample(
    fc.tuple(shapes, fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }), fc.nat(5)),
    {
      numRuns: 150,
      seed: 3,
    },
  );
  const calls = pairs.flatMap(([shape, choice, drop], i): KernelCall[] => {
    const a = shape.map((size, axis) => (choice[axis] === 1 ? 1 : size));
    const b = shape.map((size, axis) => (choice[axis] === 2 ? 1 : size)).slice(drop);
    const kernel = ["Add", "Sub", "Multiply", "RealDiv"][i % 4];
    return [{ kernel, inputs: { a: filled(a, true), b: filled(b, true) } }];
  });
  await assertSame(calls);
});

Deno.test("Relu, LeakyRelu, Step, Neg, Square, Sqrt, Rsqrt and Abs on simd equal cpu's, NaN and infinity too", async () => {
  const calls = ["Relu", "LeakyRelu", "Step", "Neg", "Square", "Sqrt", "Rsqrt", "Abs"].flatMap((
    kernel,
  ) =>
    [[1], [3], [4], [2, 3, 5], [0], []].map((shape): KernelCall => ({
      kernel,
      inputs: { x: filled(shape, true) },
      attrs: { alpha: 0.2 },
    }))
  );
  await assertSame(calls);
});

Deno.test("Sum and Mean on simd equal cpu's over every choice of axes", async () => {
  const draws = fc.sample(fc.tuple(shapes, fc.nat(31), fc.boolean()), { numRuns: 150, seed: 5 });
  const calls = draws.map(([shape, mask, keepDims], i): KernelCall => ({
    kernel: i % 2 ? "Sum" : "Mean",
    inputs: { x: filled(shape) },
    attrs: { axis: shape.map((_, axis) => axis).filter((axis) => mask & (1 << axis)), keepDims },
  })).filter(({ inputs }) => !inputs.x.shape.includes(0));
  await assertSame(calls, 1e-6);
});

Deno.test("AddN on simd equals cpu's for one to five inputs", async () => {
  const calls = [1, 2, 3, 5].map((count): KernelCall => ({
    kernel: "AddN",
    inputs: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [String(i), filled([3, 7])]),
    ),
  }));
  await assertSame(calls, 1e-6);
});
