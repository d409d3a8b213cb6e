// Tests what lies beside a poster, and that the page's numbers mean what the command line's do.

import { strict as assert } from "node:assert";
import { requestOfShot } from "../../islands/_poster_requests.ts";
import {
  CELLS,
  keyOf,
  MAX_SEED,
  MAX_STEPS,
  type Recipe,
  stationsBetween,
  surprise,
  variationsOf,
} from "../../islands/_poster_recipe.ts";
import { formatLatent, parseLatent } from "../../models/poster/latent_text.ts";
import { requestBetween, requestOf } from "../../models/poster_generator.ts";
import { worstDifference } from "../_assert.ts";

const recipe: Recipe = { seed: 7, genres: [1, 0.3], truncation: 0.8, steps: [] };
const latent = formatLatent(new Float32Array(16).fill(0.25));
const config = {
  ...{ architecture: "dcgan", latent: 16, genres: 2, normalise: true, width: 4 } as const,
  ...{ base: [3, 2] as [number, number], stages: 3 },
};

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
    { recipe, way: { to: other, share: 0 } },
    { recipe, way: { to: other, share: 0.5 } },
  ];
  assert.equal(new Set(shots.map(keyOf)).size, shots.length);
  assert.equal(keyOf({ recipe }), keyOf({ recipe: { ...recipe } }));
  const [child, namesake] = [1, 2].map((seed) => ({ recipe: { ...recipe, latent, seed } }));
  assert.equal(keyOf(child), keyOf(namesake), "A child's number is a mere name");
});

Deno.test("requestOfShot asks for what the command line asks for", () => {
  const variation = { seed: 12, amount: 0.4 };
  const varied = { ...recipe, steps: [variation] };
  const { seed, genres, truncation } = recipe;
  assert.deepEqual(
    requestOfShot({ recipe }, config),
    requestOf({ seed, genres, truncation }, config),
  );
  const expected = requestOf({ seed, genres, truncation, variation }, config);
  assert.deepEqual(requestOfShot({ recipe: varied }, config), expected);
  const to = { ...recipe, seed: 9, genres: [0, 1] };
  assert.deepEqual(
    requestOfShot({ recipe: varied, way: { to, share: 0.3 } }, config),
    requestBetween(expected, requestOf({ seed: 9, genres: [0, 1], truncation }, config), 0.3),
  );
});

Deno.test("requestOfShot takes a child's latent vector in place of its number's", () => {
  const { genres, truncation } = recipe;
  const child = { ...recipe, seed: 99, latent };
  const given = parseLatent(latent, config.latent);
  const expected = requestOf({ seed: 0, latent: given, genres, truncation }, config);
  assert.deepEqual(requestOfShot({ recipe: child }, config), expected);
  assert.throws(() => requestOfShot({ recipe: { ...child, latent: "1AA" } }, config), RangeError);
});

Deno.test("requestOfShot goes on from the last step, and stays as far from the mean as the seed is on average", () => {
  const once = { ...recipe, steps: [{ seed: 12, amount: 0.4 }] };
  const twice = { ...once, steps: [...once.steps, { seed: 13, amount: 1 }] };
  const { latent, genres } = requestOfShot({ recipe: twice }, config);
  assert.deepEqual(genres, recipe.genres);
  const target = requestOf({ seed: 13, genres, truncation: 0.8 }, config).latent;
  assert.ok(worstDifference(latent, target).difference < 1e-6, "A full turn arrives at its target");
  const still = { ...once, steps: [...once.steps, { seed: 13, amount: 0 }] };
  assert.deepEqual(
    requestOfShot({ recipe: still }, config).latent,
    requestOfShot({ recipe: once }, config).latent,
  );
});
