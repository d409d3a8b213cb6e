// The weights of a discriminator's trunk: read from a file of torchvision's, batch norms folded into the convolutions.

import { startFromTrunk, type TrainState } from "../models/cyclegan/state.ts";
import type { LoadedTensor } from "../models/train_state.ts";
import type { TrunkNet } from "../models/trunks/config.ts";
import { sha256Hex } from "../models/weights_file.ts";
import { TaskError } from "./_cli.ts";
import { KERNEL_AXES } from "./_cyclegan_keys.ts";
import { readWeightsFile } from "./_import_generator.ts";
import { readStateDict } from "./_state_dict.ts";
import { permuteAxes, readFloats32, type StateTensor } from "./_state_tensor.ts";
import { printable } from "./_torch_fault.ts";
import { findTrunk, type FoundTrunk, type PublishedLayer } from "./_trunk_keys.ts";

/** What torchvision adds to the variance of a norm: PyTorch's own number, and another one in Inception. */
const EPSILON = 1e-5, INCEPTION_EPSILON = 1e-3;

type Tensors = ReadonlyMap<string, StateTensor>;

/** What a run that begins is told. */
interface TrunkStart {
  /** A state dict of torchvision's; without one the weights stay random. */
  file: string | undefined;
  warn: (message: string) => void;
  note: (message: string) => void;
}

/**
 * Fills the trunks of a fresh state from a file, and says what was read; or says that they start from random weights.
 *
 * @throws {TaskError} naming the file, and what is wrong with it or every tensor that does not fit
 */
export async function beginTrunk(
  state: TrainState,
  net: TrunkNet,
  { file, warn, note }: TrunkStart,
): Promise<void> {
  if (file === undefined) {
    warn(`${net} starts from random weights: there is no --d-weights FILE`);
    return;
  }
  const bytes = await readWeightsFile(file);
  try {
    const { tensors, layout } = readStateDict(bytes);
    const found = findTrunk(net, tensors);
    startFromTrunk(state, trunkTensors(net, tensors, found));
    note(
      `${net} starts from ${file}: ${layout}, ${found.layers.length} convolutions, ` +
        `${found.dropped.length} tensors left out, sha256 ${await sha256Hex(bytes)}`,
    );
  } catch (error) {
    // Whatever the readers found; their words may hold names from the file.
    const why = error instanceof Error ? error.message : String(error);
    throw new TaskError(`Cannot import ${file}: ${printable(why)}`);
  }
}

/**
 * A trunk's parameters in our layout and under our paths. A norm with its running statistics is a factor and an offset for each
 * channel, which become part of the convolution before it.
 *
 * @throws {TypeError} if a tensor does not hold floating point numbers
 */
export function trunkTensors(
  net: TrunkNet,
  tensors: Tensors,
  { layers }: FoundTrunk,
): Map<string, LoadedTensor> {
  const epsilon = net === "inception" ? INCEPTION_EPSILON : EPSILON;
  return new Map(layers.flatMap((layer) => {
    const { kernel, bias } = foldedLayer(layer, tensors, epsilon);
    return [[`${layer.path}.kernel`, kernel], [`${layer.path}.bias`, bias]];
  }));
}

/** y = (conv(x) - mean) / sqrt(variance + epsilon) scale + offset, as a kernel and a bias. */
function foldedLayer(
  { conv, norm }: PublishedLayer,
  tensors: Tensors,
  epsilon: number,
): { kernel: LoadedTensor; bias: LoadedTensor } {
  const find = (name: string) => {
    const found = tensors.get(name);
    if (!found) throw new TypeError(`Cannot read weights: "${name}" is missing`);
    return found;
  };
  const permuted = permuteAxes(find(`${conv}.weight`), KERNEL_AXES);
  const kernel = { shape: permuted.shape, values: readFloats32(permuted) };
  const channels = kernel.shape[3], shape = [channels];
  if (norm === undefined) {
    return { kernel, bias: { shape, values: readFloats32(find(`${conv}.bias`)) } };
  }
  const read = (part: string) => readFloats32(find(`${norm}.${part}`));
  const [scale, offset] = [read("weight"), read("bias")];
  const [mean, variance] = [read("running_mean"), read("running_var")];
  const factors = Float64Array.from(scale, (value, i) => value / Math.sqrt(variance[i] + epsilon));
  for (let i = 0; i < kernel.values.length; i++) kernel.values[i] *= factors[i % channels];
  return {
    kernel,
    bias: { shape, values: offset.map((value, i) => value - mean[i] * factors[i]) },
  };
}
