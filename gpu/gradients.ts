// Training only: registers tfjs's gradients, then ours over those that are wrong, slow or not differentiable twice, and
// takes gradients of a loss by parameter path. Each correction is proved by finite differences in tests/gpu/.

import "./tf_training.ts";
import { freeingBackward, registerFreeing } from "./gradients_memory.ts";
import { hasKernel, runOwnKernel, type SideFilter } from "./own_kernels.ts";
import { sizeOf } from "./shape.ts";
import * as tf from "./tf.ts";
import { type ParamTree, treeVariables } from "./tree.ts";

type Attributes = Record<string, unknown>;
type GradientOf = (
  dy: tf.Tensor,
  saved: tf.Tensor[],
  attrs: Attributes,
) => Record<string, () => tf.Tensor>;

function correct(kernelName: string, inputsToSave: string[], gradient: GradientOf): void {
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc: (dy, saved, attrs) => gradient(dy as tf.Tensor, saved, attrs as Attributes),
  });
}

// The stock gradient slices the padding off and so drops what the reflected pixels contribute.
correct(tf.MirrorPad, [], (dy, _, { paddings, mode }) => {
  if (mode !== "reflect") {
    throw new RangeError(`Cannot take the gradient of padding mode "${mode}"`);
  }
  return { x: () => foldReflection(dy, paddings as [number, number][]) };
});
correct("MirrorPadGrad", [], (ddx, _, { paddings, mode }) => ({
  dy: () => tf.mirrorPad(ddx, paddings as [number, number][], mode as "reflect"),
}));

// The stock gradients of these two fill an array of ones on the CPU and upload it, at every call.
correct(tf.Sum, ["x"], (dy, [x], { axis }) => ({ x: () => spread(dy, x, axis, 1) }));
correct(tf.Mean, ["x"], (dy, [x], { axis }) => {
  const count = x.size / sizeOf(keptShape(x, axis));
  return { x: () => spread(dy, x, axis, 1 / count) };
});

// The stock gradient saves the output, whose link to the input is lost when it is differentiated again.
correct(tf.Tanh, ["x"], (dy, [x]) => ({
  x: () => tf.mul(dy, tf.sub(1, tf.square(tf.tanh(x)))),
}));

// The stock gradients compare and select, or compare and multiply; the first have no gradient of their own.
correct(tf.LeakyRelu, ["x"], (dy, [x], { alpha }) => ({
  x: () => slopeBelow(x, dy, alpha as number),
}));
correct(tf.Relu, ["x"], (dy, [x]) => ({ x: () => slopeBelow(x, dy, 0) }));
correct("LeakyReluGrad", ["x"], (ddx, [x], { alpha }) => ({
  dy: () => slopeBelow(x, ddx, alpha as number),
  x: () => tf.zerosLike(x),
}));

// The same. Of two equal values the first has the gradient, as in PyTorch's pooling.
correct(tf.Maximum, ["a", "b"], (dy, [a, b]) => {
  const isSecond = () => tf.step(tf.sub(b, a));
  return {
    a: () => sumTo(tf.mul(dy, tf.sub(1, isSecond())), a.shape),
    b: () => sumTo(tf.mul(dy, isSecond()), b.shape),
  };
});

/** The adjoint of repeating a tensor of some shape up to this one's. */
function sumTo(dy: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  return axes.length > 0 ? tf.reshape(tf.sum(dy, axes), shape) : dy;
}

// The stock subgradient at 0 is -1; 0 is what PyTorch uses, and the only one without a bias.
correct(tf.Abs, ["x"], (dy, [x]) => ({ x: () => tf.mul(dy, tf.sign(x)) }));

// The stock gradient goes through pow, whose own gradient takes logarithms.
correct(tf.Rsqrt, ["x"], (dy, [x]) => ({
  x: () => {
    const y = tf.rsqrt(x);
    return tf.mul(dy, tf.mul(tf.mul(y, tf.square(y)), -0.5));
  },
}));

// No stock gradient: needed where a filter is differentiated twice.
correct(tf.Conv2DBackpropFilter, ["x", "dy"], (ddw, [x, dy], attrs) => {
  const { strides, pad, dataFormat, dimRoundingMode } = attrs;
  const shared = { strides, pad, dataFormat, dimRoundingMode } as tf.NamedAttrMap;
  const run = (kernel: string, inputs: tf.NamedTensorMap, more: tf.NamedAttrMap): tf.Tensor =>
    tf.engine().runKernel(kernel, inputs, { ...shared, ...more });
  return {
    x: () => run(tf.Conv2DBackpropInput, { dy, filter: ddw }, { inputShape: x.shape }),
    dy: () => run(tf.Conv2D, { x, filter: ddw }, { dilations: 1 }),
  };
});

// No stock gradient: tfjs makes one for each call of tf.fused.conv2d, of a kind that cannot be differentiated again.
correct(tf.FusedConv2D, ["x", "filter"], (dy, [x, filter], attrs) => {
  const { strides, pad, dataFormat, dimRoundingMode } = attrs;
  const shared = { strides, pad, dataFormat, dimRoundingMode } as tf.NamedAttrMap;
  const run = (kernel: string, inputs: tf.NamedTensorMap, more: tf.NamedAttrMap): tf.Tensor =>
    tf.engine().runKernel(kernel, inputs, { ...shared, ...more });
  return {
    x: () => run(tf.Conv2DBackpropInput, { dy, filter }, { inputShape: x.shape }),
    filter: () => run(tf.Conv2DBackpropFilter, { x, dy }, { filterShape: filter.shape }),
    bias: () => tf.sum(dy, [0, 1, 2]),
  };
});

// Our own: dx = r (u - mean(u) - xn mean(u xn)), with u = dy act'(xn) and r = 1 / sqrt(var + epsilon), per channel of each image.
for (const kernelName of ["InstanceNorm", "InstanceNormAdd"]) {
  tf.registerGradient({
    kernelName,
    inputsToSave: ["x"],
    outputsToSave: [false, true],
    gradFunc: (dys, [x, statistics], attrs) => {
      const [dy] = [dys].flat();
      // As an attribute the statistics are none of the tape's business: the gradient's own gradient sees x through them already.
      const known = { ...attrs, ...(statistics && { statistics }) };
      return { x: () => runOwnKernel("InstanceNormGrad", { x, dy }, known), residual: () => dy };
    },
  });
}

// Its gradient, for a gradient g of dx. With a = cov(g, u), b = mean(g xn), c = mean(u xn) over the pixels:
//   with respect to dy: act'(xn) times dx for g in place of u, for that map is its own adjoint
//   with respect to x: -r^2 (xn (a - 3 b c) + (g - mean(g)) c + (u - mean(u)) b)
correct("InstanceNormGrad", ["x", "dy"], (g, [x, dy], attrs) => {
  const { epsilon, negativeSlope } = attrs as { epsilon: number; negativeSlope: number };
  const mean = (values: tf.Tensor) => tf.mean(values, [1, 2], true);
  const linear = { epsilon, negativeSlope: 1 };
  const slope = () => tf.step(runOwnKernel("InstanceNorm", { x }, linear), negativeSlope);
  return {
    dy: () => tf.mul(slope(), runOwnKernel("InstanceNormGrad", { x, dy: g }, linear)),
    x: () => {
      const xn = runOwnKernel("InstanceNorm", { x }, linear), u = tf.mul(dy, slope());
      const centredG = tf.sub(g, mean(g)), centredU = tf.sub(u, mean(u));
      const a = mean(tf.mul(centredG, u)), b = mean(tf.mul(g, xn)), c = mean(tf.mul(u, xn));
      const along = tf.mul(xn, tf.sub(a, tf.mul(3, tf.mul(b, c))));
      const sum = tf.addN([along, tf.mul(centredG, c), tf.mul(centredU, b)]);
      const variance = mean(tf.square(tf.sub(x, mean(x))));
      return tf.div(tf.neg(sum), tf.add(variance, epsilon));
    },
  };
});

// Our own: the adjoint of a filter is the filter turned round, with the zeros between pixels and the places left out changed about.
correct("FilterSides", [], (dy, _, attrs) => {
  const { taps, up, down, before, from, to } = attrs as unknown as SideFilter;
  const adjoint = { taps: taps.toReversed(), up: down, down: up, before: taps.length - 1 - before };
  return { x: () => runOwnKernel("FilterSides", { x: dy }, { ...adjoint, from: to, to: from }) };
});

// The stock gradient's CPU kernel reads the wrong pixels from the second image of a batch on, and has no gradient itself.
correct(tf.ResizeNearestNeighbor, ["images"], (dy, [images], { alignCorners }) => {
  const factors = [1, 2].map((axis) => dy.shape[axis] / images.shape[axis]);
  if (alignCorners || !factors.every(Number.isInteger)) {
    throw new RangeError(
      `Cannot take the gradient of a nearest-neighbour resize: the factors are ${factors}` +
        `${
          alignCorners ? " with aligned corners" : ""
        }; expected whole numbers, corners not aligned`,
    );
  }
  return { images: () => sumBlocks(dy, images.shape, factors) };
});

/** dy where x is above 0, else dy times alpha. */
function slopeBelow(x: tf.Tensor, dy: tf.Tensor, alpha: number): tf.Tensor {
  if (hasKernel("LeakyReluGrad")) return runOwnKernel("LeakyReluGrad", { x, dy }, { alpha });
  return tf.mul(dy, tf.step(x, alpha));
}

/** The adjoint of repeating each pixel: the sum over its block of copies, rows first. */
function sumBlocks(dy: tf.Tensor, shape: number[], [down, across]: number[]): tf.Tensor {
  const [n, h, w, c] = shape;
  const rows = tf.sum(tf.reshape(dy, [n * h, down, w * across * c]), 1);
  return tf.reshape(tf.sum(tf.reshape(rows, [n * h * w, across, c]), 1), shape);
}

/** The adjoint of reflection padding: each border strip is turned over and added where it was copied from. */
function foldReflection(dy: tf.Tensor, paddings: [number, number][]): tf.Tensor {
  if (hasKernel("MirrorPadGrad")) {
    return runOwnKernel("MirrorPadGrad", { dy }, { paddings, mode: "reflect" });
  }
  return paddings.reduce((folded, [before, after], axis) => {
    if (before === 0 && after === 0) return folded;
    const size = folded.shape[axis] - before - after;
    const strip = (start: number, length: number): tf.Tensor => {
      const begin = folded.shape.map((_, i) => (i === axis ? start : 0));
      return tf.slice(folded, begin, folded.shape.map((s, i) => (i === axis ? length : s)));
    };
    const turned = (start: number, length: number, at: number): tf.Tensor => {
      const around = folded.shape.map((_, i): [number, number] =>
        i === axis ? [at, size - at - length] : [0, 0]
      );
      return tf.pad(tf.reverse(strip(start, length), axis), around);
    };
    const parts = [strip(before, size)];
    if (before > 0) parts.push(turned(0, before, 1));
    if (after > 0) parts.push(turned(before + size, after, size - 1 - after));
    return tf.addN(parts);
  }, dy);
}

/** The shape of a reduction's result with the reduced axes kept as 1. */
function keptShape(x: tf.Tensor, axis: unknown): number[] {
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
  return x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
}

/** The gradient of a reduction: dy times a factor, repeated over the reduced axes on the device. */
function spread(dy: tf.Tensor, x: tf.Tensor, axis: unknown, factor: number): tf.Tensor {
  return tf.mul(tf.reshape(dy, keptShape(x, axis)), tf.fill(x.shape, factor));
}

registerFreeing();

/** Gradients by dotted parameter path; the caller owns the tensors. */
export type Gradients = Record<string, tf.Tensor>;

/** What a loss function gives: the scalar to differentiate, and other tensors to keep from the same forward pass. */
export interface LossResult<Kept extends Record<string, tf.Tensor>> {
  loss: tf.Scalar;
  kept: Kept;
}

/**
 * The loss, its gradient for every leaf of `params` (variables) and the kept tensors; the caller disposes all of them.
 * Variables outside `params` are constants: that is how half of a GAN is frozen.
 *
 * @throws {Error} naming a parameter that the loss does not depend on
 */
export function lossAndGradients<Kept extends Record<string, tf.Tensor>>(
  params: ParamTree,
  compute: () => LossResult<Kept>,
): { loss: tf.Scalar; gradients: Gradients; kept: Kept } {
  const entries = treeVariables(params);
  let kept: Kept | undefined;
  const { value, grads } = freeingBackward((forwardIsOver) =>
    tf.variableGrads(() => {
      const result = compute();
      kept = result.kept;
      Object.values(kept).forEach((tensor) => tf.keep(tensor));
      forwardIsOver();
      return result.loss;
    }, entries.map(([, leaf]) => leaf))
  );
  if (!kept) throw new Error("Cannot take gradients: the loss function was not called");
  const gradients = Object.fromEntries(entries.map(([path, leaf]) => {
    if (!grads[leaf.name]) {
      throw new Error(`Cannot train "${path}": the loss does not depend on it`);
    }
    return [path, grads[leaf.name]];
  }));
  return { loss: value, gradients, kept };
}
