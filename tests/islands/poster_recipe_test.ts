// Tests what lies beside a poster, and that the page's numbers mean what the command line's do.

import { strict as assert } from "node:assert";
import { pointOfShot } from "../../islands/_poster_requests.ts";
import {
  CELLS,
  keyOf,
  MAX_SEED,
  MAX_STEPS,
  mixOf,
  moveOf,
  type Recipe,
  type Shot,
  stationsBetween,
  surprise,
  variationsOf,
} from "../../islands/_poster_recipe.ts";
import { formatLatent, parseLatent } from "../../models/poster/latent_text.ts";
import {
  type PosterGenerator,
  type PosterRequest,
  requestBetween,
  requestOf,
} from "../../models/poster_generator.ts";
import { assertClose, worstDifference } from "../_assert.ts";

const recipe: Recipe = { seed: 7, genres: [1, 0.3], truncation: 0.8, steps: [] };
const latent = formatLatent(new Float32Array(16).fill(0.25));
const config = {
  ...{ architecture: "dcgan", latent: 16, genres: 2, normalise: true, width: 4 } as const,
  ...{ base: [3, 2] as [number, number], stages: 3 },
};

const styledConfig = {
  ...config,
  ...{ architecture: "stylegan2", style: 3, mapping: 1, widest: 4, noise: false } as const,
};

/** A generator that draws nothing: what is asked of it is all that counts. */
function idleGenerator(styles?: PosterGenerator["styles"]): PosterGenerator {
  const draw = () => Promise.reject(new Error("Nothing is drawn here"));
  const common = { params: {}, draw, dispose: () => {} };
  return styles ? { ...common, config: styledConfig, styles } : { ...common, config };
}

async function requestOfShot(shot: Shot): Promise<PosterRequest> {
  const point = await pointOfShot(shot, idleGenerator());
  assert(point.kind === "request");
  return point.request;
}

Deno.test("variationsOf gives other seeds for each page and each step, and none that is the poster's own", () => {
  const seeds = new Set<number>();
  let at = recipe;
  for (let step = 0; step < MAX_STEPS; step++) {
    for (const page of [0, 1]) {
      const cells = variationsOf(at, 0.3, page);
      assert.equal(cells.length, CELLS);
      cells.forEach(({ recipe: { steps } }) => seeds.add(steps[steps.length - 1].seed));
    }
    at = variationsOf(at, 0.3, 0)[2].recipe;
  }
  assert.equal(seeds.size, 2 * CELLS * MAX_STEPS);
  assert.ok(!seeds.has(recipe.seed));
  assert.deepEqual(variationsOf(at, 0.3, 0), [], "A link holds no more steps");
  const last = variationsOf({ ...recipe, seed: MAX_SEED }, 0.3, 0);
  assert.ok(last.every(({ recipe: { steps: [{ seed }] } }) => seed >= 0 && seed <= MAX_SEED));
});

Deno.test("stationsBetween begins and ends with the posters themselves", () => {
  const shares = stationsBetween(recipe, { ...recipe, seed: 8 }).map(({ way }) => way?.share);
  assert.deepEqual(shares, [0, 0.14, 0.29, 0.43, 0.57, 0.71, 0.86, 1]);
});

Deno.test("surprise mixes one to three genres, one of them fully", () => {
  let state = 1;
  const random = () => (state = state * 48271 % 2147483647) / 2147483647;
  for (let i = 0; i < 200; i++) {
    const { genres, seed, steps } = surprise(20, 0.8, random);
    const up = genres.filter((weight) => weight > 0);
    assert.ok(up.length >= 1 && up.length <= 3 && up.includes(1), up.join());
    assert.ok(Number.isInteger(seed) && steps.length === 0);
  }
});

Deno.test("keyOf tells apart whatever draws another picture", () => {
  const other = { ...recipe, seed: 8 };
  const shots = [
    { recipe },
    { recipe: other },
    { recipe: { ...recipe, genres: [1, 0.31] } },
    { recipe: { ...recipe, truncation: 0.79 } },
    { recipe: { ...recipe, steps: [{ seed: 1, amount: 0.2 }] } },
    { recipe: { ...recipe, latent } },
    { recipe: mixOf(recipe, other, 1) },
    { recipe: mixOf(recipe, other, 2) },
    { recipe: mixOf(recipe, { ...other, seed: 9 }, 1) },
    { recipe: mixOf(other, recipe, 1) },
    { recipe: moveOf(recipe, [1]) },
    { recipe: moveOf(recipe, [0, 1]) },
    { recipe: moveOf(mixOf(recipe, other, 1), [1]) },
    { recipe, way: { to: other, share: 0 } },
    { recipe, way: { to: other, share: 0.5 } },
  ];
  assert.equal(new Set(shots.map(keyOf)).size, shots.length);
  assert.equal(keyOf({ recipe }), keyOf({ recipe: { ...recipe } }));
  const [child, namesake] = [1, 2].map((seed) => ({ recipe: { ...recipe, latent, seed } }));
  assert.equal(keyOf(child), keyOf(namesake), "A child's number is a mere name");
});

Deno.test("pointOfShot asks for what the command line asks for", async () => {
  const variation = { seed: 12, amount: 0.4 };
  const varied = { ...recipe, steps: [variation] };
  const { seed, genres, truncation } = recipe;
  assert.deepEqual(
    await requestOfShot({ recipe }),
    requestOf({ seed, genres, truncation }, config),
  );
  const expected = requestOf({ seed, genres, truncation, variation }, config);
  assert.deepEqual(await requestOfShot({ recipe: varied }), expected);
  const to = { ...recipe, seed: 9, genres: [0, 1] };
  assert.deepEqual(
    await requestOfShot({ recipe: varied, way: { to, share: 0.3 } }),
    requestBetween(expected, requestOf({ seed: 9, genres: [0, 1], truncation }, config), 0.3),
  );
});

Deno.test("pointOfShot takes a child's latent vector in place of its number's", async () => {
  const { genres, truncation } = recipe;
  const child = { ...recipe, seed: 99, latent };
  const given = parseLatent(latent, config.latent);
  const expected = requestOf({ seed: 0, latent: given, genres, truncation }, config);
  assert.deepEqual(await requestOfShot({ recipe: child }), expected);
  await assert.rejects(requestOfShot({ recipe: { ...child, latent: "1AA" } }), RangeError);
});

Deno.test("pointOfShot goes on from the last step, and stays as far from the mean as the seed is on average", async () => {
  const once = { ...recipe, steps: [{ seed: 12, amount: 0.4 }] };
  const twice = { ...once, steps: [...once.steps, { seed: 13, amount: 1 }] };
  const { latent, genres } = await requestOfShot({ recipe: twice });
  assert.deepEqual(genres, recipe.genres);
  const target = requestOf({ seed: 13, genres, truncation: 0.8 }, config).latent;
  assert.ok(worstDifference(latent, target).difference < 1e-6, "A full turn arrives at its target");
  const still = { ...once, steps: [...once.steps, { seed: 13, amount: 0 }] };
  assert.deepEqual(
    (await requestOfShot({ recipe: still })).latent,
    (await requestOfShot({ recipe: once })).latent,
  );
});

Deno.test("pointOfShot takes the second poster's styles from the mix's layer on, each with its own genres and truncation", async () => {
  // Styles that tell whose they are: three layers of the seed's first number, a genre and the truncation.
  const styles = {
    ...{ layers: 3, length: 3, draw: () => Promise.reject(new Error("Nothing is drawn here")) },
    of: (requests: readonly PosterRequest[]) =>
      Promise.resolve(
        requests.map(({ latent, genres, truncation = 1 }) =>
          Float32Array.from({ length: 9 }, (_, i) => [latent[0], genres[0], truncation][i % 3])
        ),
      ),
  };
  const generator = idleGenerator(styles);
  const stylesOf = async (shot: Shot) => {
    const point = await pointOfShot(shot, generator);
    assert(point.kind === "styles");
    return point.styles;
  };
  const other: Recipe = { seed: 9, genres: [0.5, 1], truncation: 0.25, steps: [], latent };
  const { seed, genres, truncation } = recipe;
  const { latent: [own] } = requestOf({ seed, genres, truncation }, styledConfig);
  const rows = [[own, 1, 0.8], [own, 1, 0.8], [0.25, 0.5, 0.25]];
  const mix = mixOf(recipe, other, 2);
  assertClose(await stylesOf({ recipe: mix }), rows.flat(), { absolute: 1e-6 });
  const half = await stylesOf({ recipe: mix, way: { to: other, share: 0.5 } });
  const between = rows.map((row) => row.map((value, i) => (value + rows[2][i]) / 2));
  assertClose(half, between.flat(), { absolute: 1e-6 });
  await assert.rejects(pointOfShot({ recipe: mix }, idleGenerator()), /dcgan has none/);
  await assert.rejects(
    pointOfShot({ recipe: moveOf(recipe, [1]) }, idleGenerator()),
    /Cannot find directions of styles: dcgan has none/,
  );
});

Deno.test("moveOf begins where the poster was before it was moved, and ends there", () => {
  const moved = moveOf(moveOf(recipe, [3, 3, 3]), [0, 1.5, 0]);
  assert.deepEqual(moved, { ...recipe, along: [0, 1.5] });
  assert.deepEqual(moveOf(moved, [0, 0]), recipe);
});

Deno.test("mixOf takes two posters without what was done to their styles", () => {
  const other = { ...recipe, seed: 8 };
  const mix = mixOf(moveOf(mixOf(recipe, other, 1), [1]), mixOf(other, recipe, 3), 2);
  assert.deepEqual(mix, { ...recipe, mix: { other, from: 2 } });
});
