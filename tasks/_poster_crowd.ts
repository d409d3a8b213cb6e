// Measures the server while a crowd asks for posters: what they get, how other pages fare meanwhile, and its memory.

import type { CrowdCount, CrowdOrder } from "./_poster_clients.ts";
import { quantile, type ServedApp, timeRequest } from "./_served_app.ts";

/** What others ask for meanwhile, one after the other. */
const OTHERS = ["/", "/style", "/posters", "/models", "/about", "/healthz", "/styles.css"];

/** Between two of those. */
const PAUSE_MS = 20;

/** What was measured. */
export interface CrowdReport extends CrowdCount {
  /** Times of other pages, in ms. */
  otherMs: number[];
  otherErrors: number;
  /** Before, every tenth of the time, and after, in MB. */
  memoryMb: number[];
}

/** Lets the crowd in. */
export async function measureCrowd(
  app: ServedApp,
  order: Omit<CrowdOrder, "origin">,
): Promise<CrowdReport> {
  const { origin } = app;
  // The worker's start belongs to no request.
  await timeRequest(`${origin}/api/poster.png`);
  const memoryMb = [await app.readMemoryMb()];
  let isOver = false;
  const crowd = sendCrowd({ ...order, origin }).finally(() => isOver = true);
  const timer = setInterval(
    async () => memoryMb.push(await app.readMemoryMb()),
    100 * order.seconds,
  );
  const otherMs: number[] = [];
  let otherErrors = 0;
  while (!isOver) {
    const path = OTHERS[otherMs.length % OTHERS.length];
    const { ok, ms } = await timeRequest(origin + path).catch(() => ({ ok: false, ms: 0 }));
    otherMs.push(ms);
    if (!ok) otherErrors++;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  clearInterval(timer);
  memoryMb.push(await app.readMemoryMb());
  return { ...await crowd, otherMs, otherErrors, memoryMb };
}

/** Runs the clients in a thread of their own, so that their work is not in the others' times. */
async function sendCrowd(order: CrowdOrder): Promise<CrowdCount> {
  const worker = new Worker(new URL("./_poster_clients.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<CrowdCount>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<CrowdCount>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`Cannot play the visitors: ${message}`));
      worker.postMessage(order);
    });
  } finally {
    worker.terminate();
  }
}

/** The report for people. */
export function crowdLines({ statuses, pictureMs, otherMs, otherErrors, memoryMb }: CrowdReport) {
  const counts = Object.entries(statuses).map(([status, count]) => `${count} x ${status}`);
  const spread = (times: readonly number[]) =>
    `p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`;
  return [
    `posters: ${counts.join(", ")}; pictures ${spread(pictureMs)}`,
    `others:  ${otherMs.length} requests, ${otherErrors} errors; ${spread(otherMs)}`,
    `memory:  ${memoryMb.map((mb) => mb.toFixed(0)).join(" ")} MB`,
  ];
}
