// `deno task sample`: draws a sample sheet from a run's newest checkpoint.

import { disposeTrainState, initTrainState, restoreState } from "../models/cyclegan/state.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { type Command, parseWhole, readArguments, runTask, UsageError } from "./_cli.ts";
import { deviceFlags, parseDevice, startTaskDevice } from "./_device_flag.ts";
import { readRun } from "./_read_run.ts";
import { drawSamples } from "./_samples.ts";
import { openTrainingData } from "./_training_data.ts";

const command = {
  name: "sample",
  summary: "Draws a sheet of test pictures, redrawn by a run's newest checkpoint.",
  flags: {
    run: { value: "DIR", help: "Folder of the run" },
    out: { value: "FILE", help: "PNG file to write" },
    data: { value: "DIR", help: "Folder of pictures (default: the run's own)" },
    samples: { value: "N", default: "4", help: "Test pictures per film" },
    ...deviceFlags,
  },
  notes:
    "Two rows per picture: real, redrawn, redrawn back, identity, and the true answer where it is known.",
} satisfies Command<string>;

type Flags = Partial<Record<keyof typeof command["flags"], string>>;

if (import.meta.main) await runTask(command.name, () => drawSheet(readArguments(command).flags));

async function drawSheet(flags: Flags): Promise<void> {
  if (flags.run === undefined || flags.out === undefined) {
    throw new UsageError("Cannot draw samples: --run and --out are needed");
  }
  const count = parseWhole("samples", flags.samples ?? "4", 1, 64);
  await startTaskDevice(parseDevice(flags));
  const { checkpoint, data } = await readRun(flags.run, (warning) => console.error(warning));
  const state = initTrainState(checkpoint.config);
  restoreState(state, checkpoint.tensors, checkpoint.counters);
  const source = await openTrainingData(flags.data ?? data, checkpoint.config);
  const test = await source.testPictures(count);
  const { png, truth } = await drawSamples(state.ema, test, checkpoint.config.generator);
  await writeAtomically(flags.out, png);
  await source.close();
  disposeTrainState(state);
  console.log(
    `${flags.out}: ${test.a.length} pictures of each film after ${checkpoint.counters.imagesSeen} images`,
  );
  if (truth) {
    const [ab, ba, none] = [truth.AtoB, truth.BtoA, truth.unchanged].map((error) =>
      error.toFixed(4)
    );
    console.log(
      `mean absolute error to the true answer: A to B ${ab}, B to A ${ba}, doing nothing ${none}`,
    );
  }
}
