// The style page's worker: it takes picture files in and gives restyled pictures out.

import type { Picture } from "../gpu/picture.ts";
import { type Device, measureMemory } from "../gpu/device.ts";
import {
  type Generator,
  loadGenerator,
  readRestyled,
  restyleOnDevice,
} from "../models/generator.ts";
import { decodePicture } from "./_decode_picture.ts";
import { type Desk, serveEngine } from "./_engine_worker.ts";
import type { Screen } from "./_style_screen.ts";
import {
  type CanvasRequest,
  parseStyleRequest,
  type RestyleReply,
  type RestyleRequest,
  type StyleEngineReply,
  type StyleModel,
} from "./_style_protocol.ts";

/** No device is asked for more than this, in pixels: the maps between the outer layers are held whole. */
const MAX_LONG_SIDE = 2048;
/** Pictures with a longer side are restyled in tiles, with the same result, in pixels. */
const WHOLE_LONG_SIDE = 1024;
/** Side of a tile, in pixels; less where the device cannot hold that. */
const TILE = 512;
/** Borders that reflect, and what lies around a tile: more pixels a side than any layer reaches. */
const MARGIN = 64;

/** The longest side that the engine restyles whole, in pixels. */
let wholeLongSide = WHOLE_LONG_SIDE;

/** What each engine restyles within a second or so with a model of usual size; a GPU that a processor plays is as slow as that. */
const AUTOMATIC_LONG_SIDE = { webgpu: 512, simd: 256, cpu: 128 } as const;

type StyleDesk = Desk<Generator, RestyleReply>;

/** The page's canvas, from the moment that it is handed over; nothing where it cannot be drawn on. */
let screen: Promise<Screen | undefined> = Promise.resolve(undefined);

serveEngine<StyleModel, Generator, RestyleRequest, RestyleReply, CanvasRequest>({
  parseRequest: parseStyleRequest,
  loadGenerator,
  describeEngine,
  work,
  hear,
});

/** Only a page whose engine is a GPU has a canvas to hand over. */
function hear(request: CanvasRequest, reply: StyleDesk["reply"]): void {
  const tell = (error: unknown) => {
    reply({ kind: "screen", problem: String(error) });
    return undefined;
  };
  if (request.kind === "screen") {
    screen = import("./_style_screen.ts").then(({ openScreen }) => openScreen(request, reply))
      .catch(tell);
  } else {
    screen.then((open) => open?.hear(request)).catch(tell);
  }
}

async function work(
  { id, file, direction, longSide }: RestyleRequest,
  { isNewest, reply, inTurn }: StyleDesk,
): Promise<void> {
  const { picture, originalWidth, originalHeight } = await decodePicture(file, longSide);
  if (!isNewest()) return;
  // No transfer: the bytes are needed here for the run.
  reply({ kind: "prepared", id, picture, originalWidth, originalHeight });
  await inTurn(async (generator) => {
    const start = performance.now();
    const onTile = (share: number) => reply({ kind: "part", id, share });
    const output = await restyleOnDevice(generator, picture, direction, {
      tile: Math.max(picture.width, picture.height) > wholeLongSide
        ? Math.min(TILE, wholeLongSide >> 2 << 2)
        : undefined,
      onTile,
    });
    const restyled = await showOrRead(await screen, output, { id, picture });
    const run = { id, milliseconds: performance.now() - start, ...measureMemory() };
    if (!isNewest()) return;
    if (!restyled) reply({ kind: "shown", ...run });
    else reply({ kind: "result", picture: restyled, ...run }, buffersOf(restyled));
  });
}

/** The restyled picture in bytes; undefined if it is on the canvas instead. The output is taken over. */
async function showOrRead(
  screen: Screen | undefined,
  output: Awaited<ReturnType<typeof restyleOnDevice>>,
  { id, picture }: { id: number; picture: Picture },
): Promise<Picture | undefined> {
  let isKept = false;
  try {
    isKept = await screen?.show(id, output, picture) ?? false;
    return isKept ? undefined : await readRestyled(output, picture);
  } finally {
    if (!isKept) output.dispose();
  }
}

function buffersOf({ data }: Picture): Transferable[] {
  return data.buffer instanceof ArrayBuffer ? [data.buffer] : [];
}

/** The sizes that suit the engine. */
function describeEngine(
  { name, isSoftware, limits }: Device,
  model: StyleModel,
): Pick<StyleEngineReply, "automaticLongSide" | "maxLongSide"> {
  const { width, upsample } = model.manifest.config;
  const mostBytes = limits.maxStorageBufferBindingSize ?? Infinity;
  // The widest map of the outer layers, which a tile holds too, and that of the inner ones, at a quarter of the side.
  const outer = findSide(mostBytes, upsample === "resize" ? 2 * width : width) - MARGIN;
  const inner = 4 * findSide(mostBytes, 4 * width) - MARGIN;
  wholeLongSide = Math.min(WHOLE_LONG_SIDE, outer);
  return {
    automaticLongSide: isSoftware ? AUTOMATIC_LONG_SIDE.cpu : AUTOMATIC_LONG_SIDE[name],
    maxLongSide: Math.min(MAX_LONG_SIDE, inner),
  };
}

/** The side of the largest square map that fits one buffer of the device, in pixels. */
function findSide(mostBytes: number, channels: number): number {
  return Math.floor(Math.sqrt(mostBytes / (4 * channels)));
}
