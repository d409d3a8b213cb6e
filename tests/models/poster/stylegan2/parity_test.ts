// StyleGAN2 against PyTorch: its parts, and tiny networks whole, with their gradients, R1 and path lengths.

import assert from "node:assert/strict";
import * as tf from "../../../../gpu/tf.ts";
import { disposeTree, type ParamTree, treeEntries, treeFromEntries } from "../../../../gpu/tree.ts";
import { applyMapping } from "../../../../models/poster/stylegan2/mapping.ts";
import {
  applyStyleGan2Discriminator,
  type StyleGan2DiscriminatorParams,
  styleGan2DiscriminatorShapes,
} from "../../../../models/poster/stylegan2/discriminator.ts";
import {
  type StyleGan2GeneratorParams,
  styleGan2GeneratorShapes,
  synthesise,
} from "../../../../models/poster/stylegan2/generator.ts";
import { minibatchDeviation } from "../../../../models/poster/stylegan2/minibatch_deviation.ts";
import { modulatedConv } from "../../../../models/poster/stylegan2/modulated_conv.ts";
import { pathLengthPenalty, pathLengths } from "../../../../models/poster/stylegan2/penalty.ts";
import { mixStyles } from "../../../../models/poster/stylegan2/styles.ts";
import { zeroCentredPenalty } from "../../../../models/penalty.ts";
import { assertClose } from "../../../_assert.ts";
import { forEachDevice } from "../../../_gates.ts";
import {
  findValues,
  type Golden,
  imagesFromTorch,
  parameterFromTorch,
  readGolden,
  toTensor,
} from "../../../golden/_golden.ts";
import {
  discriminatorConfig,
  generatorConfig,
  goldenNoise,
  goldenParameter,
  goldenParams,
  goldenTensor,
} from "./_golden_network.ts";
// Registers how gradients are taken.
import "../../../../gpu/gradients.ts";

/** Of a value, and of gradients relative to the largest in their tensor. */
const TOLERANCE = 1e-4;

/** Asserts a tensor's numbers, relative to the largest, and disposes it. */
async function assertTensor(found: tf.Tensor, expected: Float32Array, what: string): Promise<void> {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assertClose(await found.data(), expected, { absolute: TOLERANCE * Math.max(largest, 1) }, what);
  found.dispose();
}

/** The gradients of a loss in all leaves of a tree, by path. */
function gradientsOf(tree: ParamTree, loss: (tree: ParamTree) => tf.Scalar): [string, tf.Tensor][] {
  const entries = treeEntries(tree), paths = entries.map(([path]) => path);
  const slopes = tf.grads((...leaves: tf.Tensor[]) =>
    loss(treeFromEntries(paths.map((path, i) => [path, leaves[i]] as const)))
  )(entries.map(([, leaf]) => leaf));
  return slopes.map((slope, i) => [paths[i], slope]);
}

async function assertGradients(
  found: [string, tf.Tensor][],
  golden: Golden,
  prefix: string,
): Promise<void> {
  for (const [path, slope] of found) {
    const { data } = goldenParameter(golden, prefix, path);
    await assertTensor(slope, data, `${prefix} of ${path}`);
  }
}

forEachDevice(
  "modulatedConv is PyTorch's convolution with filters of each picture's own",
  async () => {
    const golden = await readGolden("stylegan2_parts");
    for (const [name, doubles] of [["plain", false], ["doubling", true]] as const) {
      const image = (key: string) => imagesFromTorch(findValues(golden, `${name}.${key}`));
      const kernel = (key: string) => parameterFromTorch(findValues(golden, `${name}.${key}`));
      const run = (x: tf.Tensor, k: tf.Tensor, factors: tf.Tensor) =>
        modulatedConv(k as tf.Tensor4D, x as tf.Tensor4D, factors as tf.Tensor2D, { doubles });
      const [output, x, k, factors] = tf.tidy(() => {
        const probe = toTensor(image("probe"));
        const inputs = [
          toTensor(image("x")),
          toTensor(kernel("kernel")),
          goldenTensor(golden, `${name}.factors`),
        ] as const;
        const along = (...given: tf.Tensor[]): tf.Scalar =>
          tf.sum(tf.mul(run(given[0], given[1], given[2]), probe));
        return [run(...inputs), ...tf.grads(along)([...inputs])];
      });
      await assertTensor(output, image("output").data, name);
      await assertTensor(x, image("gradient.x").data, `${name}, gradient of x`);
      await assertTensor(k, kernel("gradient.kernel").data, `${name}, gradient of the kernel`);
      const slopes = findValues(golden, `${name}.gradient.factors`).data;
      await assertTensor(factors, slopes, `${name}, gradient of the factors`);
    }
  },
);

forEachDevice("minibatchDeviation is PyTorch's, in groups and of a small batch", async () => {
  const golden = await readGolden("stylegan2_parts");
  for (const name of ["two groups", "all"]) {
    const image = (key: string) => imagesFromTorch(findValues(golden, `${name}.${key}`));
    const [output, slope] = tf.tidy(() => {
      const probe = toTensor(image("probe")), x = toTensor(image("x")) as tf.Tensor4D;
      const run = (maps: tf.Tensor) => minibatchDeviation(maps as tf.Tensor4D, 4);
      return [run(x), tf.grad((maps) => tf.sum(tf.mul(run(maps), probe)))(x)];
    });
    await assertTensor(output, image("output").data, name);
    await assertTensor(slope, image("gradient.x").data, `${name}, gradient`);
  }
});

forEachDevice(
  "StyleGAN2's generator is PyTorch's: styles, pictures with noise, all gradients",
  async () => {
    const golden = await readGolden("stylegan2_generator");
    const params = goldenParams<StyleGan2GeneratorParams>(
      golden,
      styleGan2GeneratorShapes(generatorConfig, "training"),
    );
    const inputs = goldenTensor<tf.Rank.R2>(golden, "inputs");
    const draw = (tree: StyleGan2GeneratorParams, given: tf.Tensor2D) => {
      const styles = applyMapping(tree.mapping, given, generatorConfig);
      return synthesise(tree, mixStyles(styles, styles, 0, generatorConfig), goldenNoise(golden));
    };
    const found = tf.tidy(() => {
      const probe = toTensor(imagesFromTorch(findValues(golden, "probe")));
      const loss = (tree: ParamTree, given: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(draw(tree as StyleGan2GeneratorParams, given as tf.Tensor2D), probe));
      return {
        styles: applyMapping(params.mapping, inputs, generatorConfig),
        output: draw(params, inputs),
        slope: tf.grad((given) => loss(params, given))(inputs),
        gradients: Object.fromEntries(gradientsOf(params, (tree) => loss(tree, inputs))),
      };
    });
    await assertTensor(found.styles, findValues(golden, "styles").data, "styles");
    await assertTensor(
      found.output,
      imagesFromTorch(findValues(golden, "output")).data,
      "pictures",
    );
    await assertTensor(
      found.slope,
      findValues(golden, "gradient.inputs").data,
      "gradient of inputs",
    );
    await assertGradients(Object.entries(found.gradients), golden, "gradient");
    disposeTree(params);
    inputs.dispose();
  },
);

forEachDevice("path lengths and the gradient of their penalty are PyTorch's", async () => {
  const golden = await readGolden("stylegan2_generator");
  const params = goldenParams<StyleGan2GeneratorParams>(
    golden,
    styleGan2GeneratorShapes(generatorConfig, "training"),
  );
  const [target] = findValues(golden, "path.target").data;
  const found = tf.tidy(() => {
    const direction = toTensor(imagesFromTorch(findValues(golden, "direction"))) as tf.Tensor4D;
    const inputs = goldenTensor<tf.Rank.R2>(golden, "inputs");
    const lengthsOf = (tree: StyleGan2GeneratorParams) => {
      const styles = applyMapping(tree.mapping, inputs, generatorConfig);
      return pathLengths(
        (each) => synthesise(tree, each, goldenNoise(golden)),
        mixStyles(styles, styles, 0, generatorConfig),
        direction,
      );
    };
    const penalty = (tree: ParamTree) =>
      pathLengthPenalty(lengthsOf(tree as StyleGan2GeneratorParams), target);
    // What is added to the colours does not change with the styles.
    const isFelt = ([path]: [string, unknown]) => !/^rgb.*\d\.bias$/.test(path);
    return {
      lengths: lengthsOf(params),
      penalty: penalty(params),
      gradients: Object.fromEntries(feltGradients(params, penalty, isFelt)),
    };
  });
  await assertTensor(found.lengths, findValues(golden, "path.lengths").data, "lengths");
  await assertTensor(found.penalty, findValues(golden, "path.penalty").data, "penalty");
  await assertGradients(Object.entries(found.gradients), golden, "path.gradient");
  disposeTree(params);
});

/** The gradients in those leaves that a loss depends on; the others are constants. */
function feltGradients(
  tree: ParamTree,
  loss: (tree: ParamTree) => tf.Scalar,
  isFelt: (entry: [string, tf.Tensor]) => boolean,
): [string, tf.Tensor][] {
  const fixed = treeEntries(tree).filter((entry) => !isFelt(entry));
  const felt = treeFromEntries<ParamTree>(treeEntries(tree).filter(isFelt));
  assert.ok(fixed.length > 0);
  return gradientsOf(felt, (part) => loss(treeFromEntries([...treeEntries(part), ...fixed])));
}

forEachDevice(
  "StyleGAN2's discriminator is PyTorch's: scores, all gradients, R1 and its gradient",
  async () => {
    const golden = await readGolden("stylegan2_discriminator");
    const params = goldenParams<StyleGan2DiscriminatorParams>(
      golden,
      styleGan2DiscriminatorShapes(discriminatorConfig, generatorConfig),
    );
    const found = tf.tidy(() => {
      const images = toTensor(imagesFromTorch(findValues(golden, "images"))) as tf.Tensor4D;
      const probe = goldenTensor(golden, "probe");
      const condition = goldenTensor<tf.Rank.R2>(golden, "condition");
      const score = (tree: ParamTree) => (x: tf.Tensor) =>
        applyStyleGan2Discriminator(
          tree as StyleGan2DiscriminatorParams,
          x as tf.Tensor4D,
          condition,
          discriminatorConfig,
        );
      const loss = (tree: ParamTree, x: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(score(tree)(x), probe));
      const penalty = (tree: ParamTree) => zeroCentredPenalty(score(tree), images);
      // A slope does not know what is added to the score.
      const isFelt = ([path]: [string, unknown]) => path !== "score.bias";
      return {
        output: score(params)(images),
        slope: tf.grad((x) => loss(params, x))(images),
        gradients: Object.fromEntries(gradientsOf(params, (tree) => loss(tree, images))),
        penalty: penalty(params),
        slopes: Object.fromEntries(feltGradients(params, penalty, isFelt)),
      };
    });
    await assertTensor(found.output, findValues(golden, "output").data, "scores");
    const expected = imagesFromTorch(findValues(golden, "gradient.images")).data;
    await assertTensor(found.slope, expected, "gradient of images");
    await assertGradients(Object.entries(found.gradients), golden, "gradient");
    await assertTensor(found.penalty, findValues(golden, "r1.penalty").data, "R1");
    await assertGradients(Object.entries(found.slopes), golden, "r1.gradient");
    disposeTree(params);
  },
);
