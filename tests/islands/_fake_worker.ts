// A worker that does nothing by itself: a test reads what it was asked and answers for it.

import type { DisposeRequest } from "../../islands/_protocol.ts";
import type { WorkerLike } from "../../islands/_worker_link.ts";

/** A worker under a test's control. */
export interface FakeWorker<Request, Reply> extends WorkerLike<Request> {
  /** What it was asked, in order. */
  readonly requests: (Request | DisposeRequest)[];
  readonly isTerminated: boolean;
  /** Answers the page. */
  reply(message: Reply): void;
  /** Breaks as an uncaught error in the worker does. */
  crash(message: string): void;
}

/** A new fake worker. */
export function fakeWorker<Request, Reply>(): FakeWorker<Request, Reply> {
  let isTerminated = false;
  const requests: (Request | DisposeRequest)[] = [];
  const worker: FakeWorker<Request, Reply> = {
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
