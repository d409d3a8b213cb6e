// Points of a generator's space: drawn, edited, written to a file and read back; and the spaces that they are looked for in.

import assert from "node:assert/strict";
import { randomStream } from "../../gpu/random.ts";
import { sizeOf } from "../../gpu/shape.ts";
import { tensorToPictures } from "../../gpu/image.ts";
import * as tf from "../../gpu/tf.ts";
import { type ParamTree, treeFromEntries } from "../../gpu/tree.ts";
import {
  type PosterGenerator,
  posterGenerator,
  requestBetween,
} from "../../models/poster_generator.ts";
import {
  drawPoints,
  editPoint,
  pointBetween,
  type PosterEdit,
  type PosterPoint,
} from "../../models/poster_point.ts";
import { formatPoint, parsePoint, type PointFile } from "../../models/poster_point_file.ts";
import { openSpace, SPACES } from "../../models/poster_space.ts";
import type { GeneratorConfig } from "../../models/poster/config.ts";
import { findDirections } from "../../models/poster/directions.ts";
import { posterArchitecture } from "../../models/registry.ts";
import { assertClose } from "../_assert.ts";
import { forEachDevice } from "../_gates.ts";

const grid = {
  latent: 5,
  genres: 2,
  base: [2, 1] as [number, number],
  stages: 2,
  normalise: true as const,
};
const plain: GeneratorConfig = { architecture: "dcgan", width: 3, ...grid };
const styled: GeneratorConfig = {
  ...{ architecture: "stylegan2", style: 6, mapping: 2, width: 3, widest: 4, noise: false },
  ...grid,
};
const LAYERS = 6, GENRES = ["horror", "comedy"];

function randomGenerator(config: GeneratorConfig): PosterGenerator {
  const random = randomStream(2, config.architecture);
  const entries = Object.entries(posterArchitecture(config).shapes(config)).map(([path, shape]) => {
    // The mapping network's weights count a hundredth of what they are.
    const deviation = path.startsWith("mapping.layer.") ? 100 : 0.4;
    return [path, tf.tensor(random.normals(sizeOf(shape), 0, deviation), [...shape])] as const;
  });
  return posterGenerator(treeFromEntries<ParamTree>(entries), config);
}

const requestOf = (seed: number) => ({
  latent: randomStream(seed, "latent").normals(5),
  genres: [1, 0.5],
});
const pointOf = (seed: number): PosterPoint => ({ kind: "request", request: requestOf(seed) });

forEachDevice(
  "a point's styles draw the poster that its request draws, in any order and number",
  async () => {
    const generator = randomGenerator(styled), { styles } = generator;
    assert(styles);
    assert.deepEqual([styles.layers, styles.length], [LAYERS, 6]);
    const requests = Array.from({ length: 70 }, (_, i) => ({ ...requestOf(i), truncation: 0.5 }));
    const expected = await generator.draw(requests);
    const all = await styles.of(requests);
    const points = all.map((one, i): PosterPoint =>
      i % 2 ? { kind: "styles", styles: one } : { kind: "request", request: requests[i] }
    );
    const drawn = await drawPoints(generator, points);
    for (const i of [0, 1, 68, 69]) assertClose(drawn[i].data, expected[i].data, { absolute: 1 });
    assert.notDeepEqual(drawn[0], drawn[1]);
    await assert.rejects(
      styles.draw([new Float32Array(5)]),
      /styles 0 have 5 numbers, expected 36/,
    );
    await assert.rejects(styles.draw([]), /there are no styles/);
    generator.dispose();
  },
);

forEachDevice("editPoint() moves along directions and takes layers of another poster", async () => {
  const generator = randomGenerator(styled), { styles } = generator;
  assert(styles);
  const directions = await findDirections(generator.params, styled, 2);
  const [a, b] = await styles.of([requestOf(1), requestOf(2)]);
  const edit = (change: PosterEdit) => editPoint(generator, pointOf(1), change);
  const along = (...amounts: number[]) => ({ along: { directions, amounts } });
  assert.deepEqual(await edit({}), pointOf(1));
  assert.deepEqual(await edit(along(0, 0)), pointOf(1));
  const moved = await edit(along(0, 2));
  assert(moved.kind === "styles");
  const expected = a.map((value, i) => value + 2 * directions.vectors[1][i % 6]);
  assertClose(moved.styles, expected, { absolute: 1e-5 });
  const mixed = await edit({ mix: { other: pointOf(2), from: 2 } });
  assert(mixed.kind === "styles");
  const mix = Float32Array.from([...a.subarray(0, 12), ...b.subarray(12)]);
  assertClose(mixed.styles, mix, { absolute: 1e-6 });
  const both = await edit({ ...along(0, 2), mix: { other: pointOf(2), from: 2 } });
  assert(both.kind === "styles");
  assertClose(both.styles, mix.map((value, i) => value + 2 * directions.vectors[1][i % 6]), {
    absolute: 1e-5,
  });
  generator.dispose();
});

forEachDevice(
  "editPoint() moves the latent vector of a generator without styles, and mixes none",
  async () => {
    const generator = randomGenerator(plain);
    const directions = await findDirections(generator.params, plain, 2);
    const moved = await editPoint(generator, pointOf(1), {
      along: { directions, amounts: [1.5] },
    });
    assert(moved.kind === "request");
    const { latent } = requestOf(1);
    assertClose(
      moved.request.latent,
      latent.map((value, i) => value + 1.5 * directions.vectors[0][i]),
      { absolute: 1e-6 },
    );
    assert.deepEqual(moved.request.genres, [1, 0.5]);
    const mix = { other: pointOf(2), from: 1 };
    await assert.rejects(editPoint(generator, pointOf(1), { mix }), /dcgan has none/);
    const styles: PosterPoint = { kind: "styles", styles: new Float32Array(36) };
    await assert.rejects(drawPoints(generator, [styles]), /Cannot draw styles: dcgan has none/);
    generator.dispose();
  },
);

forEachDevice(
  "pointBetween() goes from request to request as links do, and to styles along a line",
  async () => {
    const generator = randomGenerator(styled), { styles } = generator;
    assert(styles);
    const between = await pointBetween(generator, [pointOf(1), pointOf(2)], 0.3);
    assert.deepEqual(between, {
      kind: "request",
      request: requestBetween(requestOf(1), requestOf(2), 0.3),
    });
    const [a] = await styles.of([requestOf(1)]), b = new Float32Array(36).fill(2);
    const to: PosterPoint = { kind: "styles", styles: b };
    for (const t of [0, 0.25, 1]) {
      const on = await pointBetween(generator, [pointOf(1), to], t);
      assert(on.kind === "styles");
      assertClose(on.styles, a.map((value) => value + t * (2 - value)), { absolute: 1e-6 });
    }
    generator.dispose();
  },
);

forEachDevice(
  "every space draws what its points draw, and has the mean in its middle",
  async () => {
    const generator = randomGenerator(styled);
    const latents = tf.tensor2d(requestOf(1).latent, [1, 5]), genres = tf.tensor2d([[1, 0.5]]);
    const [own] = await generator.draw([requestOf(1)]);
    const [mean] = await generator.draw([{ ...requestOf(1), truncation: 0 }]);
    for (const name of SPACES) {
      const space = await openSpace(name, generator);
      assert.equal(space.length, { z: 5, w: 6, "w+": 36 }[name]);
      for (
        const [truncation, expected] of [[1, own], [0, name === "z" ? undefined : mean]] as const
      ) {
        const places = tf.tidy(() => space.placesOf(latents, genres, truncation));
        const images = tf.tidy(() => space.draw(places, genres));
        const [picture] = await tensorToPictures(images);
        if (expected) assertClose(picture.data, expected.data, { absolute: 1 });
        const point = space.pointOf(await places.data<"float32">(), [1, 0.5]);
        const [again] = await drawPoints(generator, [point]);
        assertClose(again.data, picture.data, { absolute: 1 });
        tf.dispose([places, images]);
      }
      space.dispose();
    }
    tf.dispose([latents, genres]);
    generator.dispose();
    const without = randomGenerator(plain);
    await assert.rejects(
      openSpace("w", without),
      /style of dcgan: it has none; expected the space z/,
    );
    without.dispose();
  },
);

const owners = {
  dcgan: { generator: { config: plain }, genres: GENRES },
  stylegan2: { generator: randomOwner(), genres: GENRES },
};

/** What of a generator in styles its files depend on. */
function randomOwner() {
  const refuse = () => Promise.reject(new Error("Nothing is drawn here"));
  return { config: styled, styles: { layers: LAYERS, length: 6, of: refuse, draw: refuse } };
}

Deno.test("a point's file gives the point back, to the last bit", () => {
  const styles = randomStream(1, "styles").normals(36);
  const cases = [
    [pointOf(4), owners.dcgan],
    [{ kind: "styles", styles } as PosterPoint, owners.stylegan2],
  ] as const;
  for (const [point, owner] of cases) {
    const distances = { start: { pixels: 0.5 }, end: { pixels: 0.1 } };
    const file = formatPoint(point, owner, { model: "m", weights: [1, 0.5], distances });
    assert.deepEqual(parsePoint(JSON.parse(JSON.stringify(file)), owner), point);
    assert.deepEqual(file.genres, { horror: 1, comedy: 0.5 });
  }
});

Deno.test("parsePoint() refuses what is no poster, and one of another generator", () => {
  const file = formatPoint(pointOf(4), owners.dcgan, { model: "m", weights: [1, 0] });
  const refused: [Partial<Record<keyof PointFile, unknown>> | undefined, RegExp][] = [
    [{ formatVersion: 2 }, /"formatVersion": .*Expected 1/],
    [{ latent: undefined }, /expected either latent or styles/],
    [{ styles: [[1]] }, /expected either latent or styles/],
    [{ latent: [1, "2"] }, /"latent\.1": /],
    [{ latent: [1, 2] }, /latent has 2 numbers, and this generator takes 5/],
    [{ architecture: "r3gan" }, /it is of r3gan, and this generator is dcgan/],
    [{ genres: { noir: 1 } }, /genre "noir" is unknown, and this generator has horror, comedy/],
    [{ genres: { horror: 2 } }, /"genres\.horror": /],
    [{ more: 1 } as object, /"more": /],
  ];
  for (const [change, message] of refused) {
    assert.throws(() => parsePoint({ ...file, ...change }, owners.dcgan), message);
  }
  assert.throws(() => parsePoint([], owners.dcgan), SyntaxError);
  const styles = { ...file, latent: undefined, architecture: "stylegan2", styles: [[1, 2]] };
  assert.throws(() => parsePoint(styles, owners.stylegan2), /styles has 1 numbers, and .* takes 6/);
});
