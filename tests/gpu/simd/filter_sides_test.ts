// The engine's filter along both sides, which the cpu device does not have, against plain loops in 64 bits.

import fc from "fast-check";
import { assertClose } from "../../_assert.ts";
import { filterPixels, grid } from "../_reference.ts";
import { filled, type KernelCall, operandStream, runOnEngine } from "./_compare.ts";

const random = operandStream("filter sides");

Deno.test("FilterSides on simd is its definition, zeros between pixels and places left out", async () => {
  const whole = (min: number, max: number) => fc.integer({ min, max });
  const drawn = fc.sample(
    fc.record({
      shape: fc.tuple(whole(1, 3), whole(1, 9), whole(1, 9), whole(1, 21)),
      count: whole(1, 7),
      up: whole(1, 3),
      down: whole(1, 3),
      before: whole(0, 6),
      after: whole(0, 6),
    }),
    { numRuns: 60, seed: 5 },
  ).filter(({ shape: [, h, w], count, up, before, after }) =>
    Math.min(h, w) * up + before + after >= count
  );
  const calls = drawn.map(({ shape, count, up, down, before, after }): KernelCall => {
    const taps = [...random.normals(count)];
    const to = shape.slice(1, 3).map((side) =>
      Math.floor((side * up + before + after - count) / down) + 1
    );
    const attrs = { taps, up, down, before, from: shape.slice(1, 3), to };
    return { kernel: "FilterSides", inputs: { x: filled(random, [...shape]) }, attrs };
  });
  const expected = calls.map(({ inputs: { x }, attrs }, i) => {
    const { before, after } = drawn[i],
      { taps, up, down } = attrs as { taps: number[] } & Record<"up" | "down", number>;
    // The definition does not turn the taps round, a convolution does.
    const turned = taps.toReversed(), square = turned.map((a) => turned.map((b) => a * b));
    const pixels = grid(x.shape, (at) => x.values[at]);
    return filterPixels(pixels, square, { up, down, pad: [before, after] });
  });
  for (const threads of [1, 2, 3]) {
    const { results } = await runOnEngine(calls, { threads });
    expected.forEach(({ data }, i) =>
      assertClose(results[i][0].values, data, { absolute: 1e-4, relative: 1e-5 }, `call ${i}`)
    );
  }
});
