// What the modern models share: mixed genres, the condition's warm-up, the generator's inputs.

import assert from "node:assert/strict";
import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import {
  drawModernInputs,
  mixGenres,
  modernWeightsAt,
  warmCondition,
} from "../../../models/poster/modern_context.ts";
import { assertClose } from "../../_assert.ts";
import { forEachDevice } from "../../_gates.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { tinyR3gan } from "./_tiny_posters.ts";

const read = async (compute: () => tf.Tensor): Promise<number[]> => {
  const tensor = tf.tidy(compute), values = Array.from(await tensor.data());
  tensor.dispose();
  return values;
};

/** One genre for each of `n` posters, every one its own: a row then tells what it was mixed of. */
const own = (n: number) => tf.eye(n) as tf.Tensor2D;

forEachDevice("mixGenres gives each row its own genres and some of the next row's", async () => {
  const n = 6;
  const rows = await read(() => mixGenres(own(n), 1, randomStream(1, "mix")));
  for (let i = 0; i < n; i++) {
    const row = rows.slice(i * n, (i + 1) * n), mine = row[i], next = row[(i + 1) % n];
    assert.ok(mine > 0 && mine < 1);
    assertClose(mine + next, 1, { absolute: 1e-6 });
    assert.equal(row.filter((value) => value !== 0).length, 2);
  }
});

testOnSimd(
  "mixGenres mixes the share that it is told, towards the picture's own genres",
  async () => {
    const n = 1000;
    const rows = await read(() => mixGenres(own(n), 0.25, randomStream(2, "mix")));
    const shares = Array.from({ length: n }, (_, i) => rows[i * n + i]);
    const mixed = shares.filter((share) => share < 1);
    // 250 of 1000, with a deviation of 14; the density 2 t has the mean 2/3, with a deviation of 0.24 / sqrt(250).
    assert.ok(Math.abs(mixed.length - 250) < 60, `${mixed.length} rows are mixed`);
    const mean = mixed.reduce((sum, share) => sum + share, 0) / mixed.length;
    assert.ok(Math.abs(mean - 2 / 3) < 0.06, `the mean share is ${mean}`);
  },
);

testOnSimd("mixGenres leaves genres alone, and the stream, if nothing is to be mixed", () => {
  const random = randomStream(3, "mix"), genres = own(3);
  assert.equal(mixGenres(genres, 0, random), genres);
  assert.equal(random.uint32(), randomStream(3, "mix").uint32());
  genres.dispose();
});

forEachDevice("warmCondition brings the genres in over its span", async () => {
  const config = tinyR3gan({ condition: "0->1@100..300" });
  const at = (imagesSeen: number) =>
    read(() =>
      warmCondition(tf.tensor2d([[1, 1], [1, 0]]), {
        config,
        weights: modernWeightsAt(config, imagesSeen),
      })
    );
  const whole = [Math.SQRT1_2, Math.SQRT1_2, 1, 0];
  assertClose(await at(0), [0, 0, 0, 0], { absolute: 0 });
  assertClose(await at(200), whole.map((value) => value / 2), { absolute: 1e-6 });
  assertClose(await at(300), whole, { absolute: 1e-6 });
});

testOnSimd("the generator's inputs are fresh latents beside the condition as it is", async () => {
  const config = tinyR3gan();
  const inputs = await read(() =>
    drawModernInputs(tf.tensor2d([[0.25, 0.5]]), { config, random: randomStream(4, "z") })
  );
  const latents = Array.from(randomStream(4, "z").normals(4));
  assertClose(inputs, [...latents, 0.25, 0.5], { absolute: 1e-6 });
});
