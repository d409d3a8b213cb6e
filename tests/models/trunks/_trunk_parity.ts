// Runs our trunks on the weights, images and probes of the golden files and compares with torchvision's networks.

import "../../../gpu/gradients.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import * as tf from "../../../gpu/tf.ts";
import { treeFromEntries } from "../../../gpu/tree.ts";
import { gradientPenalty } from "../../../models/penalty.ts";
import { TRUNK_NETS, type TrunkNet } from "../../../models/trunks/config.ts";
import { applyTrunk, type TrunkParams } from "../../../models/trunks/trunk.ts";
import { rowStrides, type StateTensor } from "../../../tasks/_state_tensor.ts";
import { findTrunk, type FoundTrunk } from "../../../tasks/_trunk_keys.ts";
import { trunkTensors } from "../../../tasks/_trunk_weights.ts";
import { formulaNumbers } from "../../golden/_formula.ts";
import { findValues, type Golden, readGolden } from "../../golden/_golden.ts";
import { type Parity, type ParityCheck, readAll } from "../cyclegan/_parity.ts";

/** The trunks' golden files. */
export const trunkChecks: readonly ParityCheck[] = TRUNK_NETS.map((net) => ({
  golden: `trunk_${net}`,
  measure: () => measureTrunk(net),
}));

/** What a torchvision state dict holds by the goldens' formula; the classifier, which nobody reads, has no bytes. */
export function formulaState({ metadata }: Golden): Map<string, StateTensor> {
  const shapes: Record<string, number[]> = JSON.parse(metadata.state);
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const isRead = !/^(classifier|fc|AuxLogits)\.|num_batches_tracked$/.test(name);
      const values = isRead ? stateValues(name, shape) : new Float32Array();
      const bytes = new Uint8Array(values.buffer);
      return [name, { dtype: "float32", shape, strides: rowStrides(shape), offset: 0, bytes }];
    }),
  );
}

function stateValues(name: string, shape: readonly number[]): Float32Array {
  const isKernel = shape.length === 4;
  const most = isKernel
    ? (6 / sizeOf(shape.slice(1))) ** 0.5 * (name.endsWith("conv2.weight") ? 0.3 : 1)
    : 0.2;
  const isScale = name.endsWith("running_var") || (!isKernel && name.endsWith("weight"));
  return formulaNumbers(name, sizeOf(shape), isScale ? [0.6, 1.4] : [-most, most]);
}

/** Features, the slope in the image, and gradients of first and second order in some kernels. */
async function measureTrunk(net: TrunkNet): Promise<Parity[]> {
  const golden = await readGolden(`trunk_${net}`), state = formulaState(golden);
  const found = findTrunk(net, state), weights = trunkTensors(net, state, found);
  const kernels = kernelsOf(golden, found);
  const [n, h, w] = JSON.parse(golden.metadata.config).input as number[];
  const tensors = tf.tidy(() => {
    const leaves = new Map<string, tf.Tensor>(
      [...weights].map(([path, { shape, values }]) => [path, tf.tensor(values, [...shape])]),
    );
    const drawn = formulaNumbers("images", n * 3 * h * w, [-1, 1]);
    const images = tf.transpose(tf.tensor4d(drawn, [n, 3, h, w]), [0, 2, 3, 1]);
    const params = treeFromEntries(leaves) as unknown as TrunkParams;
    const levels = applyTrunk(net, params, images as tf.Tensor4D);
    const probes = levels.map(({ shape: [, height, width, c], size }, i) => {
      const values = formulaNumbers(`probe.${i}`, size, [-4, 4]).map((v) => v / size ** 0.5);
      return tf.transpose(tf.tensor4d(values, [n, c, height, width]), [0, 2, 3, 1]);
    });
    /** The probes' sum for each image, of given images and kernels. */
    const judge = (x: tf.Tensor, given: readonly tf.Tensor[]) => {
      const changed = kernels.map(({ path }, i) => [path, given[i]] as const);
      const tree = treeFromEntries(new Map([...leaves, ...changed])) as unknown as TrunkParams;
      const parts = applyTrunk(net, tree, x as tf.Tensor4D)
        .map((features, i) => tf.sum(tf.mul(features, probes[i]), [1, 2, 3]));
      return tf.addN(parts);
    };
    const chosen = kernels.map(({ path }) => leaves.get(path) as tf.Tensor);
    const [slope, ...first] = tf.grads((x, ...given) => tf.sum(judge(x, given)))(
      [images, ...chosen],
    );
    const mix = tf.ones([n, 1, 1, 1]) as tf.Tensor4D, real = images as tf.Tensor4D;
    const penalty = (...given: tf.Tensor[]): tf.Scalar => {
      const critic = (x: tf.Tensor4D) => tf.reshape(judge(x, given), [n, 1]) as tf.Tensor2D;
      return gradientPenalty(critic, { real, fake: real, mix });
    };
    const second = tf.grads(penalty)(chosen);
    const toTorch = (x: tf.Tensor) => tf.transpose(x, [0, 3, 1, 2]);
    const kernelToTorch = (x: tf.Tensor) => tf.transpose(x, [3, 2, 0, 1]);
    return {
      levels: levels.map(toTorch),
      slope: toTorch(slope),
      penalty: tf.reshape(penalty(...chosen), [1]),
      first: first.map(kernelToTorch),
      second: second.map(kernelToTorch),
    };
  });
  const { levels, slope, penalty, first, second } = tensors;
  const rows: [name: string, kind: Parity["kind"], tensor: tf.Tensor][] = [
    ...levels.map((x, i) => [`level.${i}`, "forward", x] as [string, "forward", tf.Tensor]),
    ["input", "gradient", slope],
    ["penalty", "gradient", penalty],
    ...kernels.flatMap(({ name }, i): typeof rows => [
      [`gradient.${name}`, "gradient", first[i]],
      [`penalty.${name}`, "gradient", second[i]],
    ]),
  ];
  const values = await readAll(rows.map(([, , tensor]) => tensor));
  return rows.map(([what, kind], i) => compare(golden, what, kind, values[i]));
}

/** The kernels whose gradients the file holds: torchvision's name and our path. */
function kernelsOf(golden: Golden, { layers }: FoundTrunk): { name: string; path: string }[] {
  return layers.filter(({ conv }) => golden.tensors.has(`gradient.${conv}`))
    .map(({ conv, path }) => ({ name: conv, path: `${path}.kernel` }));
}

/** All values against the file's samples, and their norm against the last of these. */
function compare(
  golden: Golden,
  what: string,
  kind: Parity["kind"],
  values: Float32Array,
): Parity {
  const { data } = findValues(golden, what), wanted = data.subarray(0, -1);
  const { samples } = JSON.parse(golden.metadata.config);
  const step = Math.max(1, Math.floor(values.length / samples));
  if (wanted.length !== Math.ceil(values.length / step)) {
    throw new TypeError(`Cannot compare ${what}: it has ${values.length} values, the file others`);
  }
  let worst = 0, largest = 0, sum = 0;
  wanted.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(value - values[i * step]));
    largest = Math.max(largest, Math.abs(value));
  });
  for (const value of values) sum += value * value;
  const norm = data[data.length - 1], all = Math.abs(Math.sqrt(sum) - norm) / norm;
  return { what, kind, difference: Math.max(kind === "forward" ? worst : worst / largest, all) };
}
