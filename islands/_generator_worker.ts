// The generator's worker: it holds one engine and one model, takes picture files in and gives restyled pictures out.

import type { Picture } from "../gpu/picture.ts";
import { type Generator, restyle } from "../models/generator.ts";
import { type Device, measureMemory } from "../gpu/device.ts";
import { decodePicture } from "./_decode_picture.ts";
import { LoadError, loadModel, startEngine } from "./_load_model.ts";
import {
  type LoadRequest,
  parseRequest,
  type RestyleRequest,
  type StyleModel,
  type WorkerReply,
} from "./_protocol.ts";

/** No device is asked for more than this, in pixels. */
const MAX_LONG_SIDE = 4096;

/** What each engine restyles within a second or so with a model of usual size; a GPU that a processor plays is as slow as that. */
const AUTOMATIC_LONG_SIDE = { webgpu: 512, simd: 256, cpu: 128 } as const;

/** The part of a worker's global scope in use here; the page's own type of `self` is another. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  postMessage(message: WorkerReply, transfer?: Transferable[]): void;
  close(): void;
}

const scope = globalThis as unknown as WorkerScope;

/** The loaded model, from the moment that a load is asked for. Rejections were told to the page already. */
let loaded: Promise<{ device: Device; generator: Generator }> | undefined;
/** The newest request; older ones stop at their next step. */
let newestId = -1;
/** The run under way: one at a time uses the engine. */
let turn: Promise<void> = Promise.resolve();

scope.onmessage = (event) => {
  const request = parseRequest(event.data);
  switch (request.kind) {
    case "load":
      loaded = load(request);
      loaded.catch(replyLoadFailed);
      break;
    case "restyle":
      newestId = Math.max(newestId, request.id);
      handleRestyle(request).catch((error: unknown) => replyRestyleFailed(request.id, error));
      break;
    case "dispose":
      dispose().finally(() => scope.close());
  }
};

function reply(message: WorkerReply, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

async function load({ model, engine: choice, refresh }: LoadRequest) {
  const engine = startEngine(choice);
  engine.then((device) => replyEngine(device, model), () => {});
  const totalBytes = model.manifest.weights.bytes;
  const generator = await loadModel(model, engine, {
    refresh,
    onProgress: (receivedBytes) => reply({ kind: "progress", receivedBytes, totalBytes }),
  });
  reply({ kind: "ready" });
  return { device: await engine, generator };
}

function replyEngine(device: Device, model: StyleModel): void {
  const { name: engine, description, isSoftware, passedOver: fallbackReason } = device;
  const automaticLongSide = isSoftware ? AUTOMATIC_LONG_SIDE.cpu : AUTOMATIC_LONG_SIDE[engine];
  const maxLongSide = findMaxLongSide(device.limits, model);
  reply({
    ...{ kind: "engine", engine, description, fallbackReason },
    ...{ automaticLongSide, maxLongSide },
  });
  device.lost.then((reason) => reply({ kind: "device-lost", reason }));
}

function replyLoadFailed(error: unknown): void {
  const code = error instanceof LoadError ? error.code : "start";
  reply({ kind: "load-failed", code, message: messageOf(error) });
}

async function handleRestyle({ id, file, direction, longSide }: RestyleRequest): Promise<void> {
  const { picture, originalWidth, originalHeight } = await decodePicture(file, longSide);
  if (id !== newestId || !loaded) return;
  // No transfer: the bytes are needed here for the run.
  reply({ kind: "prepared", id, picture, originalWidth, originalHeight });
  // The page knows of a failed load already, and asks again with a new worker.
  const model = await loaded.catch(() => undefined);
  if (!model) return;
  turn = turn.then(async () => {
    if (id !== newestId) return;
    const start = performance.now();
    const restyled = await restyle(model.generator, picture, direction);
    const milliseconds = performance.now() - start;
    if (id === newestId) replyResult(id, restyled, milliseconds);
  }).catch((error: unknown) => {
    // A lost device fails the read first, with a DOMException, and tells `device.lost` up to seconds later.
    if (error instanceof DOMException) reply({ kind: "device-lost", reason: error.message });
    else replyRestyleFailed(id, error);
  });
  await turn;
}

function replyResult(id: number, picture: Picture, milliseconds: number): void {
  reply(
    { kind: "result", id, picture, milliseconds, ...measureMemory() },
    picture.data.buffer instanceof ArrayBuffer ? [picture.data.buffer] : [],
  );
}

function replyRestyleFailed(id: number, error: unknown): void {
  if (id === newestId) reply({ kind: "restyle-failed", id, message: messageOf(error) });
}

async function dispose(): Promise<void> {
  const model = await loaded?.catch(() => undefined);
  model?.generator.dispose();
  model?.device.dispose();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
