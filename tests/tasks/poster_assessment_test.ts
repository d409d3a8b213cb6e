// The quick look at a generator: near to real posters for posters of the set, far for what is blank, noisy or always the same.

import assert from "node:assert/strict";
import { drawnPosters } from "../../data/drawn_posters.ts";
import type { Picture } from "../../gpu/picture.ts";
import { randomStream } from "../../gpu/random.ts";
import type { PosterGenerator, PosterRequest } from "../../models/poster_generator.ts";
import { posterAssessor } from "../../tasks/_poster_assessment.ts";
import { testOnSimd } from "../_on_simd.ts";

const SIZE = { width: 16, height: 24 };

/** A generator of given pictures, whatever it is asked for. */
function generatorOf(
  picture: (i: number, request: PosterRequest) => Picture | Promise<Picture>,
): PosterGenerator {
  return {
    config: { latent: 3 } as PosterGenerator["config"],
    params: {},
    draw: (requests) => Promise.all(requests.map((request, i) => picture(i, request))),
    dispose() {},
  };
}

function filled(value: (i: number) => number): Picture {
  const { width, height } = SIZE;
  const data = Uint8ClampedArray.from(
    { length: width * height * 4 },
    (_, i) => i % 4 === 3 ? 255 : value(i),
  );
  return { width, height, data };
}

testOnSimd(
  "posterAssessor finds other posters of the set near, and the worse the farther",
  async () => {
    const set = await drawnPosters({ size: SIZE }), { train } = set.split;
    const assessor = await posterAssessor(set);
    assert.ok(assessor);
    const noise = randomStream(1, "noise");
    const generators = {
      posters: generatorOf((i) => set.load(train[i * 7])),
      fewPosters: generatorOf((i) => set.load(train[i % 10])),
      noise: generatorOf(() => filled(() => noise.integer(256))),
      onePoster: generatorOf(() => set.load(train[0])),
      black: generatorOf(() => filled(() => 0)),
    };
    const found = new Map<string, { distance: number; diversity: number }>();
    for (const [name, generator] of Object.entries(generators)) {
      found.set(name, await assessor.assess(generator));
    }
    const of = (name: keyof typeof generators) => found.get(name) ?? assert.fail(name);
    assert.ok(Math.abs(of("posters").distance) < 0.1, `${of("posters").distance}`);
    for (const name of ["fewPosters", "noise", "onePoster", "black"] as const) {
      assert.ok(of(name).distance > 10 * of("posters").distance, `${name}: ${of(name).distance}`);
      assert.ok(of(name).distance > 0.5, `${name}: ${of(name).distance}`);
    }
    assert.ok(Math.abs(of("posters").diversity - 1) < 0.3);
    assert.equal(of("onePoster").diversity, 0);
    assert.equal(of("black").diversity, 0);
    assessor.dispose();
    await set.close();
  },
);

testOnSimd(
  "posterAssessor asks for the genres of real posters and says the same of the same twice",
  async () => {
    const set = await drawnPosters({ size: SIZE });
    const asked: PosterRequest[] = [];
    const generator = generatorOf((i, request) => {
      asked.push(request);
      return set.load(set.split.train[i]);
    });
    const results = [];
    for (let i = 0; i < 2; i++) {
      const assessor = await posterAssessor(set);
      results.push(await assessor?.assess(generator));
      assessor?.dispose();
    }
    assert.deepEqual(results[0], results[1]);
    const half = asked.length / 2;
    assert.deepEqual(asked.slice(0, half), asked.slice(half));
    assert.ok(
      asked.every(({ latent, genres }) =>
        latent.length === 3 && Array.from(genres).some((weight) => weight === 1)
      ),
    );
    await set.close();
  },
);
