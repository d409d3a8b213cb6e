// Posters' genres as tensors.

import * as tf from "../gpu/tf.ts";

/** Labels of one byte for each genre as a tensor [n, width]; the caller owns it. @param width 0 for a model without genres */
export function genresToTensor(genres: readonly Uint8Array[], width: number): tf.Tensor2D {
  const values = genres.flatMap((labels) => Array.from(labels.subarray(0, width)));
  return tf.tensor2d(values, [genres.length, width]);
}
