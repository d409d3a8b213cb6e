// The search for a poster: it finds what a generator has drawn itself, in every space; it can be stopped; given genres stay.

import assert from "node:assert/strict";
import { randomStream } from "../../gpu/random.ts";
import { sizeOf } from "../../gpu/shape.ts";
import * as tf from "../../gpu/tf.ts";
import { type ParamTree, treeFromEntries } from "../../gpu/tree.ts";
import { type PosterGenerator, posterGenerator } from "../../models/poster_generator.ts";
import { drawPoints } from "../../models/poster_point.ts";
import { SEARCH, searchPoster, type SearchSettings } from "../../models/poster_search.ts";
import { openSpace, SPACES } from "../../models/poster_space.ts";
import type { GeneratorConfig } from "../../models/poster/config.ts";
import { posterArchitecture } from "../../models/registry.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

const grid = {
  ...{ latent: 5, genres: 3, normalise: true as const },
  ...{ base: [3, 2] as [number, number], stages: 2 },
};
const configs = {
  dcgan: { architecture: "dcgan", width: 3, ...grid },
  r3gan: {
    ...{ architecture: "r3gan", embedding: 3, width: 3, widest: 4, narrowing: 1, blocks: 1 },
    ...grid,
  },
  stylegan2: {
    ...{ architecture: "stylegan2", style: 6, mapping: 2, width: 3, widest: 4, noise: false },
    ...grid,
  },
} satisfies Record<string, GeneratorConfig>;

const FAST: SearchSettings = {
  ...SEARCH,
  ...{ steps: 50, starts: 2, candidates: 16, rate: 0.2, noise: 0.02 },
  weights: { features: 0, prior: 0 },
};
const GENRES = [1, 0, 0.5];

function randomGenerator(config: GeneratorConfig): PosterGenerator {
  const random = randomStream(5, config.architecture);
  const entries = Object.entries(posterArchitecture(config).shapes(config)).map(([path, shape]) => {
    // The mapping network's weights count a hundredth of what they are.
    const deviation = path.startsWith("mapping.layer.") ? 100 : 0.4;
    return [path, tf.tensor(random.normals(sizeOf(shape), 0, deviation), [...shape])] as const;
  });
  return posterGenerator(treeFromEntries<ParamTree>(entries), config);
}

/** What a generator draws of a latent vector that no search will draw. */
async function hiddenPoster(generator: PosterGenerator) {
  const latent = randomStream(77, "hidden").normals(5);
  const [picture] = await generator.draw([{ latent, genres: GENRES }]);
  return picture;
}

for (const [name, config] of Object.entries(configs)) {
  const spaces = name === "stylegan2" ? SPACES : ["z"] as const;
  for (const spaceName of spaces) {
    forEachDevice(`searchPoster() finds a poster of ${name}'s own in ${spaceName}`, async () => {
      const generator = randomGenerator(config), picture = await hiddenPoster(generator);
      const space = await openSpace(spaceName, generator), steps: number[] = [];
      const found = await searchPoster({ space, config, picture }, FAST, {
        onStep: ({ steps: step, best, first }) => {
          steps.push(step);
          assert(best.total <= first.total);
        },
      });
      const { start, end } = found.distances;
      assert(end.pixels < 0.35 * start.pixels, `${start.pixels} to ${end.pixels}`);
      assert.deepEqual(steps, Array.from({ length: FAST.steps }, (_, i) => i + 1));
      assert(found.best.genres.every((weight) => weight >= 0 && weight <= 1));
      // The point is the poster that was measured.
      const point = space.pointOf(found.best.place, found.best.genres);
      const [drawn] = await drawPoints(generator, [point]);
      const squares = Array.from<number>(drawn.data).reduce(
        (sum, value, i) => i % 4 === 3 ? sum : sum + ((value - picture.data[i]) / 127.5) ** 2,
        0,
      );
      // Bytes are cut off where numbers go on.
      assert(squares / (0.75 * drawn.data.length) <= end.squares * 1.05 + 1e-4);
      space.dispose();
      generator.dispose();
    });
  }
}

forEachDevice(
  "searchPoster() keeps the genres that it is given, and is the same each time",
  async () => {
    const config = configs.dcgan, generator = randomGenerator(config);
    const picture = await hiddenPoster(generator), space = await openSpace("z", generator);
    const settings = { ...FAST, genres: GENRES, steps: 5 };
    const first = await searchPoster({ space, config, picture }, settings);
    assert.deepEqual(Array.from(first.best.genres), GENRES);
    const second = await searchPoster({ space, config, picture }, settings);
    assertClose(second.best.place, first.best.place, { absolute: 1e-5 });
    space.dispose();
    generator.dispose();
  },
);

forEachDevice("searchPoster() that is stopped gives the best so far", async () => {
  const config = configs.dcgan, generator = randomGenerator(config);
  const picture = await hiddenPoster(generator), space = await openSpace("z", generator);
  const stop = new AbortController();
  const found = await searchPoster({ space, config, picture }, FAST, {
    stop: stop.signal,
    onStep: ({ steps }) => steps === 3 ? stop.abort() : undefined,
  });
  assert.equal(found.steps, 3);
  assert(found.distances.end.total <= found.distances.start.total);
  const none = await searchPoster({ space, config, picture }, FAST, { stop: stop.signal });
  assert.equal(none.steps, 0);
  space.dispose();
  generator.dispose();
});
