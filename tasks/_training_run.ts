// A training run as its loop sees it: a family in training, how far it has come, and where it goes.

import type { Device } from "../gpu/device.ts";
import type { Tensor } from "../gpu/tf.ts";
import type { Counters } from "../models/train_state.ts";
import type { StepMetrics } from "../models/update.ts";
import type { AnyTrainingConfig, Checkpoint } from "./_checkpoint.ts";
import type { Assessment, GuardState } from "./_guard.ts";
import type { RunDir } from "./_run_dir.ts";
import type { StatusLine } from "./_status_line.ts";

/** A family in training, as the loop sees it. */
export interface Trainer {
  /** Saved with each checkpoint. */
  readonly config: AnyTrainingConfig;
  /** Fingerprint of the data set. */
  readonly dataHash: string;
  /** Advances with each step. */
  readonly state: Readonly<Omit<Counters, "updates">>;
  /** Losses to show while it runs: what to call each, and its name among the step's metrics. */
  readonly headline: Readonly<Record<string, string>>;
  /** Trains one step on the pictures from `progress.dataPosition` on, and moves that. */
  step(progress: Progress): Promise<StepMetrics>;
  /** What the schedules give now, and whatever else belongs beside the losses. */
  settings(): Record<string, unknown>;
  /** All that a checkpoint needs. */
  snapshot(): { tensors: [path: string, tensor: Tensor][]; counters: Counters };
  /** Fills the state from a checkpoint. @throws {TypeError} if that is not of these networks */
  restore(checkpoint: Checkpoint): void;
  /** A sheet of samples, and what was measured on them. */
  drawSheet(): Promise<{ png: Uint8Array; facts?: Record<string, unknown> }>;
  /** How good the samples are, where that can be told; a run is then guarded. */
  assess?(): Promise<Assessment>;
}

/** Pictures drawn and seconds trained so far, and what the sheets were like. */
export interface Progress {
  dataPosition: number;
  seconds: number;
  guard: GuardState;
}

/** A run that is about to start or to go on. */
export interface TrainingRun {
  runDir: RunDir;
  trainer: Trainer;
  device: Device;
  /** Where to stop: images seen, and seconds of training over all sittings. */
  until: { images: number; seconds: number };
  /** Intervals in images seen. */
  every: { sample: number; save: number; log: number };
  progress: Progress;
  status: StatusLine;
  /** Asks for a stop after the step that runs. */
  stop: AbortSignal;
}
