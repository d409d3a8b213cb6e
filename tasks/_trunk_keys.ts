// The big networks' convolutions and norms by the names that torchvision gives them, found in a state dict and matched to ours.

import { TRUNK_NETS, type TrunkNet } from "../models/trunks/config.ts";
import { trunkShapes } from "../models/trunks/trunk.ts";
import {
  commonPrefix,
  listed,
  listFaults,
  type NeededTensor,
  type Shaped,
} from "./_state_names.ts";

/** A convolution of ours with torchvision's names for it and for the batch norm after it. */
export interface PublishedLayer {
  /** Our path, without `.kernel`. */
  path: string;
  conv: string;
  norm?: string;
  /** The kernel's shape in PyTorch's layout. */
  shape: readonly number[];
}

/** A trunk that was found in a state dict. */
export interface FoundTrunk {
  /** Its layers; the names are those in the file. */
  layers: PublishedLayer[];
  /** What was left out, as it stands in the file: the classifier, and the counters of norms. */
  dropped: string[];
}

/** The parts of the networks that judge no features: the classifiers, and Inception's second one, which only its training uses. */
const CLASSIFIER = /^(classifier|fc|AuxLogits)\./;
/** How many batches a norm has seen. */
const COUNTER = /\.num_batches_tracked$/;

/** Networks that are often mistaken for a trunk, by a name that only they have. */
const MISTAKEN: readonly [pattern: RegExp, what: string][] = [
  [/^features\.\d+\.running_mean$/, "a VGG with batch norms; only those without are known"],
  [/^layer1\.0\.conv3\.weight$/, "a ResNet of 50 layers or more, with other blocks"],
  [/^Conv2d_1a_3x3\.weight$/, "an Inception that is not torchvision's"],
];

/** Every layer of a network with torchvision's names, in the order of our paths. */
export function publishedLayers(net: TrunkNet): PublishedLayer[] {
  const kernels = Object.entries(trunkShapes(net)).filter(([path]) => path.endsWith(".kernel"));
  return kernels.map(([kernel, [height, width, cin, cout]], i) => {
    const path = kernel.slice(0, -".kernel".length), shape = [cout, cin, height, width];
    if (net.startsWith("vgg")) {
      // A list of all layers: each convolution and its ReLU are two, and each stage before it ends in a pooling.
      return { path, shape, conv: `features.${2 * i + Number(path.split(".")[1])}` };
    }
    const names = net === "inception" ? inceptionNames(path, height) : resnetNames(path);
    return { path, shape, ...names };
  });
}

function resnetNames(path: string): { conv: string; norm: string } {
  if (path === "stem") return { conv: "conv1", norm: "bn1" };
  const [, stage, block, layer] = path.split(".");
  const place = `layer${Number(stage) + 1}.${block}`;
  return layer === "shortcut"
    ? { conv: `${place}.downsample.0`, norm: `${place}.downsample.1` }
    : { conv: `${place}.${layer}`, norm: `${place}.${layer.replace("conv", "bn")}` };
}

function inceptionNames(path: string, kernel: number): { conv: string; norm: string } {
  const [module, layer] = path.split(".");
  const place = module === "stem"
    ? `Conv2d_${layer}_${kernel}x${kernel}`
    : `${module.replace("mixed", "Mixed")}.${layer}`;
  return { conv: `${place}.conv`, norm: `${place}.bn` };
}

/** The tensors of a layer by torchvision's names. */
function tensorsOf({ conv, norm, shape }: PublishedLayer): NeededTensor[] {
  const perChannel = norm === undefined
    ? [`${conv}.bias`]
    : ["weight", "bias", "running_mean", "running_var"].map((part) => `${norm}.${part}`);
  return [
    { name: `${conv}.weight`, shape },
    ...perChannel.map((name) => ({ name, shape: [shape[0]] })),
  ];
}

/**
 * Finds a network's trunk in a state dict of torchvision's. `module.` before every name is taken off; the classifier is left out.
 *
 * @throws {TypeError} listing every tensor that is missing, surplus or of another shape
 */
export function findTrunk(net: TrunkNet, tensors: Shaped): FoundTrunk {
  const names = [...tensors.keys()], prefix = commonPrefix(names);
  const own = (name: string) => name.slice(prefix.length);
  const isDropped = (name: string) => CLASSIFIER.test(own(name)) || COUNTER.test(name);
  const kept = new Map(
    names.filter((name) => !isDropped(name))
      .map((name) => [own(name), tensors.get(name)?.shape ?? []]),
  );
  const faultsOf = (other: TrunkNet) => listFaults(kept, publishedLayers(other).flatMap(tensorsOf));
  const faults = faultsOf(net);
  if (faults.length > 0) {
    const fits = TRUNK_NETS.find((other) => faultsOf(other).length === 0);
    const mistaken = MISTAKEN.find(([pattern]) =>
      [...kept.keys()].some((key) => pattern.test(key))
    );
    const guess = fits ?? mistaken?.[1];
    throw new TypeError(
      listed(`Cannot read it as torchvision's ${net}: it would need other tensors:`, faults) +
        (guess === undefined ? "" : `\nIt looks like ${guess}`),
    );
  }
  const layers = publishedLayers(net).map(({ conv, norm, ...layer }) => ({
    ...layer,
    conv: prefix + conv,
    ...(norm !== undefined && { norm: prefix + norm }),
  }));
  return { layers, dropped: names.filter(isDropped) };
}
