// A thread of the engine's pool: a Worker whose instance of the module takes blocks of work until it is told to stop.

/** What an instance is told before it computes. */
export interface Setup {
  setThread(...numbers: number[]): void;
  setUnrolled(value: boolean): void;
  stop(): void;
}

/** What a thread is started with. */
export interface ThreadMessage {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Arguments of the module's `setThread`. */
  setup: readonly number[];
  unrolled: boolean;
}

/** What a thread says: that it is about to work, or why it does not any more. */
export type ThreadReply = { kind: "ready" } | { kind: "lost"; reason: string };

/** The part of a worker's global scope in use here; the page's own type of `self` is another. */
interface ThreadScope {
  onmessage: ((event: MessageEvent<ThreadMessage>) => void) | null;
  postMessage(reply: ThreadReply): void;
  close(): void;
}

const scope = globalThis as unknown as ThreadScope;

scope.onmessage = ({ data: { module, memory, setup, unrolled } }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, threadLost: () => {} } });
  const thread = exports as unknown as Setup & { work(): void; reportLost(): void };
  thread.setThread(...setup);
  thread.setUnrolled(unrolled);
  scope.postMessage({ kind: "ready" });
  try {
    thread.work();
  } catch (error) {
    // The caller waits for this thread's block, and hears of it in memory alone.
    thread.reportLost();
    scope.postMessage({ kind: "lost", reason: String(error) });
  } finally {
    // Terminated from outside while it waits for work, a thread would keep Deno from ending.
    scope.close();
  }
};
