// Posters as PNG files: from memory if they were drawn before, else by way of the queue, each of them once however many ask.

import { createHash } from "node:crypto";
import { createByteCache } from "./byte_cache.ts";
import type { PosterOrder } from "./draw_protocol.ts";
import { type Drawing, DrawQueue, type DrawQueueOptions } from "./draw_queue.ts";

/** Raised when the same order gives another file: what is kept of the old ones, here and at the visitor's, is void then. */
const DRAWING = 1;

/** What the posters are drawn with. */
export interface DrawnPostersOptions extends DrawQueueOptions {
  /** What the files kept in memory may have together. */
  mostBytes: number;
}

/** As the server draws; what is not told is one worker beside the thread that answers, two where there are cores for them. */
export function drawingOptions(): DrawnPostersOptions {
  return {
    startWorker: () => new Worker(new URL("./draw_worker.ts", import.meta.url), { type: "module" }),
    workers: Math.min(2, Math.max(1, navigator.hardwareConcurrency - 1)),
    ...{ mostWaiting: 32, limitMs: 20_000, restMs: 30_000, mostBytes: 32 * 2 ** 20 },
    report: (line) => void Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`)),
  };
}

/** The hash of all that a poster's file follows from, 32 hexadecimal digits. Two models of the same weights draw the same. */
export function keyOf({ manifest, recipe, scale }: PosterOrder): string {
  const { seed, genres, truncation, variation } = recipe;
  const facts = [DRAWING, manifest.weights.sha256, manifest.config, seed, genres, truncation];
  const text = JSON.stringify([...facts, variation, scale]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** The posters that have been drawn, and are being drawn. */
export class DrawnPosters {
  readonly queue: DrawQueue;
  readonly #cache: ReturnType<typeof createByteCache>;
  readonly #underWay = new Map<string, { drawing: Drawing; waiters: number }>();

  constructor(options: DrawnPostersOptions) {
    this.queue = new DrawQueue(options);
    this.#cache = createByteCache(options.mostBytes);
  }

  /** The file, if it is in memory. */
  find(key: string): Uint8Array<ArrayBuffer> | undefined {
    return this.#cache.get(key);
  }

  /**
   * The file, drawn if need be.
   *
   * @param key the order's, by `keyOf`
   * @param signal of someone who does not want it any more: when nobody does, an order that waits is taken out
   * @throws {BusyError} if no more may wait
   * @throws {DrawingError} if the order fails, or its worker does
   * @throws the signal's reason
   */
  async draw(
    key: string,
    order: PosterOrder,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    signal.throwIfAborted();
    const known = this.find(key);
    if (known) return known;
    const shared = this.#underWay.get(key) ?? this.#begin(key, order);
    shared.waiters++;
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([shared.drawing.png, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      shared.waiters--;
      if (shared.waiters === 0 && shared.drawing.callOff()) this.#underWay.delete(key);
    }
  }

  /** Ends the workers. */
  close(): void {
    this.queue.close();
  }

  #begin(key: string, order: PosterOrder) {
    const drawing = this.queue.add(order);
    const shared = { drawing, waiters: 0 };
    this.#underWay.set(key, shared);
    const end = () => {
      // Called off, it may have been begun anew.
      if (this.#underWay.get(key) === shared) this.#underWay.delete(key);
    };
    drawing.png.then((png) => this.#cache.set(key, png)).then(end, end);
    return shared;
  }
}
