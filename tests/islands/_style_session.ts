// A style session whose workers the test plays, and what such a worker answers.

import { strict as assert } from "node:assert";
import { parseOptions } from "../../islands/_style_options.ts";
import { StyleSession } from "../../islands/_style_session.ts";
import type { StyleReply, StyleRequest } from "../../islands/_style_protocol.ts";
import type { SharedCanvas } from "../../islands/_style_state.ts";
import { type FakeWorker, fakeWorker } from "./_fake_worker.ts";
import { photograph } from "./_picture_files.ts";
import { toyModel } from "./_toy_model.ts";

/** The models on offer. */
export const models = [toyModel("first"), toyModel("second")];
/** A picture's file. */
export const file = new Blob([await photograph()]);
/** What workers answer with. */
export const picture = { width: 2, height: 1, data: new Uint8ClampedArray(8).fill(9) };

/** A worker of the session's. */
export type StyleWorker = FakeWorker<StyleRequest, StyleReply>;

/** A browser that shares no canvas: the page then draws results itself. */
export function refuseCanvas(): never {
  throw new TypeError("No such method");
}

/** A started session and its workers, the newest last. */
export function startSession(query = "", createCanvas: () => SharedCanvas = refuseCanvas) {
  const workers: StyleWorker[] = [];
  const session = new StyleSession(models, {
    createWorker: () => {
      const worker: StyleWorker = fakeWorker();
      workers.push(worker);
      return worker;
    },
    createCanvas,
  });
  session.start(parseOptions(query, models));
  return { session, workers, newest: () => workers[workers.length - 1] };
}

/** Says that the engine runs. */
export function tellEngine(worker: StyleWorker, engine: "webgpu" | "simd" = "webgpu") {
  const automaticLongSide = engine === "simd" ? 128 : 512;
  const description = engine === "simd" ? "CPU: WebAssembly SIMD" : "WebGPU: test card";
  const rest = { fallbackReason: "", maxLongSide: 2000 };
  worker.reply({ kind: "engine", engine, description, automaticLongSide, ...rest });
}

/** Says that the engine runs and the model is loaded. */
export function makeReady(worker: StyleWorker, engine: "webgpu" | "simd" = "webgpu") {
  tellEngine(worker, engine);
  worker.reply({ kind: "ready" });
}

/** The last picture that the worker was asked for. */
export function lastRestyle(worker: StyleWorker) {
  const request = worker.requests.findLast(({ kind }) => kind === "restyle");
  assert.ok(request?.kind === "restyle", "The worker was asked for no picture");
  return request;
}

/** Gives the picture at its working size. */
export function prepare(worker: StyleWorker, id = lastRestyle(worker).id) {
  worker.reply({ kind: "prepared", id, picture, originalWidth: 96, originalHeight: 64 });
}

/** Gives the restyled picture. */
export function finish(worker: StyleWorker, id = lastRestyle(worker).id, gpuBytes = 0) {
  worker.reply({ kind: "result", id, picture, milliseconds: 12, tensors: 40, gpuBytes });
}
