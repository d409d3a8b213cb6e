// Perceptual hashes: nearly equal for the same picture in other guises, far apart for different ones.

import assert from "node:assert/strict";
import { decodePicture } from "../../data/decode.ts";
import { resizePicture } from "../../gpu/picture.ts";
import { randomStream } from "../../gpu/random.ts";
import { hammingDistance, perceptualHash, seenHashes } from "../../tasks/_perceptual_hash.ts";
import { encodeFile, patternPicture } from "./_poster_pictures.ts";

const numbers = Array.from({ length: 24 }, (_, i) => i);
const originals = numbers.map((i) => patternPicture(i, { width: 182, height: 268 }));
const hashes = originals.map(perceptualHash);

Deno.test("perceptualHash stays within 4 bits under other sizes, JPEG and a change of brightness", async () => {
  for (const [i, picture] of originals.entries()) {
    const jpeg = await decodePicture(await encodeFile(picture, "jpeg", 40));
    const dark = { ...picture, data: picture.data.map((v, at) => at % 4 === 3 ? v : v * 0.8) };
    const guises = {
      large: resizePicture(picture, 400, 600),
      small: resizePicture(picture, 64, 96),
      bent: resizePicture(picture, 128, 128),
      jpeg,
      dark,
    };
    for (const [name, guise] of Object.entries(guises)) {
      const distance = hammingDistance(perceptualHash(guise), hashes[i]);
      assert.ok(distance <= 4, `picture ${i}, ${name}: ${distance} bits`);
    }
  }
});

Deno.test("perceptualHash is far apart for different pictures", () => {
  for (const a of numbers) {
    for (const b of numbers.slice(0, a)) {
      const distance = hammingDistance(hashes[a], hashes[b]);
      assert.ok(distance > 10, `pictures ${a} and ${b}: ${distance} bits`);
    }
  }
});

Deno.test("hammingDistance counts the bits that differ", () => {
  assert.equal(hammingDistance(0b1011n, 0b0110n), 3);
  assert.equal(hammingDistance(2n ** 64n - 1n, 0n), 64);
});

Deno.test("seenHashes finds the first within reach, as a search through all does", () => {
  const random = randomStream(3, "hashes");
  for (const bits of [0, 4, 9, 16]) {
    const seen = seenHashes(bits), all: bigint[] = [];
    for (let i = 0; i < 400; i++) {
      // Half are an earlier one with some bits turned.
      let hash = BigInt(random.uint32()) << 32n | BigInt(random.uint32());
      if (all.length > 0 && random.uniform() < 0.5) {
        hash = all[random.integer(all.length)];
        for (let turns = random.integer(20); turns > 0; turns--) {
          hash ^= 1n << BigInt(random.integer(64));
        }
      }
      const first = all.findIndex((other) => hammingDistance(hash, other) <= bits);
      assert.equal(seen.find(hash) ?? -1, first);
      assert.equal(seen.add(hash), all.push(hash) - 1);
    }
  }
});
