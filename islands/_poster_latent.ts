// What the page does with the worker that looks into a generator: it is started when it is first needed, and ended as soon as it is not.

import { signal } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import type { Directions } from "../models/poster/directions.ts";
import { EngineLife } from "./_engine_life.ts";
import {
  type FoundReply,
  type LatentJob,
  type LatentJobReply,
  type LatentRequest,
  parseLatentReply,
} from "./_poster_latent_protocol.ts";
import type { PosterModel } from "./_poster_protocol.ts";
import type { EngineChoice, EngineReply } from "./_protocol.ts";
import type { WorkerLike } from "./_worker_link.ts";

/** A search as the page shows it. */
export interface SearchShown {
  /** Steps taken, of how many. */
  step: number;
  steps: number;
  /** How much of the first guess's distance is left, 0 to 1. */
  left: number;
  /** The best poster so far, and the picture that is looked for; absent until the first are there. */
  picture?: Picture;
  target?: Picture;
}

/** What it works on. */
export interface LatentChoice {
  model: PosterModel;
  engine: EngineChoice;
}

/** What the page gives it. */
export interface LatentSurroundings {
  createWorker(): WorkerLike<LatentRequest>;
  choice(): LatentChoice;
  onFound(found: Pick<FoundReply, "latent" | "genres" | "left">): void;
}

/** How long a search in the browser is: half of the command line's, for the most is won at first. */
export const SEARCH_STEPS = 200;

/** One worker at most, and what comes of it. */
export class PosterLatent {
  /** The search under way. */
  readonly search = signal<SearchShown | undefined>(undefined);
  /** The directions of the model that they were last asked of. */
  readonly directions = signal<Directions | undefined>(undefined);
  /** What went wrong, for the visitor; empty if nothing did. */
  readonly problem = signal("");

  #life: EngineLife<PosterModel, LatentRequest, EngineReply, LatentJobReply>;
  /** What is to be asked as soon as the model is loaded. */
  #job: LatentJob | undefined;
  #id = 0;

  constructor(private readonly surroundings: LatentSurroundings) {
    this.#life = new EngineLife<PosterModel, LatentRequest, EngineReply, LatentJobReply>({
      createWorker: () => surroundings.createWorker(),
      parseReply: parseLatentReply,
      choice: () => surroundings.choice(),
      onStart: () => {},
      onEngine: () => {},
      onReady: () => this.#job && this.#life.send(this.#job),
      onReply: (reply) => this.#receive(reply),
      onLost: () => {},
      onCrash: (reason) => this.#fail(reason),
    });
    this.#life.load.subscribe((load) => load.phase === "failed" && this.#fail(load.message));
  }

  /** Finds the model's strongest directions. */
  findDirections(count: number): void {
    this.directions.value = undefined;
    this.#begin({ kind: "find-directions", id: ++this.#id, count });
  }

  /** Looks for the poster nearest to a picture. */
  find(file: Blob, steps = SEARCH_STEPS): void {
    this.search.value = { step: 0, steps, left: 1 };
    this.#begin({ kind: "search", id: ++this.#id, file, steps });
  }

  /** Ends whatever is under way. */
  cancel(): void {
    this.#job = undefined;
    this.search.value = undefined;
    this.#life.stop();
  }

  #begin(job: LatentJob): void {
    this.problem.value = "";
    this.#job = job;
    this.#life.start();
  }

  #receive(reply: LatentJobReply): void {
    if (reply.id !== this.#job?.id) return;
    switch (reply.kind) {
      case "job-failed":
        return this.#fail(reply.message);
      case "directions": {
        const { vectors, shares } = reply;
        this.directions.value = { of: "latent", vectors, shares };
        return this.cancel();
      }
      case "search-step": {
        const { step, left, picture, target } = reply, steps = this.search.value?.steps ?? step;
        this.search.value = { step, steps, left, picture, target };
        return;
      }
      case "found":
        this.cancel();
        this.surroundings.onFound(reply);
    }
  }

  #fail(reason: string): void {
    if (!this.#job) return;
    this.cancel();
    this.problem.value = `This did not work: ${reason}`;
  }
}
