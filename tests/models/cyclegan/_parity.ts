// Measures how far our CycleGAN networks are from PyTorch's on the golden files; the test and the report share it.

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
import { type ParamShapes, treeEntries, treeFromEntries } from "../../../gpu/tree.ts";
import {
  findValues,
  type Golden,
  imagesFromTorch,
  parameterFromTorch,
  parameterNames,
  paramsFromGolden,
  readGolden,
  toTensor,
  type Values,
} from "../../golden/_golden.ts";

/** One comparison. */
export interface Parity {
  /** What was compared, such as `stem.conv.kernel`. */
  readonly what: string;
  /**
   * `forward`: the largest absolute difference. `gradient`: the larger of |a - b| / |b| over the whole tensor and of the
   * largest difference over the largest element. `zero`: a gradient that is 0 by theory (a bias before an instance norm),
   * its largest element over that of the same layer's kernel.
   */
  readonly kind: "forward" | "gradient" | "zero";
  readonly difference: number;
}

/** The limits within which a network counts as PyTorch's. */
export const PARITY_LIMITS: Readonly<Record<Parity["kind"], number>> = {
  forward: 1e-4,
  gradient: 1e-3,
  zero: 1e-3,
};

/** A golden file's name, and how to compare with it on the device that runs. */
export const parityChecks: readonly [name: string, measure: () => Promise<Parity[]>][] = [
  ["generator_convt", () => measureGenerator("convt")],
  ["generator_resize", () => measureGenerator("resize")],
  ["discriminator_patch", () => measureDiscriminator("patch")],
  ["discriminator_pooled", () => measureDiscriminator("image")],
];

/** A gradient below this (in 64 bits) is 0 by theory. */
const ZERO = 1e-10;

const largest = (data: Float32Array) =>
  data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The absolute difference of values that came forward. */
export function forwardParity(what: string, found: Float32Array, wanted: Values): Parity {
  return { what, kind: "forward", difference: largest(found.map((x, i) => x - wanted.data[i])) };
}

/** The relative difference of a gradient; `scale` is what a gradient that is 0 by theory is measured against. */
export function gradientParity(
  what: string,
  found: Float32Array,
  wanted: Values,
  scale = 1,
): Parity {
  const size = largest(wanted.data);
  if (size < ZERO) return { what, kind: "zero", difference: largest(found) / scale };
  const error = found.map((x, i) => x - wanted.data[i]);
  const whole = Math.hypot(...error) / Math.hypot(...wanted.data);
  return { what, kind: "gradient", difference: Math.max(whole, largest(error) / size) };
}

/** The gradients of a network's parameters, by our paths, compared with those of a golden file. */
export function parameterParities(
  golden: Golden,
  names: readonly (readonly [path: string, name: string])[],
  found: ReadonlyMap<string, Float32Array>,
): Parity[] {
  const wanted = new Map(
    names.map(([path, name]) =>
      [path, parameterFromTorch(findValues(golden, `gradient.${name}`))] as const
    ),
  );
  return names.map(([path]) => {
    const kernel = wanted.get(path.replace(/bias$/, "kernel"));
    const [ours, theirs] = [found.get(path), wanted.get(path)];
    if (!ours || !theirs || !kernel) throw new TypeError(`Cannot compare "${path}": it is missing`);
    return gradientParity(path, ours, theirs, largest(kernel.data));
  });
}

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
  apply: (params: ReturnType<typeof paramsFromGolden>, images: tf.Tensor4D) => tf.Tensor;
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
    forwardParity("output", (await readAll([output]))[0], wanted),
    gradientParity("input", slope, imagesFromTorch(findValues(golden, "gradient.input"))),
    ...parameterParities(golden, names, found),
  ];
}

/** The numbers of tensors, which are disposed. */
export async function readAll(tensors: tf.Tensor[]): Promise<Float32Array[]> {
  const numbers = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  tf.dispose(tensors);
  return numbers;
}
