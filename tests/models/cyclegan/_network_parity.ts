// Runs our generators and discriminators on the golden files and compares values and gradients with PyTorch's.

import {
  applyDiscriminator,
  type DiscriminatorParams,
  discriminatorShapes,
} from "../../../models/cyclegan/discriminator.ts";
import {
  applyGenerator,
  type GeneratorParams,
  generatorShapes,
} from "../../../models/cyclegan/generator.ts";
import type { DiscriminatorConfig, GeneratorConfig } from "../../../models/cyclegan/config.ts";
import "../../../gpu/gradients.ts";
import * as tf from "../../../gpu/tf.ts";
import {
  type ParamShapes,
  type ParamTree,
  treeEntries,
  treeFromEntries,
} from "../../../gpu/tree.ts";
import {
  findValues,
  type Golden,
  imagesFromTorch,
  parameterNames,
  paramsFromGolden,
  readGolden,
  toTensor,
  type Values,
} from "../../golden/_golden.ts";
import {
  forwardParity,
  gradientParity,
  parameterParities,
  type Parity,
  type ParityCheck,
  readAll,
} from "./_parity.ts";

/** The networks of the golden files. */
export const networkChecks: readonly ParityCheck[] = [
  { golden: "generator_convt", measure: () => measureGenerator("convt") },
  { golden: "generator_resize", measure: () => measureGenerator("resize") },
  { golden: "discriminator_patch", measure: () => measureDiscriminator("patch") },
  { golden: "discriminator_pooled", measure: () => measureDiscriminator("image") },
];

async function measureGenerator(upsample: GeneratorConfig["upsample"]): Promise<Parity[]> {
  const golden = await readGolden(`generator_${upsample}`);
  const { ngf, blocks } = JSON.parse(golden.metadata.config);
  const shapes = generatorShapes({ width: ngf, blocks, upsample });
  return await measureNetwork(golden, shapes, {
    apply: (params, images) =>
      applyGenerator(params as unknown as GeneratorParams, images, { upsample }),
    output: imagesFromTorch,
  });
}

async function measureDiscriminator(score: DiscriminatorConfig["score"]): Promise<Parity[]> {
  const golden = await readGolden(`discriminator_${score === "image" ? "pooled" : score}`);
  const { ndf, layers } = JSON.parse(golden.metadata.config);
  const shapes = discriminatorShapes({ width: ndf, layers, score });
  return await measureNetwork(golden, shapes, {
    apply: (params, images) =>
      applyDiscriminator(params as unknown as DiscriminatorParams, images, { score }),
    output: ({ shape, data }) => ({ shape: [shape[0], data.length / shape[0]], data }),
  });
}

/** Output, input gradient and parameter gradients of sum(output * probe). */
async function measureNetwork(golden: Golden, shapes: ParamShapes, network: {
  apply: (params: ParamTree, images: tf.Tensor4D) => tf.Tensor;
  output: (values: Values) => Values;
}): Promise<Parity[]> {
  const names = parameterNames(golden, shapes);
  const wanted = network.output(findValues(golden, "output"));
  const { output, gradients } = tf.tidy(() => {
    const params = treeEntries(paramsFromGolden(golden, shapes));
    const images = toTensor(imagesFromTorch(findValues(golden, "input")));
    const probe = toTensor(network.output(findValues(golden, "probe")));
    const run = (x: tf.Tensor, ...leaves: tf.Tensor[]) => {
      const tree = treeFromEntries(params.map(([path], i) => [path, leaves[i]] as const));
      return network.apply(tree, x as tf.Tensor4D);
    };
    const inputs = [images, ...params.map(([, leaf]) => leaf)];
    const loss = (...xs: tf.Tensor[]) =>
      tf.sum(tf.mul(run(...xs as [tf.Tensor, ...tf.Tensor[]]), probe));
    return {
      output: run(...inputs as [tf.Tensor, ...tf.Tensor[]]),
      gradients: tf.grads(loss)(inputs),
    };
  });
  const [slope, ...others] = await readAll(gradients);
  const found = new Map(names.map(([path], i) => [path, others[i]] as const));
  return [
    forwardParity("output", (await readAll([output]))[0], wanted.data),
    gradientParity("input", slope, imagesFromTorch(findValues(golden, "gradient.input")).data),
    ...parameterParities(golden, names, found),
  ];
}
