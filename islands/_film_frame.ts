// Draws frames of the two procedural films in the browser: the same scenes that the bundled generators learnt from.

import type { Picture } from "../gpu/picture.ts";
import type { Film, FilmReply, FilmRequest } from "./_film_worker.ts";
import { paintPicture } from "./_picture_canvas.tsx";

export type { Film } from "./_film_worker.ts";

/** Sides of the frames in pixels: more than most engines take at once, in the shape of a cinema's screen. */
const FRAME_SIZE = { width: 512, height: 288 };

/** The frames under way, each waiting for the worker's next word. */
const waiting = new Map<number, {
  resolve(reply: FilmReply): void;
  reject(error: Error): void;
}>();

let worker: Worker | undefined;
let frames = 0;

/** The scene of a seed as a film shows it. @throws {Error} if the browser cannot draw it */
export async function drawFilmFrame(seed: number, film: Film): Promise<Picture> {
  const id = ++frames;
  const composed = await ask({ kind: "compose", id, seed, film, ...FRAME_SIZE });
  if (composed.kind !== "composed") throw new Error(`Cannot draw a frame: ${composed.kind}`);
  const drawing = await rasterize(composed.svg);
  const finished = await ask({ kind: "finish", id, drawing });
  if (finished.kind !== "finished") throw new Error(`Cannot draw a frame: ${finished.kind}`);
  return finished.frame;
}

/** A picture as a file. @throws {Error} if the browser cannot make one */
export function fileOf(picture: Picture): Promise<Blob> {
  const canvas = document.createElement("canvas");
  paintPicture(canvas, picture);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (file) => file ? resolve(file) : reject(new Error("Cannot make a file of the picture")),
      "image/png",
    )
  );
}

function ask(request: FilmRequest): Promise<FilmReply> {
  worker ??= startWorker();
  const { promise, resolve, reject } = Promise.withResolvers<FilmReply>();
  waiting.set(request.id, { resolve, reject });
  worker.postMessage(request);
  return promise;
}

/** One worker for all frames of the page; it ends with the page, or when it breaks. */
function startWorker(): Worker {
  const started = new Worker(new URL("./_film_worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<FilmReply>) => {
    const wish = waiting.get(data.id);
    waiting.delete(data.id);
    wish?.resolve(data);
  };
  started.onerror = ({ message }) => {
    const error = new Error(`Cannot draw a frame: ${message || "its worker did not load"}`);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    started.terminate();
    worker = undefined;
  };
  return started;
}

/** The pixels of an SVG document of the frames' size. */
async function rasterize(svg: string): Promise<Picture> {
  const { width, height } = FRAME_SIZE;
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("Cannot draw a frame: this browser gives no 2D canvas");
    context.drawImage(image, 0, 0, width, height);
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } finally {
    URL.revokeObjectURL(address);
  }
}
