// The discriminators to choose from, a PatchGAN or heads on a big network's trunk, as one.

import type { Random } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import { applyHeads, type HeadParams, initHeads } from "../trunks/head.ts";
import { applyTrunk, trunkChannels, type TrunkParams } from "../trunks/trunk.ts";
import type { DiscriminatorConfig } from "./config.ts";
import {
  applyDiscriminator,
  type DiscriminatorParams,
  initDiscriminator,
} from "./discriminator.ts";

/** Heads, and the trunk under them if it is trained with them; one that is not trained is shared and kept apart. */
export type TrunkDiscriminatorParams = { trunk?: TrunkParams; head: HeadParams[] };

/** The parameter tree of either kind; its dotted paths are a file format. */
export type AnyDiscriminatorParams = DiscriminatorParams | TrunkDiscriminatorParams;

/** New parameters, without a trunk; the caller owns the tensors. */
export function initAnyDiscriminator(
  config: DiscriminatorConfig,
  random: Random,
): AnyDiscriminatorParams {
  if (config.net === "patch") return initDiscriminator(config, random);
  return { head: initHeads(trunkChannels(config.net), config.width, random) };
}

/**
 * Scores of images [n, h, w, 3] in [-1, 1]: [n, s], or [n, 1] if pooled per image; no sigmoid. On a trunk, all its levels weigh the
 * same in a mean over the scores.
 *
 * @param shared the trunk, where it is not part of the parameters
 * @throws {TypeError} if there is no trunk for heads
 */
export function applyAnyDiscriminator(
  params: AnyDiscriminatorParams,
  images: tf.Tensor4D,
  config: DiscriminatorConfig,
  shared?: TrunkParams,
): tf.Tensor2D {
  if (config.net === "patch") {
    return applyDiscriminator(params as DiscriminatorParams, images, config);
  }
  const { head, trunk = shared } = params as TrunkDiscriminatorParams;
  if (!trunk) throw new TypeError(`Cannot run discriminator: there is no trunk of ${config.net}`);
  const scores = applyHeads(head, applyTrunk(config.net, trunk, images));
  return config.score === "image" ? tf.mean(scores, 1, true) : scores;
}
