// A history of generated images for a discriminator (Shrivastava et al. 2017, section 2.3): it judges old fakes beside new ones
// and so does not forget them.

import * as tf from "../gpu/tf.ts";
import type { Random } from "../gpu/random.ts";

/** Up to `capacity` single images [1, h, w, 3], owned by the pool. */
export interface ImagePool {
  readonly capacity: number;
  images: tf.Tensor4D[];
}

/** An empty pool; capacity 0 switches it off. */
export function initPool(capacity: number): ImagePool {
  return { capacity, images: [] };
}

/**
 * Puts images [n, h, w, 3] into the pool and gives back as many: while it fills, the images themselves; then each is, with
 * probability 1/2, kept and exchanged for a random older one. The caller owns the result.
 */
export function exchange(pool: ImagePool, images: tf.Tensor4D, random: Random): tf.Tensor4D {
  if (pool.capacity === 0) return tf.clone(images);
  const singles = tf.split(images, images.shape[0], 0) as tf.Tensor4D[];
  const given = singles.map((image) => {
    if (pool.images.length < pool.capacity) {
      pool.images.push(tf.keep(image));
      return tf.clone(image);
    }
    if (random.uniform() < 0.5) return image;
    const at = random.integer(pool.capacity);
    const old = pool.images[at];
    pool.images[at] = tf.keep(image);
    return old;
  });
  const batch = tf.concat(given, 0);
  tf.dispose(given);
  return batch;
}

/** Frees the pool's images. */
export function disposePool(pool: ImagePool): void {
  tf.dispose(pool.images);
  pool.images = [];
}
