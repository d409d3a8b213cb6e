// `deno task project`: the latent vector, and the genres, whose poster is nearest to a picture.

import { openSpace } from "../models/poster_space.ts";
import { readArguments, runTask } from "./_cli.ts";
import { startTaskDevice } from "./_device_flag.ts";
import { openPosterModel } from "./_poster_model.ts";
import {
  projectCommand,
  type ProjectFlags,
  type ProjectSettings,
  readGenres,
  readProjectSettings,
} from "./_project_command.ts";
import { projectionFeatures } from "./_project_features.ts";
import { projectHeldOut } from "./_project_held_out.ts";
import { projectPicture } from "./_project_picture.ts";
import type { Projector } from "./_projector.ts";
import { type StatusLine, statusLine } from "./_status_line.ts";
import { stopSignal } from "./_stop_signal.ts";

if (import.meta.main) {
  await runTask(projectCommand.name, () => project(readArguments(projectCommand).flags));
}

/** Projects as the flags say. @returns the exit code: 0 when done, 130 when stopped by a signal */
async function project(flags: ProjectFlags): Promise<number> {
  const settings = readProjectSettings(flags), { what } = settings;
  const status = statusLine(), stop = stopSignal(status);
  const device = await startTaskDevice(settings.device);
  status.note(device.description);
  const projector = await openProjector(settings, flags, { status, stop });
  try {
    if (what.kind === "picture") await projectPicture(projector, { ...what, out: settings.out });
    else await projectHeldOut(projector, { ...what, out: settings.out });
  } finally {
    projector.dispose();
    await device.dispose();
  }
  return stop.aborted ? 130 : 0;
}

async function openProjector(
  settings: ProjectSettings,
  flags: ProjectFlags,
  { status, stop }: { status: StatusLine; stop: AbortSignal },
): Promise<Projector> {
  const model = await openPosterModel(settings.model, (warning) => status.note(warning));
  const genres = readGenres(flags, model.genres);
  const space = await openSpace(
    settings.space ?? (model.generator.styles ? "w+" : "z"),
    model.generator,
  );
  const features = settings.search.weights.features > 0
    ? await projectionFeatures(model, settings.judge)
    : undefined;
  return {
    ...{ model, space, status, stop },
    ...(features && { features: features.of }),
    settings: { ...settings.search, ...(genres && { genres }) },
    dispose() {
      features?.dispose();
      space.dispose();
      model.dispose();
    },
  };
}
