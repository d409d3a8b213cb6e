// Has pictures restyled one at a time and hands each one back by a promise: for figures that have no desk of their own.

import { signal } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import type { Direction } from "../models/manifest.ts";
import { EngineLife } from "./_engine_life.ts";
import {
  parseStyleReply,
  type RestyleReply,
  type RestyleRequest,
  type StyleEngineReply,
  type StyleModel,
  type StyleRequest,
} from "./_style_protocol.ts";
import type { WorkerLike } from "./_worker_link.ts";

/** A picture before and after, at the size that the engine worked at. */
export interface Restyled {
  before: Picture;
  after: Picture;
  milliseconds: number;
}

/** One picture that was asked for. */
interface Wish {
  id: number;
  file: Blob;
  direction: Direction;
  before: Picture | undefined;
  resolve(restyled: Restyled): void;
  reject(error: Error): void;
}

/** A worker with one model, and the picture that it is at. */
export class StyleRunner {
  /** The worker, the engine and the model. */
  readonly life: EngineLife<StyleModel, RestyleRequest, StyleEngineReply, RestyleReply>;
  /** What the visitor should know. */
  readonly notices = signal<readonly string[]>([]);

  #wish: Wish | undefined;
  #requestId = 0;

  constructor(readonly model: StyleModel, createWorker: () => WorkerLike<StyleRequest>) {
    this.life = new EngineLife<StyleModel, RestyleRequest, StyleEngineReply, RestyleReply>({
      createWorker,
      parseReply: parseStyleReply,
      choice: () => ({ model, engine: "auto" }),
      onStart: () => {},
      // Also what a lost device was at is asked of the one in its place.
      onEngine: (engine) => this.#send(engine),
      onReady: () => {},
      onReply: (reply) => this.#receive(reply),
      onLost: (notice) => this.notices.value = [...this.notices.value, notice],
      onCrash: (reason) => this.#fail(`The restyling broke off (${reason}).`),
    });
  }

  /**
   * The picture in the other style, as soon as the engine runs and the model is there.
   *
   * @param file a picture of whatever size; the engine shrinks it to what suits it
   * @throws {Error} if it cannot be restyled, or if another one is asked for before it is
   */
  restyle(file: Blob, direction: Direction): Promise<Restyled> {
    this.#fail("Another picture was asked for.");
    return new Promise((resolve, reject) => {
      this.#wish = { id: 0, file, direction, before: undefined, resolve, reject };
      const engine = this.life.engine.value;
      if (engine) this.#send(engine);
    });
  }

  /** Ends the worker; the runner is of no more use. */
  stop(): void {
    this.#wish = undefined;
    this.life.stop();
  }

  #send({ automaticLongSide, maxLongSide }: StyleEngineReply): void {
    if (!this.#wish) return;
    const id = this.#wish.id = ++this.#requestId;
    const { file, direction } = this.#wish;
    const longSide = Math.min(automaticLongSide, maxLongSide);
    this.life.send({ kind: "restyle", id, file, direction, longSide });
  }

  #receive(reply: RestyleReply): void {
    const wish = this.#wish;
    if (!wish || !("id" in reply) || reply.id !== wish.id) return;
    if (reply.kind === "prepared") wish.before = reply.picture;
    else if (reply.kind === "job-failed") this.#fail(reply.message);
    else if (reply.kind === "result" && wish.before) {
      const { picture: after, milliseconds } = reply;
      this.#wish = undefined;
      wish.resolve({ before: wish.before, after, milliseconds });
    }
  }

  #fail(message: string): void {
    const wish = this.#wish;
    this.#wish = undefined;
    wish?.reject(new Error(message));
  }
}
