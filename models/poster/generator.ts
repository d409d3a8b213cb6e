// The DCGAN generator (Radford et al. 2016): with batch norms while it trains, with these folded into its weights afterwards.

import * as tf from "../../gpu/tf.ts";
import { convTransposeDouble, initConvs } from "../../gpu/conv.ts";
import { dense } from "../../gpu/dense.ts";
import { batchNorm, frozenNorm, type NormParams } from "../../gpu/norm.ts";
import type { Random } from "../../gpu/random.ts";
import { assertShape } from "../../gpu/shape.ts";
import type { ParamShapes } from "../../gpu/tree.ts";
import { type DcganConfig, stageChannels } from "./config.ts";

/** A layer with its norm while it trains, with a bias [c] instead afterwards. */
type LayerParams<Kernel> = { kernel: Kernel; norm?: NormParams; bias?: tf.Tensor1D };

/** The generator's parameter tree; its dotted paths are a file format. */
export type GeneratorParams = {
  stem: LayerParams<tf.Tensor2D>;
  up: LayerParams<tf.Tensor4D>[];
};

/** Kernel of the transposed convolutions. */
const KERNEL = 4;

/**
 * Every parameter's path and shape, in the order of the layers.
 *
 * @param form `training` has norms in all layers but the last, `folded` a bias in each
 */
export function generatorShapes(
  config: DcganConfig,
  form: "training" | "folded",
): ParamShapes {
  const { latent, genres, base: [h0, w0] } = config;
  const channels = [...stageChannels(config), 3];
  const rest = (path: string, c: number, isLast = false): [string, number[]][] =>
    form === "training" && !isLast
      ? [[`${path}.norm.scale`, [c]], [`${path}.norm.offset`, [c]]]
      : [[`${path}.bias`, [c]]];
  return Object.fromEntries([
    ["stem.kernel", [latent + genres, h0 * w0 * channels[0]]],
    ...rest("stem", channels[0]),
    ...channels.slice(1).flatMap((cout, i): [string, number[]][] => [
      [`up.${i}.kernel`, [KERNEL, KERNEL, cout, channels[i]]],
      ...rest(`up.${i}`, cout, i === channels.length - 2),
    ]),
  ]);
}

/** New parameters in the training form; the caller owns the tensors. */
export function initGenerator(config: DcganConfig, random: Random): GeneratorParams {
  return initConvs<GeneratorParams>(generatorShapes(config, "training"), random);
}

/**
 * Pictures [n, h, w, 3] in [-1, 1] from inputs [n, latent + genres] (`generatorInput`).
 *
 * In the training form a picture depends on its whole batch; in the folded form on its own input alone.
 */
export function applyGenerator(
  { stem, up }: GeneratorParams,
  inputs: tf.Tensor2D,
  config: DcganConfig,
): tf.Tensor4D {
  assertShape(inputs, [null, config.latent + config.genres], "poster generator input");
  const [last, ...inner] = [...up].reverse();
  const start = activate(stem, grid(stem, inputs, config));
  const features = inner.reverse().reduce(
    (x, layer) => activate(layer, convTransposeDouble({ kernel: layer.kernel }, x)),
    start,
  );
  return tf.tanh(convTransposeDouble(last, features));
}

/**
 * The folded form of a trained generator: each norm's statistics over these inputs become part of the weights. With the
 * averaged weights of a run these are the statistics that belong to them (Wu and Johnson 2021, section 3, "precise"
 * statistics). The caller owns the result.
 */
export function foldGenerator(
  { stem, up }: GeneratorParams,
  inputs: tf.Tensor2D,
  config: DcganConfig,
): GeneratorParams {
  return tf.tidy(() => {
    const [h0, w0] = config.base;
    const raw = grid(stem, inputs, config);
    const first = fold(stem, raw);
    const folded: GeneratorParams = {
      stem: { kernel: tf.mul(stem.kernel, tf.tile(first.factor, [h0 * w0])), bias: first.bias },
      up: [],
    };
    let x = relu(first, raw);
    for (const layer of up) {
      if (!layer.norm) {
        folded.up.push({
          kernel: tf.clone(layer.kernel),
          bias: layer.bias && tf.clone(layer.bias),
        });
        continue;
      }
      const next = convTransposeDouble({ kernel: layer.kernel }, x);
      const frozen = fold(layer, next);
      const perChannel = tf.reshape(frozen.factor, [1, 1, -1, 1]);
      folded.up.push({ kernel: tf.mul(layer.kernel, perChannel), bias: frozen.bias });
      x = relu(frozen, next);
    }
    return folded;
  });
}

function grid(
  { kernel }: LayerParams<tf.Tensor2D>,
  inputs: tf.Tensor2D,
  { base: [h0, w0] }: DcganConfig,
): tf.Tensor4D {
  return tf.reshape(dense({ kernel }, inputs), [inputs.shape[0], h0, w0, -1]);
}

function activate({ norm, bias }: LayerParams<tf.Tensor>, x: tf.Tensor4D): tf.Tensor4D {
  if (norm) return tf.relu(batchNorm(norm, x));
  return tf.relu(bias ? tf.add(x, bias) : x);
}

type Frozen = ReturnType<typeof frozenNorm>;

function fold({ norm }: LayerParams<tf.Tensor>, x: tf.Tensor4D): Frozen {
  if (!norm) {
    throw new TypeError("Cannot fold poster generator: a layer has no norm; is it folded?");
  }
  return frozenNorm(norm, x);
}

function relu({ factor, bias }: Frozen, x: tf.Tensor4D): tf.Tensor4D {
  return tf.relu(tf.add(tf.mul(x, factor), bias));
}
