// What an exported pair of style generators is made of.

import { SIZE_MULTIPLE } from "../models/cyclegan/config.ts";
import type { TrainingConfig } from "../models/cyclegan/training_config.ts";
import { describeDataset, type ExportedModel, type ExportFlags } from "./_exported_model.ts";
import { readMetrics, type SavedRun } from "./_read_run.ts";

/** The averaged generators of a CycleGAN run. */
export async function exportStyle(
  run: SavedRun<TrainingConfig>,
  flags: ExportFlags,
): Promise<ExportedModel> {
  const { config, tensors } = run.checkpoint;
  const filmA = flags["film-a"] ?? "Film A", filmB = flags["film-b"] ?? "Film B";
  const averages = [...tensors].filter(([path]) => path.startsWith("ema."));
  return {
    tensors: new Map(averages.map(([path, tensor]) => [path.slice("ema.".length), tensor])),
    facts: {
      family: "cyclegan",
      config: config.generator,
      directions: [{ id: "AtoB", from: filmA, to: filmB }, { id: "BtoA", from: filmB, to: filmA }],
      sizeMultiple: SIZE_MULTIPLE,
      card: `CycleGAN generators between ${filmA} and ${filmB}, trained on ${
        describeDataset(run)
      }.`,
    },
    metrics: await lastMetrics(run),
  };
}

/** The newest cycle and identity losses, and the newest error against the true answer where the films are paired. */
async function lastMetrics(run: SavedRun): Promise<Record<string, unknown>> {
  const { lossCycle, lossIdentity, truth } = await readMetrics(run);
  const errors = truth as { AtoB: number; BtoA: number; unchanged: number } | undefined;
  return {
    ...{ lossCycle, lossIdentity },
    ...(errors && {
      errorAtoB: errors.AtoB,
      errorBtoA: errors.BtoA,
      errorUnchanged: errors.unchanged,
    }),
  };
}
