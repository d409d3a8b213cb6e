// What an exported poster generator is made of.

import { disposeTree, treeEntries } from "../gpu/tree.ts";
import type { PosterTrainingConfig } from "../models/poster/training_config.ts";
import type { LoadedTensor } from "../models/train_state.ts";
import { refuseFlags } from "./_cli.ts";
import { describeDataset, type ExportedModel, type ExportFlags } from "./_exported_model.ts";
import { foldRun } from "./_poster_run.ts";
import { readMetrics, type SavedRun } from "./_read_run.ts";

/** Losses of the models, as far as a model has them. */
const LOSSES = [
  "lossGenerator",
  "lossDiscriminator",
  "lossReconstruction",
  "lossDivergence",
  "lossGenresFake",
];

/** The averaged generator of a poster run, its norms folded into the weights on the current device. */
export async function exportPosters(
  run: SavedRun<PosterTrainingConfig>,
  flags: ExportFlags,
): Promise<ExportedModel> {
  refuseFlags(flags, ["film-a", "film-b"], "they name the films of a style model");
  const { config } = run.checkpoint, metrics = await readMetrics(run);
  const folded = foldRun(run);
  const tensors = new Map<string, LoadedTensor>();
  for (const [path, tensor] of treeEntries(folded)) {
    tensors.set(path, { shape: tensor.shape, values: await tensor.data<"float32">() });
  }
  disposeTree(folded);
  const what = config.genreNames.length > 0
    ? `film posters by ${config.genreNames.length} genres`
    : "film posters";
  return {
    tensors,
    facts: {
      family: "poster",
      model: config.model,
      config: config.generator,
      genres: config.genreNames,
      card: `Draws ${what} (${config.model}), trained on ${describeDataset(run)}.`,
    },
    metrics: Object.fromEntries(LOSSES.map((loss) => [loss, metrics[loss]])),
  };
}
