// The style page's worker: it takes picture files in and gives restyled pictures out.

import type { Picture } from "../gpu/picture.ts";
import { type Device, measureMemory } from "../gpu/device.ts";
import { type Generator, loadGenerator, restyle } from "../models/generator.ts";
import { decodePicture } from "./_decode_picture.ts";
import { type Desk, serveEngine } from "./_engine_worker.ts";
import {
  parseStyleRequest,
  type RestyleReply,
  type RestyleRequest,
  type ResultReply,
  type StyleEngineReply,
  type StyleModel,
} from "./_style_protocol.ts";

/** No device is asked for more than this, in pixels. */
const MAX_LONG_SIDE = 4096;

/** What each engine restyles within a second or so with a model of usual size; a GPU that a processor plays is as slow as that. */
const AUTOMATIC_LONG_SIDE = { webgpu: 512, simd: 256, cpu: 128 } as const;

serveEngine<StyleModel, Generator, RestyleRequest, RestyleReply>({
  parseRequest: parseStyleRequest,
  loadGenerator,
  describeEngine,
  work,
});

async function work(
  { id, file, direction, longSide }: RestyleRequest,
  { isNewest, reply, inTurn }: Desk<Generator, RestyleReply>,
): Promise<void> {
  const { picture, originalWidth, originalHeight } = await decodePicture(file, longSide);
  if (!isNewest()) return;
  // No transfer: the bytes are needed here for the run.
  reply({ kind: "prepared", id, picture, originalWidth, originalHeight });
  await inTurn(async (generator) => {
    const start = performance.now();
    const restyled = await restyle(generator, picture, direction);
    const milliseconds = performance.now() - start;
    if (isNewest()) reply(resultOf(id, restyled, milliseconds), buffersOf(restyled));
  });
}

function resultOf(id: number, picture: Picture, milliseconds: number): ResultReply {
  return { kind: "result", id, picture, milliseconds, ...measureMemory() };
}

function buffersOf({ data }: Picture): Transferable[] {
  return data.buffer instanceof ArrayBuffer ? [data.buffer] : [];
}

/** The sizes that suit the engine. */
function describeEngine(
  { name, isSoftware, limits }: Device,
  model: StyleModel,
): Pick<StyleEngineReply, "automaticLongSide" | "maxLongSide"> {
  return {
    automaticLongSide: isSoftware ? AUTOMATIC_LONG_SIDE.cpu : AUTOMATIC_LONG_SIDE[name],
    maxLongSide: findMaxLongSide(limits, model),
  };
}

/** The longest square side whose widest activation fits one buffer of the device; above it tfjs gives zeros silently. */
function findMaxLongSide(
  limits: Readonly<Record<string, number>>,
  { manifest: { config } }: StyleModel,
): number {
  const limitBytes = limits.maxStorageBufferBindingSize;
  if (limitBytes === undefined) return MAX_LONG_SIDE;
  const channels = config.upsample === "resize" ? 2 * config.width : config.width;
  // Reflected borders add 6 pixels a side.
  return Math.min(MAX_LONG_SIDE, Math.floor(Math.sqrt(limitBytes / (4 * channels))) - 6);
}
