// Scenes of the films, one after another through a style model: what the home page's frame and the about page's figure have in common.

import { signal } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import type { StyleModel, StyleRequest } from "./_style_protocol.ts";
import { StyleRunner } from "./_style_runner.ts";
import type { WorkerLike } from "./_worker_link.ts";

/** What the sessions need of the world. */
export interface SceneSurroundings {
  createWorker(): WorkerLike<StyleRequest>;
  /** The scene of a seed as one of the films shows it. */
  drawFrame(seed: number, film: "A" | "B"): Promise<Picture>;
  fileOf(picture: Picture): Promise<Blob>;
}

/** What is on show, to be read by components, and everything that can happen to it. */
export abstract class SceneSession {
  readonly runner: StyleRunner;
  /** Whether a scene is on its way. */
  readonly isBusy = signal(false);
  /** What went wrong; empty if nothing did. */
  readonly problem = signal("");

  /** Whether the session is of no more use. */
  protected isStopped = false;

  #turn = 0;

  /** @param seed of the first scene; the next ones follow it */
  constructor(
    model: StyleModel,
    private readonly seed: number,
    protected readonly surroundings: SceneSurroundings,
  ) {
    this.runner = new StyleRunner(model, () => surroundings.createWorker());
  }

  /** Starts the engine, and draws the first scene without waiting for it. */
  async start(): Promise<void> {
    this.runner.life.start();
    await this.showNext();
  }

  /** Ends the worker; the session is of no more use. */
  stop(): void {
    this.isStopped = true;
    this.runner.stop();
  }

  /** The next scene. Nothing happens while one is on its way. */
  async showNext(): Promise<void> {
    if (this.isBusy.value) return;
    this.isBusy.value = true;
    this.problem.value = "";
    const turn = this.#turn++;
    try {
      await this.show(this.seed + turn, turn);
    } catch (error) {
      this.problem.value = error instanceof Error ? error.message : String(error);
    }
    this.isBusy.value = false;
  }

  /** Draws a scene and has it restyled. @param turn how many were shown before */
  protected abstract show(seed: number, turn: number): Promise<void>;
}
