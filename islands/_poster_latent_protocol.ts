// The typed messages between the poster page and the worker that looks into a generator: directions, and the poster nearest to a picture.

import type { Picture } from "../gpu/picture.ts";
import type { PosterManifest } from "../models/manifest.ts";
import { assertMessage, type FieldCheck, fields, type MessageShapes } from "./_messages.ts";
import {
  engineReplies,
  type EngineRequest,
  engineRequests,
  type JobFailedReply,
  type LifeReply,
  type PageModel,
} from "./_protocol.ts";

/** Asks for a generator's strongest directions. */
export interface DirectionsRequest {
  kind: "find-directions";
  id: number;
  count: number;
}

/** Asks for the latent vector, and the genres, whose poster is nearest to a picture. */
export interface SearchRequest {
  kind: "search";
  id: number;
  /** A file that the visitor chose, or the poster itself. */
  file: Blob;
  steps: number;
}

/** What the worker is asked beside what every worker is. A request makes all earlier ones void. */
export type LatentJob = DirectionsRequest | SearchRequest;

/** What the page sends. */
export type LatentRequest = EngineRequest<PageModel<PosterManifest>> | LatentJob;

/** The directions of the latent vector, the strongest first; see `Directions`. */
export interface DirectionsReply {
  kind: "directions";
  id: number;
  vectors: Float32Array[];
  shares: number[];
}

/** How far a search is. */
export interface SearchStepReply {
  kind: "search-step";
  id: number;
  /** Steps taken. */
  step: number;
  /** The distance of the best poster so far as a share of the first guess's. */
  left: number;
  /** That poster. */
  picture: Picture;
  /** What was looked for, at the generator's size. */
  target: Picture;
}

/** What a search has found, whole. */
export interface FoundReply {
  kind: "found";
  id: number;
  latent: Float32Array;
  /** Weight of each genre, 0 to 1. */
  genres: number[];
  left: number;
  picture: Picture;
}

/** What comes of a job. */
export type LatentJobReply = DirectionsReply | SearchStepReply | FoundReply | JobFailedReply;

/** What the worker sends. */
export type LatentReply = LifeReply | LatentJobReply;

const floats: FieldCheck = { name: "list of numbers", holds: isFloats };
const vectors: FieldCheck = {
  name: "list of vectors",
  holds: (value) => Array.isArray(value) && value.every(isFloats),
};
const weights: FieldCheck = {
  name: "list of weights",
  holds: (value) => Array.isArray(value) && value.every(Number.isFinite),
};

const requests: MessageShapes<LatentRequest> = {
  ...engineRequests,
  "find-directions": { id: fields.number, count: fields.number },
  search: { id: fields.number, file: fields.blob, steps: fields.number },
};

const replies: MessageShapes<LatentReply> = {
  ...engineReplies,
  directions: { id: fields.number, vectors, shares: weights },
  "search-step": {
    ...{ id: fields.number, step: fields.number, left: fields.number },
    ...{ picture: fields.picture, target: fields.picture },
  },
  found: {
    ...{ id: fields.number, latent: floats, genres: weights, left: fields.number },
    picture: fields.picture,
  },
};

/** The request in a message event's data. @throws {TypeError} if it is not one */
export function parseLatentRequest(data: unknown): LatentRequest {
  assertMessage(data, requests, "request");
  return data;
}

/** The reply in a message event's data. @throws {TypeError} if it is not one */
export function parseLatentReply(data: unknown): LatentReply {
  assertMessage(data, replies, "reply");
  return data;
}

function isFloats(value: unknown): boolean {
  return value instanceof Float32Array && value.every(Number.isFinite);
}
