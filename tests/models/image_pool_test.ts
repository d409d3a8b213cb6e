// The history of fakes: what goes in, what comes out, how often, and who frees it.

import assert from "node:assert/strict";
import { disposePool, exchange, type ImagePool, initPool } from "../../models/image_pool.ts";
import { randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

/** Images of one pixel whose value is a number that stands for them. */
function tagged(...tags: number[]): tf.Tensor4D {
  return tf.tensor4d(tags.flatMap((tag) => [tag, tag, tag]), [tags.length, 1, 1, 3]);
}

async function tagsOf(images: tf.Tensor4D): Promise<number[]> {
  const values = await images.data();
  return Array.from({ length: images.shape[0] }, (_, i) => values[3 * i]);
}

/** The numbers of the images that come out for those that go in. */
async function exchangeTags(
  pool: ImagePool,
  tags: number[],
  random = randomStream(1, "pool"),
): Promise<number[]> {
  const images = tagged(...tags), given = exchange(pool, images, random);
  assert.deepEqual(given.shape, images.shape);
  const out = await tagsOf(given);
  tf.dispose([images, given]);
  return out;
}

const poolTags = (pool: ImagePool) => Promise.all(pool.images.map((image) => tagsOf(image)));

forEachDevice(
  "exchange gives images themselves and keeps copies while the pool fills",
  async () => {
    const pool = initPool(5);
    assert.deepEqual(await exchangeTags(pool, [1, 2]), [1, 2]);
    assert.deepEqual(await exchangeTags(pool, [3]), [3]);
    assert.deepEqual((await poolTags(pool)).flat(), [1, 2, 3]);
    assert.deepEqual(await exchangeTags(pool, [4, 5]), [4, 5]);
    assert.equal(pool.images.length, 5);
    assert.deepEqual(pool.images[0].shape, [1, 1, 1, 3]);
    disposePool(pool);
  },
);

forEachDevice("exchange with capacity 0 gives the images and keeps none", async () => {
  const pool = initPool(0), random = randomStream(1, "pool");
  for (const tags of [[1], [2, 3]]) assert.deepEqual(await exchangeTags(pool, tags, random), tags);
  assert.deepEqual(pool.images, []);
  // A pool that is off must not use up draws of the step either.
  assert.equal(random.uint32(), randomStream(1, "pool").uint32());
});

forEachDevice("exchange fills the pool within a batch that is larger than it", async () => {
  const pool = initPool(2), random = randomStream(3, "pool");
  const out = await exchangeTags(pool, [1, 2, 3, 4, 5, 6], random);
  const kept = (await poolTags(pool)).flat();
  assert.deepEqual(out.slice(0, 2), [1, 2]);
  assert.equal(kept.length, 2);
  // The first two come out twice at most: at once, and once more out of the pool; of the rest none is lost.
  const everything = [...out.slice(2), ...kept].sort();
  assert.deepEqual(everything, [1, 2, 3, 4, 5, 6]);
  disposePool(pool);
});

forEachDevice("exchange holds as many tensors as its capacity, round after round", async () => {
  const pool = initPool(4), random = randomStream(5, "pool");
  const before = tf.memory().numTensors;
  for (let round = 0; round < 8; round++) {
    await exchangeTags(pool, [3 * round, 3 * round + 1, 3 * round + 2], random);
    const held = Math.min(3 * (round + 1), 4);
    assert.equal(tf.memory().numTensors, before + held, `round ${round}`);
  }
  disposePool(pool);
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(pool.images, []);
});

forEachDevice("exchange keeps its images beyond the tidy that it is called in", async () => {
  const pool = initPool(2);
  for (const tag of [1, 2, 3, 4]) {
    tf.tidy(() => {
      exchange(pool, tagged(tag), randomStream(tag, "pool"));
    });
  }
  assert.ok((await poolTags(pool)).flat().every((tag) => tag >= 1 && tag <= 4));
  disposePool(pool);
});

forEachDevice("exchange is repeatable from the same random state", async () => {
  const run = async () => {
    const pool = initPool(3), random = randomStream(7, "pool"), out = [];
    for (let tag = 0; tag < 12; tag += 2) {
      out.push(await exchangeTags(pool, [tag, tag + 1], random));
    }
    disposePool(pool);
    return out;
  };
  assert.deepEqual(await run(), await run());
});

forEachDevice(
  "exchange of a full pool gives an older image half of the time, each as often",
  async (device) => {
    const capacity = 5, rounds = device.name === "cpu" ? 4000 : 200;
    const pool = initPool(capacity), random = randomStream(9, "pool");
    await exchangeTags(pool, [-1, -2, -3, -4, -5], random);
    let own = 0;
    const ages: number[] = [], slots = new Array<number>(capacity).fill(0);
    for (let tag = 0; tag < rounds; tag++) {
      const before = pool.images;
      const held = [...before];
      const [out] = await exchangeTags(pool, [tag], random);
      if (out === tag) own++;
      else {
        ages.push(tag - out);
        slots[pool.images.findIndex((image, i) => image !== held[i])]++;
      }
    }
    const slack = 3 / Math.sqrt(rounds);
    assertClose(own / rounds, 0.5, { absolute: slack }, "share of new images");
    for (const [slot, count] of slots.entries()) {
      assertClose(count / (rounds - own), 1 / capacity, { absolute: slack }, `slot ${slot}`);
    }
    // An image stays until its slot is drawn: once in capacity x 2 rounds on average.
    const meanAge = ages.reduce((sum, age) => sum + age, 0) / ages.length;
    assertClose(meanAge, 2 * capacity, { relative: 15 / Math.sqrt(rounds) }, "mean age");
    disposePool(pool);
  },
);
