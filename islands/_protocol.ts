// The typed messages between an island and its generator worker, and the guard that checks each on arrival.

import { assertPicture, type Picture } from "../gpu/picture.ts";
import type { Direction, StyleManifest } from "../models/manifest.ts";

/** An exported pair of style generators as a page knows it. */
export interface StyleModel {
  manifest: StyleManifest;
  /** Where the weights are, on this page's own origin. */
  weightsUrl: string;
}

/** The engines that a visitor may ask for; `cpu` is the SIMD engine, or plain JavaScript where that does not run. */
export type EngineChoice = "auto" | "webgpu" | "cpu";

/** The engine that was started. */
export type EngineName = "webgpu" | "simd" | "cpu";

/** Starts the engine and loads the model; sent once, first. A worker serves one model on one engine. */
export interface LoadRequest {
  kind: "load";
  model: StyleModel;
  engine: EngineChoice;
  /** Whether to pass by every cached copy of the weights, as after a corrupt download. */
  refresh: boolean;
}

/** Restyles a picture file. A request makes all earlier ones void. */
export interface RestyleRequest {
  kind: "restyle";
  /** Rises from request to request. */
  id: number;
  file: Blob;
  direction: Direction;
  /** The longer side to work at, in pixels. */
  longSide: number;
}

/** Frees everything and closes the worker. */
export interface DisposeRequest {
  kind: "dispose";
}

/** What an island sends. */
export type WorkerRequest = LoadRequest | RestyleRequest | DisposeRequest;

/** Why the engine or the model could not be had. */
export type LoadFailureCode = "engine" | "network" | "missing" | "corrupt" | "start";

/** How much of the weights has arrived. */
export interface ProgressReply {
  kind: "progress";
  receivedBytes: number;
  totalBytes: number;
}

/** The engine runs; the model may still be on its way. */
export interface EngineReply {
  kind: "engine";
  engine: EngineName;
  /** One line for people, such as `WebGPU: nvidia ampere`. */
  description: string;
  /** The longer side that it restyles within a second or so, in pixels: what pictures are brought to unless told otherwise. */
  automaticLongSide: number;
  /** Why the automatic choice is not WebGPU; empty if it is, or if an engine was asked for by name. */
  fallbackReason: string;
  /** The longest side that fits this device's buffers with this model, in pixels. */
  maxLongSide: number;
}

/** The model is loaded. */
export interface ReadyReply {
  kind: "ready";
}

/** The engine or the model could not be had; the worker is of no more use. */
export interface LoadFailedReply {
  kind: "load-failed";
  code: LoadFailureCode;
  message: string;
}

/** The picture at its working size, before it is restyled. */
export interface PreparedReply {
  kind: "prepared";
  id: number;
  picture: Picture;
  originalWidth: number;
  originalHeight: number;
}

/** The restyled picture. */
export interface ResultReply {
  kind: "result";
  id: number;
  picture: Picture;
  /** From bytes to bytes: upload to the device, the generator, and reading back. */
  milliseconds: number;
  /** Live tensors after the run; the same number after every picture, or something leaks. */
  tensors: number;
  /** Bytes that the engine holds on the GPU, in use or kept for the next run; 0 on the CPU. */
  gpuBytes: number;
}

/** This picture could not be restyled; the worker stays usable. */
export interface RestyleFailedReply {
  kind: "restyle-failed";
  id: number;
  message: string;
}

/** The device is lost and nothing more will come of it. */
export interface DeviceLostReply {
  kind: "device-lost";
  reason: string;
}

/** What a generator worker sends. */
export type WorkerReply =
  | ProgressReply
  | EngineReply
  | ReadyReply
  | LoadFailedReply
  | PreparedReply
  | ResultReply
  | RestyleFailedReply
  | DeviceLostReply;

type Message = WorkerRequest | WorkerReply;
type FieldType = "string" | "number" | "boolean" | "picture" | "blob" | "model";
type Fields<M> = M extends Message ? Record<Exclude<keyof M, "kind">, FieldType> : never;
type Shapes<M extends Message> = { [K in M["kind"]]: Fields<Extract<M, { kind: K }>> };

const REQUESTS: Shapes<WorkerRequest> = {
  load: { model: "model", engine: "string", refresh: "boolean" },
  restyle: { id: "number", file: "blob", direction: "string", longSide: "number" },
  dispose: {},
};

const REPLIES: Shapes<WorkerReply> = {
  progress: { receivedBytes: "number", totalBytes: "number" },
  engine: {
    engine: "string",
    description: "string",
    automaticLongSide: "number",
    fallbackReason: "string",
    maxLongSide: "number",
  },
  ready: {},
  "load-failed": { code: "string", message: "string" },
  prepared: {
    id: "number",
    picture: "picture",
    originalWidth: "number",
    originalHeight: "number",
  },
  result: {
    id: "number",
    picture: "picture",
    milliseconds: "number",
    tensors: "number",
    gpuBytes: "number",
  },
  "restyle-failed": { id: "number", message: "string" },
  "device-lost": { reason: "string" },
};

const CHECKS: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  number: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === "boolean",
  blob: (value) => value instanceof Blob,
  picture: isPicture,
  model: (value) =>
    isRecord(value) && isRecord(value.manifest) && typeof value.weightsUrl === "string",
};

/** The request in a message event's data. @throws {TypeError} if it is not one */
export function parseRequest(data: unknown): WorkerRequest {
  assertMessage(data, REQUESTS, "request");
  return data;
}

/** The reply in a message event's data. @throws {TypeError} if it is not one */
export function parseReply(data: unknown): WorkerReply {
  assertMessage(data, REPLIES, "reply");
  return data;
}

function assertMessage<M extends Message>(
  data: unknown,
  shapes: Shapes<M>,
  what: string,
): asserts data is M {
  const shapeOf = new Map<unknown, Record<string, FieldType>>(Object.entries(shapes));
  const fields = isRecord(data) ? shapeOf.get(data.kind) : undefined;
  if (!isRecord(data) || !fields) {
    const kind = isRecord(data) ? data.kind : data;
    const kinds = [...shapeOf.keys()].join(", ");
    throw new TypeError(`Cannot use ${what}: its kind is ${String(kind)}; expected ${kinds}`);
  }
  for (const [field, type] of Object.entries(fields)) {
    if (!CHECKS[type](data[field])) {
      throw new TypeError(
        `Cannot use ${what} "${data.kind}": ${field} is ${String(data[field])}; expected a ${type}`,
      );
    }
  }
}

function isPicture(value: unknown): boolean {
  try {
    assertPicture(value as Picture);
    return true;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
