// A worker that does nothing by itself: a test reads what it was asked and answers for it.

import type { WorkerReply, WorkerRequest } from "../../islands/_protocol.ts";
import type { WorkerLike } from "../../islands/_worker_link.ts";

/** A worker under a test's control. */
export interface FakeWorker extends WorkerLike {
  /** What it was asked, in order. */
  readonly requests: WorkerRequest[];
  readonly isTerminated: boolean;
  /** Answers the page. */
  reply(message: WorkerReply): void;
  /** Breaks as an uncaught error in the worker does. */
  crash(message: string): void;
}

/** A new fake worker. */
export function fakeWorker(): FakeWorker {
  let isTerminated = false;
  const requests: WorkerRequest[] = [];
  const worker: FakeWorker = {
    requests,
    get isTerminated() {
      return isTerminated;
    },
    onmessage: null,
    onmessageerror: null,
    onerror: null,
    postMessage: (request) => void requests.push(request),
    terminate: () => void (isTerminated = true),
    reply: (data) => worker.onmessage?.(new MessageEvent("message", { data })),
    crash: (message) => worker.onerror?.(new ErrorEvent("error", { message })),
  };
  return worker;
}
