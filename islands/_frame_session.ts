// One frame of a film after another, each redrawn as the other film: what the home page's frame shows.

import { signal } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import type { StyleModel, StyleRequest } from "./_style_protocol.ts";
import { StyleRunner } from "./_style_runner.ts";
import type { WorkerLike } from "./_worker_link.ts";

/** What the session needs of the world. */
export interface FrameSurroundings {
  createWorker(): WorkerLike<StyleRequest>;
  /** The scene of a seed as one of the films shows it. */
  drawFrame(seed: number, film: "A" | "B"): Promise<Picture>;
  fileOf(picture: Picture): Promise<Blob>;
}

/** What is in the frame. */
export interface ShownFrame {
  before: Picture;
  /** Undefined until the network has drawn it. */
  after: Picture | undefined;
  direction: StyleModel["manifest"]["directions"][number];
  milliseconds: number | undefined;
}

/** The frame's state, to be read by components, and everything that can happen to it. */
export class FrameSession {
  readonly runner: StyleRunner;
  readonly shown = signal<ShownFrame | undefined>(undefined);
  /** Whether a frame is on its way. */
  readonly isBusy = signal(false);
  /** What went wrong; empty if nothing did. */
  readonly problem = signal("");

  #isStopped = false;
  #count = 0;

  /** @param seed of the first scene; the next ones follow it */
  constructor(
    model: StyleModel,
    private readonly seed: number,
    private readonly surroundings: FrameSurroundings,
  ) {
    this.runner = new StyleRunner(model, () => surroundings.createWorker());
  }

  /** Starts the engine, and draws the first frame without waiting for it. */
  async start(): Promise<void> {
    this.runner.life.start();
    await this.showNext();
  }

  /** Ends the worker; the session is of no more use. */
  stop(): void {
    this.#isStopped = true;
    this.runner.stop();
  }

  /** The next scene, in the direction whose turn it is. Nothing happens while one is on its way. */
  async showNext(): Promise<void> {
    if (this.isBusy.value) return;
    this.isBusy.value = true;
    this.problem.value = "";
    try {
      await this.#show(this.#count++);
    } catch (error) {
      this.problem.value = error instanceof Error ? error.message : String(error);
    }
    this.isBusy.value = false;
  }

  async #show(turn: number): Promise<void> {
    const { directions } = this.runner.model.manifest;
    const direction = directions[turn % directions.length];
    const drawn = await this.surroundings.drawFrame(
      this.seed + turn,
      direction.id === "AtoB" ? "A" : "B",
    );
    const file = await this.surroundings.fileOf(drawn);
    if (this.#isStopped) return;
    this.shown.value = { before: drawn, after: undefined, direction, milliseconds: undefined };
    const restyled = await this.runner.restyle(file, direction.id);
    this.shown.value = { ...restyled, direction };
  }
}
