// One frame of a film after another, each redrawn as the other film: what the home page's frame shows.

import { signal } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import { SceneSession } from "./_scene_session.ts";
import type { StyleModel } from "./_style_protocol.ts";

/** What is in the frame. */
export interface ShownFrame {
  before: Picture;
  /** Undefined until the network has drawn it. */
  after: Picture | undefined;
  direction: StyleModel["manifest"]["directions"][number];
  milliseconds: number | undefined;
}

/** The frame's scenes, each in the direction whose turn it is. */
export class FrameSession extends SceneSession {
  readonly shown = signal<ShownFrame | undefined>(undefined);

  protected override async show(seed: number, turn: number): Promise<void> {
    const { directions } = this.runner.model.manifest;
    const direction = directions[turn % directions.length];
    const drawn = await this.surroundings.drawFrame(seed, direction.id === "AtoB" ? "A" : "B");
    const file = await this.surroundings.fileOf(drawn);
    if (this.isStopped) return;
    this.shown.value = { before: drawn, after: undefined, direction, milliseconds: undefined };
    const restyled = await this.runner.restyle(file, direction.id);
    this.shown.value = { ...restyled, direction };
  }
}
