// The CPU's convolution kernels against tfjs's own and against plain loops.

import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { assertClose } from "../../_assert.ts";
import { testOnCpu } from "../../_on_cpu.ts";
import { conv2d, grid } from "../_reference.ts";
import { assertSameAsStock, type KernelInput, runKernel } from "./_stock.ts";

const random = randomStream(1, "convolution_test");
const shared = { dataFormat: "NHWC", dimRoundingMode: undefined };

function input(shape: readonly number[], dtype: KernelInput["dtype"] = "float32"): KernelInput {
  const size = shape.reduce((product, side) => product * side, 1);
  const draw = dtype === "int32" ? () => random.integer(9) - 4 : () => random.uniform(-1, 1);
  return { shape, dtype, values: Array.from({ length: size }, draw) };
}

const side = fc.integer({ min: 1, max: 8 });
const channels = fc.integer({ min: 1, max: 6 });
const pads = fc.oneof(
  fc.nat(2),
  fc.constantFrom("same", "valid"),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)).map(
    ([top, bottom, left, right]) => [[0, 0], [top, bottom], [left, right], [0, 0]],
  ),
);
const convolutions = fc.record({
  x: fc.tuple(fc.integer({ min: 1, max: 3 }), side, side, channels),
  size: fc.integer({ min: 1, max: 4 }),
  cout: channels,
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  pad: pads,
}).map(({ size, cout, ...rest }) => ({ ...rest, filter: [size, size, rest.x[3], cout] }));

/** The output's shape, or undefined if the image is too small to have one. */
function outputShape(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dilations = 1 }: { strides: unknown; pad: unknown; dilations?: unknown },
): number[] | undefined {
  try {
    const { outShape } = tf.backend_util.computeConv2DInfo(
      ...[
        x,
        filter,
        strides,
        dilations,
        pad,
        undefined,
        false,
        "channelsLast",
      ] as unknown as Parameters<
        typeof tf.backend_util.computeConv2DInfo
      >,
    );
    return outShape.every((size) => size > 0) ? outShape : undefined;
  } catch {
    return undefined;
  }
}

testOnCpu("Conv2D equals tfjs's kernel for any size, stride, padding and dilation", () => {
  fc.assert(
    fc.property(
      convolutions,
      fc.integer({ min: 1, max: 2 }),
      ({ x, filter, ...attrs }, dilation) => {
        const dilations = attrs.strides.every((stride) => stride === 1) ? [dilation, dilation] : 1;
        fc.pre(outputShape(x, filter, { ...attrs, dilations }) !== undefined);
        const inputs = { x: input(x), filter: input(filter) };
        assertSameAsStock("Conv2D", inputs, { ...shared, ...attrs, dilations });
      },
    ),
  );
});

testOnCpu("Conv2DBackpropInput equals tfjs's kernel for any size, stride and padding", () => {
  fc.assert(
    fc.property(convolutions, ({ x, filter, ...attrs }) => {
      const out = outputShape(x, filter, attrs);
      fc.pre(out !== undefined);
      const inputs = { dy: input(out ?? []), filter: input(filter) };
      assertSameAsStock("Conv2DBackpropInput", inputs, { ...shared, ...attrs, inputShape: x });
    }),
  );
});

testOnCpu("Conv2DBackpropFilter equals tfjs's kernel for any size, stride and padding", () => {
  fc.assert(
    fc.property(convolutions, ({ x, filter, ...attrs }) => {
      const out = outputShape(x, filter, attrs);
      fc.pre(out !== undefined);
      const inputs = { x: input(x), dy: input(out ?? []) };
      assertSameAsStock("Conv2DBackpropFilter", inputs, {
        ...shared,
        ...attrs,
        filterShape: filter,
      });
    }),
  );
});

testOnCpu("Conv2D equals plain loops where the patches come in several chunks", () => {
  // 2 x 17 x 19 = 646 output pixels: two full chunks of 256 and a rest.
  const x = input([2, 17, 19, 3]), filter = input([3, 3, 3, 5]);
  const { values, shape } = runKernel("ours", "Conv2D", { x, filter }, {
    ...shared,
    strides: 1,
    pad: 1,
    dilations: 1,
  });
  const asGrid = ({ shape, values }: KernelInput) => grid(shape, (i) => Math.fround(values[i]));
  assert.deepEqual(shape, [2, 17, 19, 5]);
  assertClose(values, conv2d(asGrid(x), asGrid(filter), 1, 1).data, { absolute: 1e-5 });
  const dy = input(shape);
  assertSameAsStock("Conv2DBackpropInput", { dy, filter }, {
    ...shared,
    strides: 1,
    pad: 1,
    inputShape: x.shape,
  });
  assertSameAsStock("Conv2DBackpropFilter", { dy, x }, {
    ...shared,
    strides: 1,
    pad: 1,
    filterShape: filter.shape,
  });
});

testOnCpu("Conv2D takes integers, an empty batch, and an image smaller than its filter", () => {
  const attrs = { ...shared, strides: 1, pad: 1, dilations: 1 };
  const filter = input([3, 3, 2, 3], "int32"), whole = { x: input([1, 4, 5, 2], "int32"), filter };
  // The numbers agree; tf.conv2d itself lets no integers in, so the result's type is of no account.
  assert.deepEqual(
    runKernel("ours", "Conv2D", whole, attrs).values,
    runKernel("stock", "Conv2D", whole, attrs).values,
  );
  assertSameAsStock("Conv2D", { x: input([1, 4, 5, 2]), filter }, attrs);
  assertSameAsStock("Conv2D", { x: input([1, 1, 1, 2]), filter: input([3, 3, 2, 1]) }, attrs);
  assert.deepEqual(
    runKernel("ours", "Conv2D", { x: input([0, 4, 5, 2]), filter }, attrs),
    { shape: [0, 4, 5, 3], dtype: "float32", values: [] },
  );
});

testOnCpu("Conv2D refuses channels first", () => {
  const inputs = { x: input([1, 2, 4, 4]), filter: input([3, 3, 2, 1]) };
  const attrs = { strides: 1, pad: 1, dilations: 1, dataFormat: "NCHW" };
  assert.throws(() => runKernel("ours", "Conv2D", inputs, attrs), {
    name: "RangeError",
    message: "Cannot convolve: data format is NCHW, expected NHWC",
  });
});
