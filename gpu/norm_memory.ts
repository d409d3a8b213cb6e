// Instance norms whose statistics are averaged over the frames of a film: what moves in one corner does not recolour the whole.

import { fixedNorm, type NormOptions, type NormStatistics } from "./norm.ts";
import { assertShape } from "./shape.ts";
import * as tf from "./tf.ts";

/** What each norm of a network has seen of a film so far. `dispose` frees it. */
export interface NormMemory {
  /** Begins the next frame: the network's norms come in the same order for each. */
  begin(): void;
  /**
   * The next norm's statistics: s <- share s + (1 - share) measured, or the measured ones of the first frame.
   *
   * @param measured [c] each, of this frame; the caller owns them
   * @returns owned by the memory until the next frame
   */
  average(measured: NormStatistics): NormStatistics;
  /** Drops what it has seen: a new shot begins. */
  forget(): void;
  /** All statistics in order, mean before variance, to go on from later. */
  read(): Promise<Float32Array<ArrayBuffer>>;
  dispose(): void;
}

/**
 * Begins a memory, or goes on from what `read` gave.
 *
 * @param share how much of the past is kept from frame to frame, 0 to below 1
 */
export function normMemory(share: number, past?: Float32Array<ArrayBuffer>): NormMemory {
  const kept: NormStatistics[] = [];
  let next = 0, unread = past;
  const forget = () => {
    for (const { mean, variance } of kept.splice(0)) tf.dispose([mean, variance]);
    unread = undefined;
  };
  /** What is remembered of the norm in hand, of c channels. */
  const recall = (channels: number): NormStatistics | undefined => {
    if (kept[next] || !unread?.length) return kept[next];
    const values = unread, [first, second] = [channels, 2 * channels];
    unread = values.subarray(second);
    return {
      mean: tf.tensor1d(values.slice(0, first)),
      variance: tf.tensor1d(values.slice(first, second)),
    };
  };
  return {
    begin() {
      next = 0;
    },
    average(measured) {
      const before = recall(measured.mean.shape[0]);
      const blend = (old: tf.Tensor1D | undefined, now: tf.Tensor1D) =>
        tf.keep(tf.tidy(() => old ? tf.add(now, tf.mul(tf.sub(old, now), share)) : tf.clone(now)));
      const mean = blend(before?.mean, measured.mean);
      const variance = blend(before?.variance, measured.variance);
      tf.dispose([before?.mean, before?.variance]);
      return kept[next++] = { mean, variance } as NormStatistics;
    },
    forget,
    async read() {
      const parts = await Promise.all(
        kept.flatMap(({ mean, variance }) => [mean.data(), variance.data()]),
      );
      const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
    dispose: forget,
  };
}

/** Instance norm of one frame [1, h, w, c] by the memory's statistics. */
export function rememberedNorm(
  memory: NormMemory,
  frame: tf.Tensor4D,
  options: NormOptions = {},
): tf.Tensor4D {
  assertShape(frame, [1, null, null, null], "frame of a film");
  const measured = tf.moments(frame, [0, 1, 2]) as NormStatistics;
  return fixedNorm(frame, memory.average(measured), options);
}
