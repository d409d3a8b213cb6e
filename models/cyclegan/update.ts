// One optimiser update of two networks: read the losses, refuse what is not finite, clip, take Adam's step.

import * as tf from "../../gpu/tf.ts";
import { applyAdam, globalNorm } from "../../gpu/adam.ts";
import type { Gradients } from "../../gpu/gradients.ts";
import type { Networks, TrainState } from "./state.ts";
import type { TrainingConfig } from "./training_config.ts";

/** What an update applies and reports. */
export interface UpdateOptions {
  /** Scalars to report; disposed. */
  terms: Record<string, tf.Scalar>;
  /** Largest global gradient norm per network. */
  clip: number;
  config: TrainingConfig;
  learningRate: number;
}

/**
 * Reads the loss terms and each network's gradient norm in one transfer; if all are finite, clips each network's gradient to
 * `clip` and takes its Adam step. Disposes gradients and terms.
 */
export async function applyUpdate(
  networks: readonly (keyof Networks)[],
  { params, adam }: Pick<TrainState, "params" | "adam">,
  gradients: Gradients,
  { terms, clip, config, learningRate }: UpdateOptions,
): Promise<{ finite: boolean; values: Record<string, number> }> {
  const perNetwork = networks.map((network) => gradientsOf(gradients, network));
  const names = [...Object.keys(terms), ...networks.map((network) => `norm.${network}`)];
  const scalars = tf.tidy(() => tf.stack([...Object.values(terms), ...perNetwork.map(globalNorm)]));
  const numbers = await scalars.data();
  const values = Object.fromEntries(names.map((name, i) => [name, numbers[i]]));
  const finite = numbers.every(Number.isFinite);
  if (finite) {
    networks.forEach((network, i) => {
      const norm = values[`norm.${network}`];
      const gradientScale = norm > clip ? clip / norm : 1;
      applyAdam(params[network], adam[network], perNetwork[i], {
        learningRate,
        beta1: config.beta1,
        beta2: config.beta2,
        gradientScale,
      });
    });
  }
  tf.dispose([scalars, terms, gradients]);
  return { finite, values };
}

function gradientsOf(gradients: Gradients, network: string): Gradients {
  const prefix = `${network}.`;
  return Object.fromEntries(
    Object.entries(gradients)
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, gradient]) => [path.slice(prefix.length), gradient]),
  );
}
