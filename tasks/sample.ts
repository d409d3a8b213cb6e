// `deno task sample`: draws a sample sheet from a run's newest checkpoint, or posters that were found in a model's latent space.

import { encodePng } from "../data/decode.ts";
import { inRows, sheet } from "../gpu/picture.ts";
import { requestOf } from "../models/poster_generator.ts";
import { drawPoints } from "../models/poster_point.ts";
import type { PosterTrainingConfig } from "../models/poster/training_config.ts";
import { writeAtomically } from "./_atomic_file.ts";
import {
  type Command,
  parseShare,
  parseWhole,
  readArguments,
  refuseFlags,
  runTask,
  TaskError,
  UsageError,
} from "./_cli.ts";
import { type DrawnSheet, sampleStyle } from "./_cyclegan_sample.ts";
import { deviceFlags, parseDevice, startTaskDevice } from "./_device_flag.ts";
import { parseGenreWeights, parseSeeds } from "./_poster_request.ts";
import { openPosterModel } from "./_poster_model.ts";
import { readPoint } from "./_poster_point.ts";
import { posterRunOf } from "./_poster_run.ts";
import { drawPosterSheet } from "./_poster_samples.ts";
import { sheetOptions } from "./_poster_trainer.ts";
import { isRunOf, readRun, type SavedRun } from "./_read_run.ts";

const command = {
  name: "sample",
  summary: "Draws a sheet with a run's newest checkpoint: test pictures redrawn, or posters.",
  flags: {
    run: { value: "DIR", help: "Folder of the run" },
    model: { value: "M", help: "Posters: an exported model in its place, for --latent" },
    out: { value: "FILE", help: "PNG file to write" },
    data: { value: "DIR", help: "Style: folder of pictures (default: the run's own)" },
    samples: { value: "N", default: "4", help: "Style: test pictures per film" },
    genres: {
      value: "LIST",
      help: "Posters: of these genres, such as horror:0.7,comedy:0.3, or any",
    },
    seeds: { value: "LIST", default: "0-31", help: "Posters: of these seeds, such as 0-31 or 3,7" },
    latent: {
      value: "FILES",
      help: "Posters: those that deno task project wrote, parted by commas, such as latent.json",
    },
    truncation: {
      value: "X",
      default: "1",
      help: "Posters: scale of the latent vectors, below 1 for fewer surprises",
    },
    columns: { value: "N", default: "8", help: "Posters: how many in a row" },
    ...deviceFlags,
  },
  notes:
    "Style: two rows per picture: real, redrawn, redrawn back, identity, and the true answer\n" +
    "where it is known. Posters: without --genres and --seeds a row for each genre.\n" +
    "--latent draws the very poster that was found, alone where there is one file.",
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

if (import.meta.main) await runTask(command.name, () => main(readArguments(command).flags));

async function main(flags: Flags): Promise<void> {
  if (flags.out === undefined) throw new UsageError("Cannot draw samples: --out is needed");
  if (flags.latent !== undefined) return await drawLatents(flags, flags.latent, flags.out);
  if (flags.model !== undefined) throw new UsageError("--model is for --latent");
  if (flags.run === undefined) throw new UsageError("Cannot draw samples: --run is needed");
  const run = await readRun(flags.run, (warning) => console.error(warning));
  const device = await startTaskDevice(parseDevice(flags));
  const { png, lines } = await drawSheet(run, flags);
  device.dispose();
  await writeAtomically(flags.out, png);
  console.log(`${flags.out}: ${lines.join("\n")}`);
}

/** The posters of some files, in rows. */
async function drawLatents(flags: Flags, list: string, out: string): Promise<void> {
  const { model: named, run } = flags;
  if ((named === undefined) === (run === undefined)) {
    throw new UsageError("Cannot draw a latent file: expected either --model or --run");
  }
  refuseFlags(flags, ["genres", "seeds", "truncation", "data", "samples"], "--latent says it all");
  const columns = parseWhole("columns", flags.columns ?? "8", 1, 64);
  const device = await startTaskDevice(parseDevice(flags));
  const model = await openPosterModel(named ?? run ?? "", (warning) => console.error(warning));
  const points = await Promise.all(list.split(",").map((path) => readPoint(path, model)));
  const posters = await drawPoints(model.generator, points);
  model.dispose();
  device.dispose();
  await writeAtomically(out, await encodePng(sheet(inRows(posters, columns))));
  console.log(`${out}: ${posters.length} posters of ${model.name}`);
}

async function drawSheet(run: SavedRun, flags: Flags): Promise<DrawnSheet> {
  if (isRunOf(run, "poster")) {
    refuseFlags(flags, ["data", "samples"], "they are for style models");
    return await samplePosters(run, flags);
  }
  if (!isRunOf(run, "cyclegan")) {
    throw new TaskError("Cannot sample: the run is of no known family");
  }
  refuseFlags(flags, ["genres", "seeds", "truncation", "columns"], "they are for posters");
  const count = parseWhole("samples", flags.samples ?? "4", 1, 64);
  return await sampleStyle(run, { data: flags.data ?? run.data, count });
}

async function samplePosters(
  run: SavedRun<PosterTrainingConfig>,
  flags: Flags,
): Promise<DrawnSheet> {
  const { checkpoint: { config, counters } } = run;
  const columns = parseWhole("columns", flags.columns ?? "8", 1, 64);
  const { generator, dispose } = posterRunOf(run);
  try {
    const after = `after ${counters.imagesSeen} images`;
    if (flags.genres === undefined && flags.seeds === undefined) {
      const png = await drawPosterSheet(generator, {
        ...sheetOptions(config, columns),
        truncation: parseShare("truncation", flags.truncation ?? "1"),
      });
      return { png, lines: [`posters ${after}`] };
    }
    const genres = parseGenreWeights(flags.genres ?? "any", config.genreNames);
    const truncation = parseShare("truncation", flags.truncation ?? "1");
    const requests = parseSeeds(flags.seeds ?? "0-31")
      .map((seed) => requestOf({ seed, genres, truncation }, config.generator));
    const posters = await generator.draw(requests);
    return {
      png: await encodePng(sheet(inRows(posters, columns))),
      lines: [`${posters.length} posters ${after}`],
    };
  } finally {
    dispose();
  }
}
