// One optimiser update of some networks: read the losses, refuse what is not finite, clip, take Adam's step.

import * as tf from "../gpu/tf.ts";
import { type AdamOptions, applyAdam, globalNorm } from "../gpu/adam.ts";
import type { Gradients } from "../gpu/gradients.ts";
import type { AnyTrainState } from "./train_state.ts";

/** Loss terms, unweighted, and gradient norms before clipping. `finite` is false if the update or step was left out. */
export interface StepMetrics {
  finite: boolean;
  values: Record<string, number>;
}

/** What an update applies and reports. */
export interface UpdateOptions extends AdamOptions {
  /** Scalars to report; disposed. */
  terms: Record<string, tf.Scalar>;
  /** Largest global gradient norm per network. */
  clip: number;
}

/**
 * Reads the loss terms and each network's gradient norm in one transfer; if all are finite, clips each network's gradient to
 * `clip` and takes its Adam step. Disposes gradients and terms.
 */
export async function applyUpdate(
  networks: readonly string[],
  { params, adam }: Pick<AnyTrainState, "params" | "adam">,
  gradients: Gradients,
  { terms, clip, ...options }: UpdateOptions,
): Promise<StepMetrics> {
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
      applyAdam(params[network], adam[network], perNetwork[i], { ...options, gradientScale });
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
