// One scene after another through both generators of a CycleGAN: there, back, and beside the true answer.

import { signal } from "@preact/signals";
import { type Picture, resizePicture } from "../gpu/picture.ts";
import type { FrameSurroundings } from "./_frame_session.ts";
import type { StyleModel } from "./_style_protocol.ts";
import { StyleRunner } from "./_style_runner.ts";

/** The stations of a scene, as far as they are there. All are of one size. */
export interface CycleStations {
  /** The scene in film A, as the generator got it. */
  real?: Picture;
  /** What the generator into film B made of it. */
  redrawn?: Picture;
  /** What the generator into film A made of that. */
  back?: Picture;
  /** The same scene as film B shows it, which no network has seen. */
  truth?: Picture;
}

/** The figure's state, to be read by components, and everything that can happen to it. */
export class CycleSession {
  readonly runner: StyleRunner;
  readonly stations = signal<CycleStations>({});
  /** Whether a scene is on its way. */
  readonly isBusy = signal(false);
  /** What went wrong; empty if nothing did. */
  readonly problem = signal("");

  /** @param seed of the first scene; the next ones follow it */
  constructor(
    model: StyleModel,
    private seed: number,
    private readonly surroundings: FrameSurroundings,
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
    this.runner.stop();
  }

  /** The next scene. Nothing happens while one is on its way. */
  async showNext(): Promise<void> {
    if (this.isBusy.value) return;
    this.isBusy.value = true;
    this.problem.value = "";
    try {
      await this.#show(this.seed++);
    } catch (error) {
      this.problem.value = error instanceof Error ? error.message : String(error);
    }
    this.isBusy.value = false;
  }

  async #show(seed: number): Promise<void> {
    const { drawFrame, fileOf } = this.surroundings;
    const drawn = await drawFrame(seed, "A");
    this.stations.value = { real: drawn };
    const { before: real, after: redrawn } = await this.runner.restyle(
      await fileOf(drawn),
      "AtoB",
    );
    const answer = await drawFrame(seed, "B");
    const truth = resizePicture(answer, real.width, real.height);
    this.stations.value = { real, redrawn, truth };
    const { after: back } = await this.runner.restyle(await fileOf(redrawn), "BtoA");
    this.stations.value = { real, redrawn, truth, back };
  }
}

/** Mean absolute difference of two pictures at the first one's size, in parts of the whole range of a colour. */
export function meanDifference(picture: Picture, other: Picture): number {
  const { width, height, data } = picture;
  const { data: others } = resizePicture(other, width, height);
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    if (i % 4 < 3) sum += Math.abs(data[i] - others[i]);
  }
  return sum / (255 * 3 * width * height);
}
