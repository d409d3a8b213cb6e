// The drawing worker: takes one order at a time, draws it on the SIMD engine, and gives a PNG file back.

import { startDevice } from "../gpu/device.ts";
import { resizePicture } from "../gpu/picture.ts";
import {
  loadPosterGenerator,
  type PosterGenerator,
  requestOf,
} from "../models/poster_generator.ts";
import type { DrawReply, PosterOrder } from "./draw_protocol.ts";
import { encodePng } from "./png.ts";

/** The part of a worker's global scope in use here; the page's own type of `self` is another. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<PosterOrder>) => void) | null;
  postMessage(reply: DrawReply, transfer?: Transferable[]): void;
}

/** Models kept on the engine. */
const MOST_MODELS = 4;

const scope = globalThis as unknown as WorkerScope;

/** By the hash of their weights, the one drawn with last at the end. */
const generators = new Map<string, PosterGenerator>();
let engine: Promise<unknown> | undefined;

scope.onmessage = async ({ data: order }) => {
  const generator = await prepare(order).catch((error: unknown) => {
    scope.postMessage({
      kind: "failed",
      message: error instanceof Error ? error.message : `${error}`,
    });
  });
  if (!generator) return;
  // What is thrown from here on nobody foresaw: it ends this worker, and another begins with an engine that is whole.
  const [picture] = await generator.draw([requestOf(order.recipe, generator.config)]);
  const { width, height } = picture, { scale } = order;
  const png = encodePng(resizePicture(picture, width * scale, height * scale));
  scope.postMessage({ kind: "drawn", png }, [png.buffer]);
};

/** The engine, started once, with the order's model on it. */
async function prepare(order: PosterOrder): Promise<PosterGenerator> {
  // One thread: the other cores are for other posters, and for whoever waits for a page.
  engine ??= startDevice("simd", { threads: 1 });
  await engine.catch((error) => {
    engine = undefined;
    throw error;
  });
  return await findGenerator(order);
}

async function findGenerator({ manifest, weightsFile }: PosterOrder): Promise<PosterGenerator> {
  const { sha256 } = manifest.weights;
  const known = generators.get(sha256);
  const generator = known ??
    await loadPosterGenerator(manifest, await Deno.readFile(new URL(weightsFile)));
  generators.delete(sha256);
  generators.set(sha256, generator);
  if (generators.size > MOST_MODELS) {
    const [[oldest, { dispose }]] = generators;
    generators.delete(oldest);
    dispose();
  }
  return generator;
}
