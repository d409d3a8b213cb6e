// The page's end of the canvas that the worker's GPU draws results on, and how they are looked at, whoever draws them.

import { signal } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import type { CanvasRequest, LookRequest, ScreenReply } from "./_style_protocol.ts";
import type { Drawing, SharedCanvas } from "./_style_state.ts";

/** How results are looked at. */
export type StyleView = Omit<LookRequest, "kind">;

/** What it needs of the world. */
export interface CanvasSurroundings {
  /** Tells the worker. */
  send(request: CanvasRequest, transfer?: Transferable[]): void;
  /** @throws {Error} where a canvas cannot be shared with a worker */
  createCanvas(): SharedCanvas;
}

/** Who draws results, and how. */
export class StyleCanvas {
  /** Who draws results. */
  readonly drawing = signal<Drawing>({ by: "page", reason: "" });
  /** Where the line between before and after is, and how strong the result; change it by `look`. */
  readonly view = signal<StyleView>({ split: 50, strength: 100 });

  /** Who waits for the bytes of what is on the canvas. */
  #reader: PromiseWithResolvers<Picture> | undefined;

  constructor(private readonly surroundings: CanvasSurroundings) {}

  /** Gives the worker a canvas. One belongs to one worker for good, so each gets its own. */
  share(): void {
    try {
      const { canvas, offscreen } = this.surroundings.createCanvas();
      this.drawing.value = { by: "gpu", canvas, isOpen: false };
      const request = { kind: "screen", canvas: offscreen, ...this.view.value } as const;
      this.surroundings.send(request, [offscreen]);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.drawing.value = { by: "page", reason };
    }
  }

  /** Forgets a worker that is no more, and its canvas. */
  forget(): void {
    this.giveUpReading("The engine was started anew");
    this.drawing.value = { by: "page", reason: "" };
  }

  /** Moves the line, or changes the strength. */
  look(change: Partial<StyleView>): void {
    this.view.value = { ...this.view.value, ...change };
    if (this.drawing.value.by !== "gpu") return;
    this.surroundings.send({ kind: "look", ...this.view.value });
  }

  /** What is on the canvas, in bytes and at full strength. @throws {Error} if it is gone before it is read */
  async read(): Promise<Picture> {
    if (!this.#reader) {
      this.#reader = Promise.withResolvers();
      this.surroundings.send({ kind: "read" });
    }
    return await this.#reader.promise;
  }

  /** Lets those who wait for bytes wait no longer. */
  giveUpReading(reason: string): void {
    this.#reader?.reject(new Error(reason));
    this.#reader = undefined;
  }

  /** Takes the worker's word. @returns the bytes that take the place of a canvas which can no longer be drawn on */
  receive(reply: ScreenReply): Picture | undefined {
    const { value: drawing } = this.drawing;
    if (reply.kind === "bytes") {
      this.#reader?.resolve(reply.picture);
      this.#reader = undefined;
      return drawing.by === "page" ? reply.picture : undefined;
    }
    if (reply.problem) {
      this.giveUpReading(reply.problem);
      this.drawing.value = { by: "page", reason: reply.problem };
    } else if (drawing.by === "gpu") this.drawing.value = { ...drawing, isOpen: true };
  }
}
