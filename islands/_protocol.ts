// The messages that every island and its generator worker exchange: one engine, one model, and how both fare.

import type { Manifest } from "../models/manifest.ts";
import { fields, type MessageShapes } from "./_messages.ts";

/** An exported model as a page knows it. */
export interface PageModel<M extends Manifest = Manifest> {
  manifest: M;
  /** Where the weights are, on this page's own origin. */
  weightsUrl: string;
}

/** The engines that a visitor may ask for; `cpu` is the SIMD engine, or plain JavaScript where that does not run. */
export type EngineChoice = "auto" | "webgpu" | "cpu";

/** The engine that was started. */
export type EngineName = "webgpu" | "simd" | "cpu";

/** Starts the engine and loads the model; sent once, first. A worker serves one model on one engine. */
export interface LoadRequest<Model extends PageModel = PageModel> {
  kind: "load";
  model: Model;
  engine: EngineChoice;
  /** Whether to pass by every cached copy of the weights, as after a corrupt download. */
  refresh: boolean;
}

/** Frees everything and closes the worker. */
export interface DisposeRequest {
  kind: "dispose";
}

/** What every island may send. */
export type EngineRequest<Model extends PageModel = PageModel> =
  | LoadRequest<Model>
  | DisposeRequest;

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
  /** Why the automatic choice is not WebGPU; empty if it is, or if an engine was asked for by name. */
  fallbackReason: string;
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

/** The device is lost and nothing more will come of it. */
export interface DeviceLostReply {
  kind: "device-lost";
  reason: string;
}

/** What every worker says of its engine and its model. */
export type LifeReply<Engine extends EngineReply = EngineReply> =
  | ProgressReply
  | Engine
  | ReadyReply
  | LoadFailedReply
  | DeviceLostReply;

/** One picture could not be made; the worker stays usable. */
export interface JobFailedReply {
  kind: "job-failed";
  id: number;
  message: string;
}

/** The fields of the requests that all workers take. */
export const engineRequests: MessageShapes<EngineRequest> = {
  load: { model: fields.model, engine: fields.string, refresh: fields.boolean },
  dispose: {},
};

/** The fields of the replies that all workers give. */
export const engineReplies: MessageShapes<LifeReply | JobFailedReply> = {
  progress: { receivedBytes: fields.number, totalBytes: fields.number },
  engine: { engine: fields.string, description: fields.string, fallbackReason: fields.string },
  ready: {},
  "load-failed": { code: fields.string, message: fields.string },
  "device-lost": { reason: fields.string },
  "job-failed": { id: fields.number, message: fields.string },
};
