// The page's end of a generator worker: typed requests out, checked replies in, and word of a crash.

import type { DisposeRequest } from "./_protocol.ts";

/** What a link needs of a `Worker`; a test gives an object of its own. */
export interface WorkerLike<Request = never> {
  postMessage(message: Request | DisposeRequest, transfer?: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onmessageerror: ((event: MessageEvent<unknown>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** A running worker. After `stop` or `kill`, or a crash, it says and does nothing more. */
export interface WorkerLink<Request> {
  send(request: Request, transfer?: Transferable[]): void;
  /** Lets the worker free its device, then ends it. */
  stop(): void;
  /** Ends the worker in the middle of whatever it does. */
  kill(): void;
}

/** What becomes of what a worker says. */
export interface LinkEnds<Reply> {
  /** @throws {TypeError} if it is no reply, which counts as a crash */
  parseReply(data: unknown): Reply;
  onReply(reply: Reply): void;
  /** Called at most once, with the reason; the worker is ended by then. */
  onCrash(reason: string): void;
}

/** How long a worker may take to free its device before it is ended anyway. */
const STOP_MS = 500;

/** Links to a worker. */
export function linkWorker<Request, Reply>(
  worker: WorkerLike<Request>,
  { parseReply, onReply, onCrash }: LinkEnds<Reply>,
): WorkerLink<Request> {
  const detach = () => {
    worker.onmessage = worker.onmessageerror = worker.onerror = null;
  };
  const kill = () => {
    detach();
    worker.terminate();
  };
  const crash = (reason: string) => {
    kill();
    onCrash(reason);
  };
  worker.onmessage = (event) => {
    try {
      onReply(parseReply(event.data));
    } catch (error) {
      crash(String(error));
    }
  };
  worker.onmessageerror = () => crash("a message could not be read");
  // The event has no message if the worker's script itself could not be loaded.
  worker.onerror = (event) => crash(event.message ?? "its script could not be loaded");
  const stop = () => {
    detach();
    worker.postMessage({ kind: "dispose" });
    setTimeout(() => worker.terminate(), STOP_MS);
  };
  const send = (request: Request, transfer?: Transferable[]) =>
    worker.postMessage(request, transfer ?? []);
  return { send, stop, kill };
}
