// Pooling as a composition of operations that can be differentiated twice; tfjs's own kernels cannot.

import * as tf from "./tf.ts";

/** What lies outside the border when the largest value is looked for; finite, so that differences stay numbers. */
const LOWEST = -3e38;

/**
 * The largest value of each window of `size` x `size` pixels, two pixels apart: [n, h, w, c] to [n, h', w', c],
 * h' = floor((h + 2 pad - size) / 2) + 1, as PyTorch's `MaxPool2d(size, 2, pad)`.
 */
export function maxPool(
  images: tf.Tensor4D,
  { size, pad = 0 }: { size: 2 | 3; pad?: 0 | 1 },
): tf.Tensor4D {
  return poolAxis(poolAxis(images, 1, size, pad), 2, size, pad);
}

/** The largest of each two or three neighbours along an axis, two places apart. */
function poolAxis(x: tf.Tensor4D, axis: 1 | 2, size: 2 | 3, pad: 0 | 1): tf.Tensor4D {
  const length = x.shape[axis], count = Math.floor((length + 2 * pad - size) / 2) + 1;
  // Even and odd places lie side by side once pairs are a row; the third of a window is the next pair's first.
  const pairs = size === 2 ? count : count + 1;
  const outer = x.shape.slice(0, axis).reduce((all, side) => all * side, 1);
  const inner = x.shape.slice(axis + 1).reduce((all, side) => all * side, 1);
  const rows = tf.reshape(fitted(x, axis, pad, 2 * pairs), [outer, pairs, 2 * inner]);
  const part = (pair: number, odd: 0 | 1) =>
    tf.slice(rows, [0, pair, odd * inner], [outer, count, inner]);
  const two = tf.maximum(part(0, 0), part(0, 1));
  const largest = size === 2 ? two : tf.maximum(two, part(1, 0));
  return tf.reshape(largest, x.shape.map((side, i) => (i === axis ? count : side)) as Shape);
}

type Shape = [number, number, number, number];

/** An axis with `before` lowest values in front of it and cut or filled to a length. */
function fitted(x: tf.Tensor4D, axis: 1 | 2, before: number, length: number): tf.Tensor4D {
  const after = length - before - x.shape[axis];
  const kept = x.shape.map((side, i) => (i === axis ? side + Math.min(0, after) : side)) as Shape;
  const cut = after < 0 ? tf.slice(x, [0, 0, 0, 0], kept) : x;
  if (before === 0 && after <= 0) return cut;
  const around = x.shape.map((_, i): [number, number] =>
    i === axis ? [before, Math.max(0, after)] : [0, 0]
  );
  return tf.pad(cut, around, LOWEST);
}

/** The mean of each pixel and its eight neighbours, zeros outside the border: PyTorch's `AvgPool2d(3, 1, 1)`, same shape. */
export function averagePool(images: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w, c] = images.shape;
  const padded = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]]);
  const rows = tf.addN([0, 1, 2].map((y) => tf.slice(padded, [0, y, 0, 0], [n, h, w + 2, c])));
  const sum = tf.addN([0, 1, 2].map((x) => tf.slice(rows, [0, 0, x, 0], [n, h, w, c])));
  return tf.mul(sum, 1 / 9);
}
