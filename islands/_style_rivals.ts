// Restyles the picture on show a second time, by another model or direction, in a worker of its own. Loaded with the first comparison.

import { effect } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import { EngineLife } from "./_engine_life.ts";
import {
  parseStyleReply,
  type RestyleReply,
  type RestyleRequest,
  type StyleEngineReply,
  type StyleModel,
} from "./_style_protocol.ts";
import type { StyleSession } from "./_style_session.ts";
import type { RivalChoice } from "./_style_state.ts";

/** Keeps `session.rival` what its `rivalChoice` makes of the picture on show. */
export class StyleRivals {
  readonly #life: EngineLife<StyleModel, RestyleRequest, StyleEngineReply, RestyleReply>;
  /** What is asked of the worker, or on show. */
  #wanted: { choice: RivalChoice; before: Picture } | undefined;
  #model: StyleModel | undefined;
  #requestId = 0;
  readonly #ends: (() => void)[];

  constructor(private readonly session: StyleSession) {
    this.#life = new EngineLife<StyleModel, RestyleRequest, StyleEngineReply, RestyleReply>({
      createWorker: () => session.surroundings.createWorker(),
      parseReply: parseStyleReply,
      choice: () => {
        const { model, engine } = session.options.peek();
        return { model: this.#model ?? model, engine };
      },
      onStart: () => {},
      onEngine: () => void this.#ask(),
      onReady: () => {},
      onReply: (reply) => this.#receive(reply),
      // Lost devices are replaced, and the new one's engine is asked again.
      onLost: () => {},
      onCrash: (reason) => this.#fail(reason),
    });
    this.#ends = [
      effect(() => this.#follow()),
      effect(() => {
        const { value: load } = this.#life.load;
        if (load.phase === "failed" && this.#model) this.#fail(load.message);
      }),
    ];
  }

  /** Ends the worker; the object is of no more use. */
  stop(): void {
    this.#ends.forEach((end) => end());
    this.#life.stop();
  }

  /** Runs again with each change of the choice and of the picture on show. */
  #follow(): void {
    const { session } = this, choice = session.rivalChoice.value, shown = session.work.shown.value;
    if (!choice) {
      this.#wanted = session.rival.value = undefined;
      return session.work.forgetBytes();
    }
    // What moves is not restyled twice.
    if (!shown?.after || session.live.value) return;
    if (!shown.after.picture) session.work.keepBytes().catch((error) => this.#fail(String(error)));
    if (this.#wanted?.choice === choice && this.#wanted.before === shown.before) return;
    this.#wanted = { choice, before: shown.before };
    session.rival.value = undefined;
    if (choice.model === this.#model) return void this.#ask();
    this.#model = choice.model;
    this.#life.start();
  }

  async #ask(): Promise<void> {
    if (!this.#wanted || !this.#life.engine.peek()) return;
    const { choice, before } = this.#wanted, { width, height } = before;
    const id = ++this.#requestId;
    // Opaque bytes come out of a bitmap as they went in.
    const image = new ImageData(new Uint8ClampedArray(before.data), width, height);
    const file = await createImageBitmap(image);
    if (id !== this.#requestId) return file.close();
    const { direction } = choice, longSide = Math.max(width, height);
    this.#life.send({ kind: "restyle", id, file, direction, longSide }, [file]);
  }

  #receive(reply: RestyleReply): void {
    if (!this.#wanted || reply.kind === "screen" || reply.id !== this.#requestId) return;
    if (reply.kind === "job-failed") return this.#fail(reply.message);
    if (reply.kind !== "result") return;
    this.session.rival.value = { ...this.#wanted, picture: reply.picture };
  }

  #fail(reason: string): void {
    this.#wanted = undefined;
    this.session.rivalChoice.value = undefined;
    this.session.work.problem.value = `The comparison broke off (${reason}).`;
  }
}
