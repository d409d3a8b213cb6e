// The typed messages between the style page and its worker.

import type { Picture } from "../gpu/picture.ts";
import type { View } from "../gpu/webgpu/present.ts";
import type { Direction, StyleManifest } from "../models/manifest.ts";
import { assertMessage, fields, isRecord, type MessageShapes } from "./_messages.ts";
import {
  engineReplies,
  type EngineReply,
  type EngineRequest,
  engineRequests,
  type JobFailedReply,
  type LifeReply,
  type PageModel,
} from "./_protocol.ts";

/** An exported pair of style generators as a page knows it. */
export type StyleModel = PageModel<StyleManifest>;

/** Restyles a picture file, or a frame of what moves. A request makes all earlier ones void. */
export interface RestyleRequest {
  kind: "restyle";
  /** Rises from request to request. */
  id: number;
  file: Blob | ImageBitmap;
  direction: Direction;
  /** The longer side to work at, in pixels. */
  longSide: number;
}

/** Hands over a canvas for the GPU to draw on, once its engine runs; how it draws as in `LookRequest`. */
export interface ScreenRequest extends View {
  kind: "screen";
  canvas: OffscreenCanvas;
}

/** Draws what is on the canvas anew. */
export interface LookRequest extends View {
  kind: "look";
}

/** Asks for the bytes of the result on the canvas: of the whole of it, and at full strength. */
export interface ReadRequest {
  kind: "read";
}

/** What is asked about the canvas. */
export type CanvasRequest = ScreenRequest | LookRequest | ReadRequest;

/** What the style page sends. */
export type StyleRequest = EngineRequest<StyleModel> | RestyleRequest | CanvasRequest;

/** The engine, and the sizes that suit it. */
export interface StyleEngineReply extends EngineReply {
  /** The longer side that it restyles within a second or so, in pixels: what pictures are brought to unless told otherwise. */
  automaticLongSide: number;
  /** The longest side that fits this device's buffers with this model, in pixels. */
  maxLongSide: number;
}

/** The picture at its working size, before it is restyled. */
export interface PreparedReply {
  kind: "prepared";
  id: number;
  picture: Picture;
  originalWidth: number;
  originalHeight: number;
}

/** The restyled picture is made, and how that went. */
interface RunReply {
  id: number;
  /** From bytes to bytes or to the canvas: upload to the device, the generator, and reading back or drawing. */
  milliseconds: number;
  /** Live tensors after the run; the same number after every picture, or something leaks. */
  tensors: number;
  /** Bytes that the engine holds on the GPU, in use or kept for the next run; 0 on the CPU. */
  gpuBytes: number;
}

/** A large picture is restyled in parts; this much is done. */
export interface PartReply {
  kind: "part";
  id: number;
  /** 0 to 1. */
  share: number;
}

/** The restyled picture, in bytes. */
export interface ResultReply extends RunReply {
  kind: "result";
  picture: Picture;
}

/** The restyled picture is on the canvas. */
export interface ShownReply extends RunReply {
  kind: "shown";
}

/** Whether the canvas can be drawn on: `problem` says why not, and is empty if it can. May change from yes to no. */
export interface CanvasReply {
  kind: "screen";
  problem: string;
}

/** The bytes of what is on the canvas, or would be if it could be drawn on. */
export interface BytesReply {
  kind: "bytes";
  /** The request that the picture came of. */
  id: number;
  picture: Picture;
}

/** What is said of the canvas. */
export type ScreenReply = CanvasReply | BytesReply;

/** What comes of a request to restyle. */
export type RestyleReply =
  | PreparedReply
  | PartReply
  | ResultReply
  | ShownReply
  | ScreenReply
  | JobFailedReply;

/** What the style worker sends. */
export type StyleReply = LifeReply<StyleEngineReply> | RestyleReply;

const view = { split: fields.number, strength: fields.number };
const run = {
  id: fields.number,
  milliseconds: fields.number,
  tensors: fields.number,
  gpuBytes: fields.number,
};

const requests: MessageShapes<StyleRequest> = {
  ...engineRequests,
  restyle: {
    id: fields.number,
    file: { name: "picture file or frame", holds: isFileOrFrame },
    direction: fields.string,
    longSide: fields.number,
  },
  screen: { canvas: { name: "canvas", holds: isRecord }, ...view },
  look: view,
  read: {},
};

const replies: MessageShapes<StyleReply> = {
  ...engineReplies,
  engine: {
    ...engineReplies.engine,
    automaticLongSide: fields.number,
    maxLongSide: fields.number,
  },
  prepared: {
    id: fields.number,
    picture: fields.picture,
    originalWidth: fields.number,
    originalHeight: fields.number,
  },
  part: { id: fields.number, share: fields.number },
  result: { ...run, picture: fields.picture },
  shown: run,
  screen: { problem: fields.string },
  bytes: { id: fields.number, picture: fields.picture },
};

function isFileOrFrame(value: unknown): boolean {
  return value instanceof Blob || value instanceof ImageBitmap;
}

/** The request in a message event's data. @throws {TypeError} if it is not one */
export function parseStyleRequest(data: unknown): StyleRequest {
  assertMessage(data, requests, "request");
  return data;
}

/** The reply in a message event's data. @throws {TypeError} if it is not one */
export function parseStyleReply(data: unknown): StyleReply {
  assertMessage(data, replies, "reply");
  return data;
}
