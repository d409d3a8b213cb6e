// The typed messages between the style page and its worker.

import type { Picture } from "../gpu/picture.ts";
import type { Direction, StyleManifest } from "../models/manifest.ts";
import { assertMessage, fields, type MessageShapes } from "./_messages.ts";
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

/** What the style page sends. */
export type StyleRequest = EngineRequest<StyleModel> | RestyleRequest;

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

/** What comes of a request to restyle. */
export type RestyleReply = PreparedReply | ResultReply | JobFailedReply;

/** What the style worker sends. */
export type StyleReply = LifeReply<StyleEngineReply> | RestyleReply;

const requests: MessageShapes<StyleRequest> = {
  ...engineRequests,
  restyle: {
    id: fields.number,
    file: fields.blob,
    direction: fields.string,
    longSide: fields.number,
  },
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
  result: {
    id: fields.number,
    picture: fields.picture,
    milliseconds: fields.number,
    tensors: fields.number,
    gpuBytes: fields.number,
  },
};

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
