// The typed messages between the poster page and its worker.

import type { Picture } from "../gpu/picture.ts";
import type { PosterManifest } from "../models/manifest.ts";
import {
  assertMessage,
  type FieldCheck,
  fields,
  isRecord,
  type MessageShapes,
} from "./_messages.ts";
import type { Shot } from "./_poster_recipe.ts";
import {
  engineReplies,
  type EngineRequest,
  engineRequests,
  type JobFailedReply,
  type LifeReply,
  type PageModel,
} from "./_protocol.ts";

/** An exported poster generator as a page knows it. */
export type PosterModel = PageModel<PosterManifest>;

/** Draws one picture. A request makes all earlier ones void. */
export interface DrawRequest {
  kind: "draw";
  /** Rises from request to request. */
  id: number;
  shot: Shot;
}

/** What the poster page sends. */
export type PosterRequest = EngineRequest<PosterModel> | DrawRequest;

/** The picture. */
export interface DrawnReply {
  kind: "drawn";
  id: number;
  picture: Picture;
  /** From numbers to bytes: the generator, and reading back. */
  milliseconds: number;
  /** Live tensors after the run; the same number after every picture, or something leaks. */
  tensors: number;
}

/** What comes of a request to draw. */
export type DrawReply = DrawnReply | JobFailedReply;

/** What the poster worker sends. */
export type PosterReply = LifeReply | DrawReply;

const shot: FieldCheck = {
  name: "shot",
  holds: (value) =>
    isRecord(value) && isRecipe(value.recipe) &&
    (value.way === undefined ||
      isRecord(value.way) && isRecipe(value.way.to) && Number.isFinite(value.way.share)),
};

const requests: MessageShapes<PosterRequest> = {
  ...engineRequests,
  draw: { id: fields.number, shot },
};

const replies: MessageShapes<PosterReply> = {
  ...engineReplies,
  drawn: {
    id: fields.number,
    picture: fields.picture,
    milliseconds: fields.number,
    tensors: fields.number,
  },
};

/** The request in a message event's data. @throws {TypeError} if it is not one */
export function parsePosterRequest(data: unknown): PosterRequest {
  assertMessage(data, requests, "request");
  return data;
}

/** The reply in a message event's data. @throws {TypeError} if it is not one */
export function parsePosterReply(data: unknown): PosterReply {
  assertMessage(data, replies, "reply");
  return data;
}

function isRecipe(value: unknown): boolean {
  return isRecord(value) && isPlainRecipe(value) &&
    (value.mix === undefined ||
      isRecord(value.mix) && Number.isInteger(value.mix.from) && isPlainRecipe(value.mix.other)) &&
    (value.along === undefined ||
      Array.isArray(value.along) && value.along.every(Number.isFinite));
}

function isPlainRecipe(value: unknown): boolean {
  const isStep = (step: unknown) =>
    isRecord(step) && Number.isFinite(step.seed) && Number.isFinite(step.amount);
  return isRecord(value) && Number.isFinite(value.seed) && Number.isFinite(value.truncation) &&
    (value.latent === undefined || typeof value.latent === "string") &&
    Array.isArray(value.genres) && value.genres.every(Number.isFinite) &&
    Array.isArray(value.steps) && value.steps.every(isStep);
}
