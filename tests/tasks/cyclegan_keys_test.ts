// The published generator's names: found whatever width, blocks and prefix, and every tensor that does not fit is listed.

import assert from "node:assert/strict";
import { findGenerator, publishedNames } from "../../tasks/_cyclegan_keys.ts";

type Shapes = Map<string, { shape: readonly number[] }>;

function shapesOf(
  width: number,
  blocks: number,
  { dropout = false, prefix = "" } = {},
): Shapes {
  const names = publishedNames({ width, blocks, upsample: "convt" }, { dropout });
  return new Map(names.map(({ name, shape }) => [prefix + name, { shape }]));
}

function assertRefused(shapes: Shapes, lines: string[]) {
  assert.throws(() => findGenerator(shapes), {
    name: "TypeError",
    message: `Cannot read it as a CycleGAN generator with residual blocks: ${lines.join("\n")}`,
  });
}

Deno.test("publishedNames gives the names and shapes of the published weights of 9 blocks", () => {
  const names = publishedNames({ width: 64, blocks: 9, upsample: "convt" });
  assert.equal(names.length, 48);
  const shapes = Object.fromEntries(names.map(({ name, shape }) => [name, shape.join()]));
  for (
    const [name, shape] of Object.entries({
      "model.1.weight": "64,3,7,7",
      "model.1.bias": "64",
      "model.4.weight": "128,64,3,3",
      "model.7.weight": "256,128,3,3",
      "model.10.conv_block.1.weight": "256,256,3,3",
      "model.18.conv_block.5.bias": "256",
      // Transposed: the channels that go in come first.
      "model.19.weight": "256,128,3,3",
      "model.19.bias": "128",
      "model.22.weight": "128,64,3,3",
      "model.26.weight": "3,64,7,7",
      "model.26.bias": "3",
    })
  ) assert.equal(shapes[name], shape, name);
});

Deno.test("findGenerator finds width, blocks, prefix and the place for dropout", () => {
  for (const [width, blocks] of [[64, 9], [32, 6], [1, 0], [256, 32]]) {
    for (const dropout of [false, true]) {
      for (const prefix of ["", "module."]) {
        const found = findGenerator(shapesOf(width, blocks, { dropout, prefix }));
        assert.deepEqual(found.config, { width, blocks, upsample: "convt" });
        assert.equal(found.dropout, dropout && blocks > 0);
        assert.equal(found.parameters[0].name, `${prefix}model.1.weight`);
        assert.equal(found.parameters[0].path, "stem.conv.kernel");
        assert.equal(found.parameters.length, 12 + 4 * blocks);
      }
    }
  }
});

Deno.test("findGenerator leaves out statistics of norms, and names them", () => {
  const shapes = shapesOf(2, 1),
    statistics = [
      "model.2.running_mean",
      "model.2.running_var",
      "model.10.conv_block.2.num_batches_tracked",
    ];
  for (const name of statistics) shapes.set(name, { shape: [2] });
  assert.deepEqual(findGenerator(shapes).dropped, statistics);
});

Deno.test("findGenerator lists every tensor that is missing, surplus or misshapen", () => {
  const shapes = shapesOf(2, 1);
  shapes.delete("model.1.bias");
  shapes.delete("model.18.weight");
  shapes.set("model.30.weight", { shape: [1, 2] });
  shapes.set("\x1b[2J", { shape: [] });
  shapes.set("model.14.weight", { shape: [2, 4, 3, 3] });
  assertRefused(shapes, [
    "of width 2 with 1 blocks it would need other tensors:",
    '  missing: "model.1.bias" [2]',
    '  missing: "model.18.weight" [3,2,7,7]',
    '  surplus: "model.30.weight" [1,2]',
    '  surplus: "\\u001b[2J" []',
    '  misshapen: "model.14.weight" is [2,4,3,3], expected [4,2,3,3]',
  ]);
});

Deno.test("findGenerator shows what there is where nothing fits, and lists 200 names at most", () => {
  const one = new Map([["features.0.weight", { shape: [64, 3, 3, 3] }]]);
  assertRefused(one, [
    'there is no "model.1.weight" among its 1 tensors:',
    '  found: "features.0.weight" [64,3,3,3]',
  ]);
  assertRefused(new Map(), ['there is no "model.1.weight" among its 0 tensors:']);
  const many = new Map(Array.from({ length: 300 }, (_, i) => [`w${i}`, { shape: [] }]));
  assert.throws(() => findGenerator(many), /found: "w199" \[\]\n {2}and 100 more$/);
  const wide = shapesOf(2, 1);
  wide.set("model.1.weight", { shape: [300, 3, 7, 7] });
  assert.throws(() => findGenerator(wide), /its width is 300 and it has 1 blocks; we run widths/);
});

Deno.test("findGenerator names the networks that are often mistaken for it", () => {
  const mistaken = (name: string, what: RegExp) => {
    const shapes = shapesOf(2, 1).set(name, { shape: [2] });
    assert.throws(() => findGenerator(shapes), what);
  };
  mistaken("model.7.filt", /\nIt looks like the antialiased generator of CUT/);
  mistaken("model.model.0.weight", /\nIt looks like a U-Net of pix2pix/);
  mistaken("model.2.weight", /\nIt looks like a generator with batch norms/);
  mistaken("model.10.conv_block.0.weight", /\nIt looks like a generator with zeros outside/);
  mistaken("model.0.weight", /\nIt looks like a discriminator/);
});
