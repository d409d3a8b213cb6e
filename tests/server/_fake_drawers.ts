// Orders, and drawing workers that answer when a test says so.

import type { DrawReply, PosterOrder, Scale } from "../../server/draw_protocol.ts";
import { drawingOptions, type DrawnPostersOptions } from "../../server/drawn_posters.ts";
import { type FakeWorker, fakeWorker } from "../islands/_fake_worker.ts";
import { posterManifest } from "../models/_exported_poster.ts";

/** Three genres, 16x24 pixels, weights that nobody has. */
export const manifest = posterManifest();

/** An order of a poster by its seed. */
export function orderOf(seed: number, scale: Scale = 1): PosterOrder {
  const recipe = { seed, genres: [1, 0, 0], truncation: 0.8 };
  return { manifest, weightsFile: "file:///nowhere", recipe, scale };
}

/** A file of so many bytes. */
export function fileOf(bytes: number, fill = 7): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes).fill(fill);
}

/** Options with fake workers, the workers that were started, and what was reported. */
export function fakeDrawers(changes: Partial<DrawnPostersOptions> = {}) {
  const workers: FakeWorker<PosterOrder, DrawReply>[] = [];
  const reports: string[] = [];
  const options: DrawnPostersOptions = {
    ...drawingOptions(),
    ...{ workers: 1, mostWaiting: 2, mostBytes: 1000 },
    startWorker() {
      const worker = fakeWorker<PosterOrder, DrawReply>();
      workers.push(worker);
      return worker;
    },
    report: (line) => void reports.push(line),
    ...changes,
  };
  return { options, workers, reports };
}

/** Seeds of the orders that a worker got. */
export function seedsOf({ requests }: FakeWorker<PosterOrder, DrawReply>): number[] {
  return requests.map((request) => "recipe" in request ? request.recipe.seed : NaN);
}
