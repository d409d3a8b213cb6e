// The worker that draws film frames up to what only a page can do: it composes scenes, and washes drawings as film A does.

import { composeScene } from "../data/films/compose.ts";
import { filmA } from "../data/films/film_a.ts";
import { filmB } from "../data/films/film_b.ts";
import { washPicture } from "../data/films/wash.ts";
import type { Picture } from "../gpu/picture.ts";
import { type Random, randomStream } from "../gpu/random.ts";

/** Which of the two films. */
export type Film = "A" | "B";

/** What the page asks for: a scene as SVG first, then, with its pixels, the finished frame. */
export type FilmRequest =
  | { kind: "compose"; id: number; seed: number; film: Film; width: number; height: number }
  | { kind: "finish"; id: number; drawing: Picture };

/** What it gets. */
export type FilmReply =
  | { kind: "composed"; id: number; svg: string }
  | { kind: "finished"; id: number; frame: Picture };

/** The part of a worker's global scope in use here; the page's own type of `self` is another. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<FilmRequest>) => void) | null;
  postMessage(message: FilmReply, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

/** Frames between their two requests: the washes go on with the numbers that the drawing left. */
const begun = new Map<number, { film: Film; random: Random }>();

scope.onmessage = ({ data: request }) => {
  if (request.kind === "compose") {
    const { id, seed, film, width, height } = request;
    const scene = composeScene(seed, "lobby", 100 * width / height);
    const random = randomStream(seed, "print", film);
    const svg = (film === "A" ? filmA : filmB)(scene, { width, height }, random);
    begun.set(id, { film, random });
    scope.postMessage({ kind: "composed", id, svg });
  } else {
    const { id, drawing } = request;
    const frame = begun.get(id);
    begun.delete(id);
    if (!frame) throw new RangeError(`Cannot finish frame ${id}: it was not begun`);
    const picture = frame.film === "A" ? washPicture(drawing, frame.random) : drawing;
    const { buffer } = picture.data;
    scope.postMessage(
      { kind: "finished", id, frame: picture },
      buffer instanceof ArrayBuffer ? [buffer] : [],
    );
  }
};
