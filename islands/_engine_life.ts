// The life of a page's worker: it is started, told what to load, replaced when its device is lost or it crashes, and ended.

import { signal } from "@preact/signals";
import * as text from "./_engine_text.ts";
import {
  type EngineChoice,
  engineReplies,
  type EngineReply,
  type EngineRequest,
  type LifeReply,
  type LoadFailureCode,
  type PageModel,
} from "./_protocol.ts";
import { linkWorker, type WorkerLike, type WorkerLink } from "./_worker_link.ts";

/** How far the engine and the model are. */
export type LoadState =
  | { phase: "loading"; receivedBytes: number; totalBytes: number }
  | { phase: "ready" }
  | { phase: "failed"; code: LoadFailureCode | "crash"; message: string };

/** What the owner of a worker wants done, and what it hears. */
export interface EngineOwner<
  Model extends PageModel,
  Request,
  Engine extends EngineReply,
  JobReply extends { kind: string },
> {
  createWorker(): WorkerLike<Request | EngineRequest<Model>>;
  /** @throws {TypeError} if the data is no reply */
  parseReply(data: unknown): LifeReply<Engine> | JobReply;
  /** What is to be loaded now, and on what. */
  choice(): { model: Model; engine: EngineChoice };
  /** A new worker takes the old one's place: nothing that was asked of that one comes back. */
  onStart(): void;
  onEngine(engine: Engine): void;
  onReady(): void;
  onReply(reply: JobReply): void;
  /** A device was lost and is replaced; what to tell the visitor. */
  onLost(notice: string): void;
  /** The loaded worker crashed, for this reason; the next one is started right after. */
  onCrash(reason: string): void;
}

/** One worker at a time, and how it fares. */
export class EngineLife<
  Model extends PageModel,
  Request,
  Engine extends EngineReply,
  JobReply extends { kind: string },
> {
  /** The engine that runs, undefined until it does. */
  readonly engine = signal<Engine | undefined>(undefined);
  /** How far the engine and the model are. */
  readonly load = signal<LoadState>({ phase: "loading", receivedBytes: 0, totalBytes: 0 });

  #link: WorkerLink<Request | EngineRequest<Model>> | undefined;
  #lostDevices = 0;

  constructor(private readonly owner: EngineOwner<Model, Request, Engine, JobReply>) {}

  /** Starts with what the owner has chosen. A device that was lost before is forgiven. */
  start(): void {
    this.#lostDevices = 0;
    this.restart();
  }

  /** Replaces the worker by a new one. @param refresh whether to pass by every cached copy of the weights */
  restart(refresh = false): void {
    this.#link?.kill();
    const { model, engine } = this.owner.choice();
    this.engine.value = undefined;
    const totalBytes = model.manifest.weights.bytes;
    this.load.value = { phase: "loading", receivedBytes: 0, totalBytes };
    this.owner.onStart();
    this.#link = linkWorker<Request | EngineRequest<Model>, LifeReply<Engine> | JobReply>(
      this.owner.createWorker(),
      {
        parseReply: (data) => this.owner.parseReply(data),
        onReply: (reply) => this.#receive(reply),
        onCrash: (reason) => this.#recoverFromCrash(reason),
      },
    );
    const choice = this.#lostDevices > 1 ? "cpu" : engine;
    this.#link.send({ kind: "load", model, engine: choice, refresh });
  }

  /** Tries again after a failed load. */
  retry(): void {
    const { value } = this.load;
    this.restart(value.phase === "failed" && value.code === "corrupt");
  }

  /** Sends the worker a request; nothing happens where there is none any more. */
  send(request: Request, transfer?: Transferable[]): void {
    this.#link?.send(request, transfer);
  }

  /** Ends the worker for good. */
  stop(): void {
    this.#link?.stop();
    this.#link = undefined;
  }

  #receive(reply: LifeReply<Engine> | JobReply): void {
    if (isLifeReply<Engine>(reply)) this.#receiveLife(reply);
    else this.owner.onReply(reply as JobReply);
  }

  #receiveLife(reply: LifeReply<Engine>): void {
    if (isEngine(reply)) {
      this.engine.value = reply;
      this.owner.onEngine(reply);
      return;
    }
    const other = reply as Exclude<LifeReply, EngineReply>;
    switch (other.kind) {
      case "progress": {
        const { receivedBytes, totalBytes } = other;
        this.load.value = { phase: "loading", receivedBytes, totalBytes };
        break;
      }
      case "ready":
        this.load.value = { phase: "ready" };
        this.owner.onReady();
        break;
      case "load-failed":
        this.#link?.kill();
        this.#link = undefined;
        this.load.value = { phase: "failed", code: other.code, message: other.message };
        break;
      case "device-lost":
        this.#recoverFromLoss();
    }
  }

  /** A new device once, then the CPU. */
  #recoverFromLoss(): void {
    this.#lostDevices += 1;
    this.owner.onLost(this.#lostDevices > 1 ? text.LOST_AGAIN_NOTICE : text.LOST_NOTICE);
    this.restart();
  }

  /** A crash of a loaded worker is told and made good; one before that is a failed load. */
  #recoverFromCrash(reason: string): void {
    this.#link = undefined;
    if (this.load.value.phase !== "ready") {
      this.load.value = { phase: "failed", code: "crash", message: reason };
      return;
    }
    this.owner.onCrash(reason);
    this.restart();
  }
}

function isLifeReply<Engine extends EngineReply>(
  reply: { kind: string },
): reply is LifeReply<Engine> {
  return reply.kind in engineReplies && reply.kind !== "job-failed";
}

function isEngine<Engine extends EngineReply>(reply: LifeReply<Engine>): reply is Engine {
  return reply.kind === "engine";
}
