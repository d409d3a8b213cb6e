// `deno task evaluate`: measures one generator, of a run or exported: posters against real ones, redrawn films against true ones.

import { readArguments, runTask, TaskError } from "./_cli.ts";
import { parseDevice, startTaskDevice } from "./_device_flag.ts";
import { evaluateCommand, type EvaluateFlags, findGenerator } from "./_evaluate_command.ts";
import { evaluatePosters } from "./_evaluate_posters.ts";
import { evaluateStyle } from "./_evaluate_style.ts";
import { isRunOf } from "./_read_run.ts";
import { statusLine } from "./_status_line.ts";

if (import.meta.main) {
  await runTask(evaluateCommand.name, () => evaluate(readArguments(evaluateCommand).flags));
}

async function evaluate(flags: EvaluateFlags): Promise<void> {
  const status = statusLine();
  const found = await findGenerator(flags, (warning) => status.note(warning));
  const device = await startTaskDevice(parseDevice(flags));
  status.note(device.description);
  const at = { flags, device, status };
  if (found.kind === "run") {
    const { run } = found;
    if (isRunOf(run, "poster")) await evaluatePosters({ kind: "run", run }, at);
    else if (isRunOf(run, "cyclegan")) await evaluateStyle({ kind: "run", run }, at);
    else throw new TaskError(`Cannot evaluate ${run.path}: it is of no known family`);
  } else {
    const { manifest, weights } = found.model;
    if (manifest.family === "poster") {
      await evaluatePosters({ kind: "model", manifest, weights }, at);
    } else await evaluateStyle({ kind: "model", manifest, weights }, at);
  }
  device.dispose();
}
