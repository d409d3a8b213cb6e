// Runs the gradient penalty and a whole training step on the golden files and compares them with PyTorch's.

import { randomStream } from "../../../gpu/random.ts";
import * as tf from "../../../gpu/tf.ts";
import { type ParamTree, treeEntries, treeFromEntries, treeVariables } from "../../../gpu/tree.ts";
import type { PatchConfig } from "../../../models/cyclegan/config.ts";
import {
  applyDiscriminator,
  type DiscriminatorParams,
  discriminatorShapes,
} from "../../../models/cyclegan/discriminator.ts";
import { generatorShapes } from "../../../models/cyclegan/generator.ts";
import { discriminatorLoss } from "../../../models/cyclegan/loss.ts";
import {
  disposeTrainState,
  initTrainState,
  type TrainState,
} from "../../../models/cyclegan/state.ts";
import { trainStep } from "../../../models/cyclegan/step.ts";
import type { TrainingConfig } from "../../../models/cyclegan/training_config.ts";
import { gradientPenalty } from "../../../models/penalty.ts";
import {
  findValues,
  type Golden,
  imagesFromTorch,
  parameterNames,
  parameterToTorch,
  paramsFromGolden,
  readGolden,
  toTensor,
} from "../../golden/_golden.ts";
import {
  forwardParity,
  gradientParity,
  isZero,
  parameterParities,
  type Parity,
  type ParityCheck,
  readAll,
} from "./_parity.ts";

/** What training computes, on the golden files. */
export const trainingChecks: readonly ParityCheck[] = [
  { golden: "wgangp", measure: measureWasserstein },
  { golden: "cyclegan_step", measure: measureStep },
];

/** The critic's loss with its gradient penalty, and the gradients of their sum: the penalty's are of second order. */
async function measureWasserstein(): Promise<Parity[]> {
  const [golden, weights] = [await readGolden("wgangp"), await readGolden("discriminator_pooled")];
  const { ndf, layers, penalty } = JSON.parse(golden.metadata.config);
  const shapes = discriminatorShapes({ width: ndf, layers, score: "image" });
  const names = parameterNames(weights, shapes);
  const tensors = tf.tidy(() => {
    const params = treeEntries(paramsFromGolden(weights, shapes)).map(([, leaf]) => leaf);
    const image = (name: string) =>
      toTensor(imagesFromTorch(findValues(golden, name))) as tf.Tensor4D;
    const [real, fake] = [image("real"), image("fake")];
    const mix = tf.reshape(toTensor(findValues(golden, "mix")), [2, 1, 1, 1]) as tf.Tensor4D;
    const terms = (...leaves: tf.Tensor[]) => {
      const tree = treeFromEntries<DiscriminatorParams>(
        names.map(([path], i) => [path, leaves[i]]),
      );
      const critic = (x: tf.Tensor4D) => applyDiscriminator(tree, x, { score: "image" });
      const loss = discriminatorLoss("wgangp", critic(real), critic(fake));
      return [loss, gradientPenalty(critic, { real, fake, mix })] as const;
    };
    const sum = (...leaves: tf.Tensor[]): tf.Scalar => {
      const [loss, term] = terms(...leaves);
      return tf.add(loss, tf.mul(term, penalty));
    };
    return { values: [...terms(...params), sum(...params)], gradients: tf.grads(sum)(params) };
  });
  const [loss, term, sum] = await readAll(tensors.values);
  const gradients = await readAll(tensors.gradients);
  const value = (name: string) => findValues(golden, `value.${name}`).data[0];
  return [
    forwardParity("mean D(fake) - mean D(real)", loss, [value("fake") - value("real")]),
    forwardParity("penalty", term, [value("penalty")]),
    // The sum holds 50 times the penalty, so it is compared as a gradient is: relatively.
    gradientParity("sum", sum, [value("loss")]),
    ...parameterParities(
      golden,
      names,
      new Map(names.map(([path], i) => [path, gradients[i]] as const)),
    ),
  ];
}

const discriminator: PatchConfig = { width: 4, layers: 2, score: "patch" };

/** What the golden step was made with. */
const stepConfig: TrainingConfig = {
  kind: "cyclegan",
  generator: { width: 4, blocks: 2, upsample: "convt" },
  discriminator: { net: "patch", ...discriminator },
  size: [16, 20],
  loadScale: 1,
  flip: false,
  batch: 2,
  gan: "lsgan",
  criticSteps: 1,
  cycle: "10",
  identity: "5",
  penalty: "0",
  clipGenerator: "none",
  clipDiscriminator: "none",
  learningRate: "0.0002",
  beta1: 0.5,
  beta2: 0.999,
  pool: 0,
  emaHalfLife: 1000,
  augment: [],
  seed: 1,
};

const networks = ["genAB", "genBA", "discA", "discB"] as const;

/** Losses, gradients and parameters of one whole step, and the losses that the next step starts from. */
async function measureStep(): Promise<Parity[]> {
  const golden = await readGolden("cyclegan_step");
  const [generator, critic] = [
    await readGolden("generator_convt"),
    await readGolden("discriminator_pooled"),
  ];
  const state = initTrainState(stepConfig);
  const names = {
    gen: parameterNames(generator, generatorShapes(stepConfig.generator)),
    disc: parameterNames(critic, discriminatorShapes(discriminator)),
  };
  for (const network of networks) {
    const isGenerator = network.startsWith("gen");
    const shapes = isGenerator
      ? generatorShapes(stepConfig.generator)
      : discriminatorShapes(discriminator);
    const reversed = network === "genBA" || network === "discB";
    assign(
      state.params[network],
      paramsFromGolden(isGenerator ? generator : critic, shapes, { reversed }),
    );
  }
  const image = (name: string) =>
    toTensor(imagesFromTorch(findValues(golden, name))) as tf.Tensor4D;
  const batch = { a: image("realA"), b: image("realB") };
  const step = async () =>
    (await trainStep(state, [batch], { config: stepConfig, random: randomStream(1, "step") }))
      .values;
  const before = lossParities(golden, "before", await step());
  const updated = [];
  for (const network of networks) {
    const paths = names[network.startsWith("gen") ? "gen" : "disc"].map(([path]) => path);
    updated.push(...await networkParities(golden, state, network, paths));
  }
  const after = lossParities(golden, "after", await step());
  tf.dispose([batch.a, batch.b]);
  disposeTrainState(state);
  return [...before, ...updated, ...after];
}

/** Copies values into variables of the same tree. */
function assign(variables: ParamTree, values: ParamTree): void {
  const leaves = new Map(treeEntries(values));
  for (const [path, variable] of treeVariables(variables)) {
    const leaf = leaves.get(path);
    if (!leaf) throw new TypeError(`Cannot fill the network: "${path}" is missing`);
    variable.assign(leaf);
    leaf.dispose();
  }
}

/** A step's losses: those of both directions come as one term where the step adds them up. */
function lossParities(golden: Golden, when: string, values: Record<string, number>): Parity[] {
  const theirs = (...names: string[]) =>
    names.reduce((sum, name) => sum + findValues(golden, `${when}.${name}`).data[0], 0);
  const rows: [name: string, wanted: number][] = [
    ["lossAdvAB", theirs("adversarialAB")],
    ["lossAdvBA", theirs("adversarialBA")],
    ["lossCycle", theirs("cycleA", "cycleB")],
    ["lossIdentity", theirs("identityA", "identityB")],
    ["lossGenerators", theirs("generators")],
    ["lossDiscA", theirs("discA")],
    ["lossDiscB", theirs("discB")],
  ];
  return rows.map(([name, wanted]) =>
    forwardParity(`${name} ${when} the step`, [values[name]], [wanted])
  );
}

/** One network's gradient norms and updated parameters; the gradients are read from Adam's first moment, (1 - beta1) g. */
async function networkParities(
  golden: Golden,
  { params, adam }: TrainState,
  network: typeof networks[number],
  paths: string[],
): Promise<Parity[]> {
  const given = (name: string) => findValues(golden, `${network}.${name}`).data;
  const read = async (tree: ParamTree) => {
    const leaves = new Map(treeEntries(tree));
    return await Promise.all(paths.map(async (path) => {
      const leaf = leaves.get(path);
      if (!leaf) throw new TypeError(`Cannot compare ${network}: "${path}" is missing`);
      return parameterToTorch({ shape: leaf.shape, data: await leaf.data<"float32">() }).data;
    }));
  };
  const [parameters, moments] = [await read(params[network]), await read(adam[network].m)];
  const norm = (data: Float32Array) => Math.hypot(...data);
  return paths.flatMap((path, i) => {
    const what = `${network}.${path}`;
    const [slope, size] = [norm(moments[i]) / (1 - stepConfig.beta1), given("gradientNorms")[i]];
    // Adam makes steps of full length out of rounding noise where the true gradient is 0, so nothing else is defined.
    const kernel = given("gradientNorms")[paths.indexOf(path.replace(/bias$/, "kernel"))];
    if (isZero([size])) return [gradientParity(`${what}: norm`, [slope], [size], kernel)];
    const steps = [0, 1, 2].map((k) => {
      const position = given("entryPositions")[3 * i + k];
      return (parameters[i][position] - given("entries")[3 * i + k]) /
        Number(stepConfig.learningRate);
    });
    return [
      gradientParity(`${what}: norm`, [slope], [size]),
      { what: `${what}: step`, kind: "gradient", difference: Math.max(...steps.map(Math.abs)) },
      gradientParity(`${what}: parameter norm`, [norm(parameters[i])], [
        given("parameterNorms")[i],
      ]),
    ];
  });
}
