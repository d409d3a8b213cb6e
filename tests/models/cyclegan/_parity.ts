// Compares numbers with those of PyTorch's golden files: kinds of difference, their limits, how they are measured.

import * as tf from "../../../gpu/tf.ts";
import { findValues, type Golden, parameterFromTorch } from "../../golden/_golden.ts";

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

/** A golden file's name, and how to compare with it on the device that runs. */
export interface ParityCheck {
  readonly golden: string;
  readonly measure: () => Promise<Parity[]>;
}

/** The limits within which a network counts as PyTorch's. */
export const PARITY_LIMITS: Readonly<Record<Parity["kind"], number>> = {
  forward: 1e-4,
  gradient: 1e-3,
  zero: 1e-3,
};

/** A gradient below this (in 64 bits) is 0 by theory. */
const ZERO = 1e-10;

/** Whether a golden gradient is 0 by theory. */
export function isZero(wanted: ArrayLike<number>): boolean {
  return largest(wanted) < ZERO;
}

function largest(data: ArrayLike<number>): number {
  return Array.from(data).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function differences(found: ArrayLike<number>, wanted: ArrayLike<number>): number[] {
  if (found.length !== wanted.length) {
    throw new TypeError(`Cannot compare: ${found.length} numbers, expected ${wanted.length}`);
  }
  return Array.from(found, (value, i) => value - wanted[i]);
}

/** The absolute difference of values that came forward. */
export function forwardParity(
  what: string,
  found: ArrayLike<number>,
  wanted: ArrayLike<number>,
): Parity {
  return { what, kind: "forward", difference: largest(differences(found, wanted)) };
}

/** The relative difference of a gradient; `scale` is what a gradient that is 0 by theory is measured against. */
export function gradientParity(
  what: string,
  found: ArrayLike<number>,
  wanted: ArrayLike<number>,
  scale = 1,
): Parity {
  if (isZero(wanted)) return { what, kind: "zero", difference: largest(found) / scale };
  const error = differences(found, wanted);
  const whole = Math.hypot(...error) / Math.hypot(...Array.from(wanted));
  const worst = largest(error) / largest(wanted);
  return { what, kind: "gradient", difference: Math.max(whole, worst) };
}

/** The gradients of a network's parameters, by our paths, compared with those of a golden file. */
export function parameterParities(
  golden: Golden,
  names: readonly (readonly [path: string, name: string])[],
  found: ReadonlyMap<string, ArrayLike<number>>,
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
    return gradientParity(path, ours, theirs.data, largest(kernel.data));
  });
}

/** The numbers of tensors, which are disposed. */
export async function readAll(tensors: tf.Tensor[]): Promise<Float32Array[]> {
  const numbers = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  tf.dispose(tensors);
  return numbers;
}
