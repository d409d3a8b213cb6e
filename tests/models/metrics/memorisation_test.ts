// The memorisation check: silent for new pictures of the same source, an alarm for copies, however few.

import assert from "node:assert/strict";
import { memorisation, NEAR_SAMPLES, NEAR_TRAINING } from "../../../models/metrics/memorisation.ts";
import { randomStream } from "../../../gpu/random.ts";
import type { Matrix } from "../../../models/metrics/matrix.ts";
import { assertClose } from "../../_assert.ts";
import { testOnSimd } from "../../_on_simd.ts";
import { clustered, featuresOf, noisy, pick, posters, stack } from "./_pictures.ts";

const training = clustered(1500, 12, "training"), heldOut = clustered(400, 12, "held out");

/** Fresh rows, of which so many first ones are training rows with a little noise. */
function leaking(count: number): Matrix {
  const noise = randomStream(1, "leak").normals(count * 12, 0, 0.02);
  const copies = pick(training, Array.from({ length: count }, (_, i) => i));
  copies.values.forEach((value, i) => copies.values[i] = value + noise[i]);
  return stack(copies, clustered(1000 - count, 12, "samples"));
}

Deno.test("memorisation gives no alarm for new rows of the same source", () => {
  for (let i = 0; i < 12; i++) {
    const found = memorisation(clustered(1000, 12, `new ${i}`), heldOut, training);
    assert.ok(!found.alarm && found.nearShare < 0.04, JSON.stringify(found));
    assertClose(found.samples, found.heldOut, { relative: 0.05 });
  }
});

Deno.test("memorisation gives the alarm for copies, and names them and what they copy", () => {
  const shares = [0, 50, 200, 1000].map((count) => {
    const found = memorisation(leaking(count), heldOut, training);
    assert.equal(found.alarm, count > 0, `${count} of 1000 copied: ${JSON.stringify(found)}`);
    if (count > 0) {
      assert.equal(found.nearest.length, NEAR_SAMPLES);
      for (const { sample, training, distances } of found.nearest) {
        assert.equal(training[0], sample);
        assert.equal(training.length, NEAR_TRAINING);
        assert.ok(distances.every((value, i) => i === 0 || value >= distances[i - 1]));
        assert.ok(distances[0] < 0.2 && distances[1] > 0.5);
      }
    }
    return found.nearShare;
  });
  assert.ok(shares.every((share, i) => i === 0 || share > shares[i - 1]), `${shares}`);
  assert.ok(memorisation(leaking(1000), heldOut, training).samples < 0.2);
});

Deno.test("memorisation of few held-out rows is slow to give the alarm", () => {
  // With 20 the nearest of them is beaten by a tenth of new rows often enough.
  const few = pick(heldOut, Array.from({ length: 20 }, (_, i) => i));
  assert.equal(memorisation(leaking(100), few, training).alarm, false);
  assert.equal(memorisation(leaking(800), few, training).alarm, true);
});

testOnSimd("memorisation finds posters that were leaked with noise", async () => {
  const train = await posters(0, 300), fresh = await posters(400, 110);
  const [features, held] = [await featuresOf(train), await featuresOf(await posters(300, 100))];
  const leaked = fresh.map((picture, i) => i < 40 ? noisy(train[7 * i], 2, i) : picture);
  assert.equal(memorisation(await featuresOf(fresh), held, features).alarm, false);
  const { alarm, nearest } = memorisation(await featuresOf(leaked), held, features);
  assert.equal(alarm, true);
  nearest.forEach(({ sample, training }) => assert.equal(training[0], 7 * sample));
});

Deno.test("memorisation refuses too few training rows", () => {
  const few = pick(training, [0, 1, 2]);
  assert.throws(() => memorisation(heldOut, heldOut, few), /found 3 rows, expected at least 7/);
});
