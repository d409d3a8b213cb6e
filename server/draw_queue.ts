// Hands orders to drawing workers: one at a time each, a bounded number waiting, and none lost when a worker dies.

import type { DrawReply, PosterOrder } from "./draw_protocol.ts";

/** The part of a Worker in use here; tests put another in its place. */
export interface DrawWorker {
  onmessage: ((event: MessageEvent<DrawReply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(order: PosterOrder): void;
  terminate(): void;
}

/** What a queue works with. */
export interface DrawQueueOptions {
  startWorker(): DrawWorker;
  /** How many draw at once; each is started when it is first needed. */
  workers: number;
  /** How many orders may wait, beside those that are drawn. */
  mostWaiting: number;
  /** The longest that an order may be drawn, its worker's start included. */
  limitMs: number;
  /** How long a worker is not replaced after it has died twice and drawn nothing in between. */
  restMs: number;
  /** Gets a line for people about each worker that dies and each order that fails. */
  report(line: string): void;
}

/** An order on its way. */
export interface Drawing {
  /** The PNG file; rejects with `DrawingError`, `BusyError` or, if it was called off, an `AbortError`. */
  readonly png: Promise<Uint8Array<ArrayBuffer>>;
  /** Takes the order out if it still waits; whether it did. */
  callOff(): boolean;
}

/** No order can be taken now. */
export class BusyError extends Error {
  override name = "BusyError";

  /** @param retrySeconds when it is worth trying again */
  constructor(readonly retrySeconds: number) {
    super(
      `Cannot take the order: all workers are busy; expected to have room in ${retrySeconds} s`,
    );
  }
}

/** An order failed, or its worker did. */
export class DrawingError extends Error {
  override name = "DrawingError";
}

/** A full queue is drawn within a few seconds. */
const RETRY_SECONDS = 2;

/** How often in a row a worker may die before it rests. */
const MOST_DEATHS = 2;

interface Task {
  order: PosterOrder;
  resolve(png: Uint8Array<ArrayBuffer>): void;
  reject(error: Error): void;
}

/** The place of one worker, and what it draws. */
interface Place {
  worker?: DrawWorker;
  task?: Task;
  timer?: ReturnType<typeof setTimeout>;
  /** Since it has last answered. */
  deaths: number;
  /** In ms of `performance.now`. */
  restsUntil: number;
}

/** Orders, and who draws them. */
export class DrawQueue {
  #options: DrawQueueOptions;
  #waiting: Task[] = [];
  #places: Place[];

  constructor(options: DrawQueueOptions) {
    this.#options = options;
    this.#places = Array.from(
      { length: options.workers },
      () => ({ deaths: 0, restsUntil: -Infinity }),
    );
  }

  /** How many orders wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** @throws {BusyError} if no more may wait, or no worker can be had */
  add(order: PosterOrder): Drawing {
    const rest = this.#restSeconds();
    if (rest > 0) throw new BusyError(rest);
    if (!this.#places.some(isFree) && this.waiting >= this.#options.mostWaiting) {
      throw new BusyError(RETRY_SECONDS);
    }
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    const task: Task = { order, resolve, reject };
    this.#waiting.push(task);
    this.#handOut();
    return { png: promise, callOff: () => this.#callOff(task) };
  }

  /** Ends the workers, and calls off what is drawn or waits. */
  close(): void {
    const tasks = [...this.#waiting.splice(0), ...this.#places.map(release)];
    for (const place of this.#places) {
      place.worker?.terminate();
      place.worker = undefined;
    }
    tasks.forEach((task) => task?.reject(calledOff()));
  }

  #handOut(): void {
    for (const place of this.#places.filter(isFree)) {
      const task = this.#waiting.shift();
      if (task) this.#draw(place, task);
    }
    const rest = this.#restSeconds();
    if (rest > 0) this.#waiting.splice(0).forEach(({ reject }) => reject(new BusyError(rest)));
  }

  #draw(place: Place, task: Task): void {
    const { limitMs } = this.#options;
    const worker = place.worker ??= this.#employ(place);
    const giveUp = () => this.#lose(place, worker, `no poster after ${limitMs / 1000} s`);
    place.task = task;
    place.timer = setTimeout(giveUp, limitMs);
    worker.postMessage(task.order);
  }

  #employ(place: Place): DrawWorker {
    const worker = this.#options.startWorker();
    worker.onmessage = ({ data }) => {
      if (place.worker === worker) this.#take(place, data);
    };
    worker.onerror = (event) => {
      event.preventDefault(); // or it would end the server
      this.#lose(place, worker, event.message);
    };
    return worker;
  }

  #take(place: Place, reply: DrawReply): void {
    const task = release(place);
    place.deaths = 0;
    if (reply.kind === "drawn") task?.resolve(reply.png);
    else {
      this.#options.report(`A poster was not drawn: ${reply.message}`);
      task?.reject(new DrawingError(reply.message));
    }
    this.#handOut();
  }

  #lose(place: Place, worker: DrawWorker, reason: string): void {
    if (place.worker !== worker) return;
    const { restMs, report } = this.#options;
    worker.terminate();
    place.worker = undefined;
    const isHopeless = ++place.deaths >= MOST_DEATHS;
    if (isHopeless) place.restsUntil = performance.now() + restMs;
    const next = isHopeless ? `no other is started for ${restMs / 1000} s` : "another takes over";
    report(`A drawing worker was lost, ${next}: ${reason}`);
    release(place)?.reject(new DrawingError(reason));
    this.#handOut();
  }

  #callOff(task: Task): boolean {
    const at = this.#waiting.indexOf(task);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    task.reject(calledOff());
    return true;
  }

  /** Until there is a worker again, if all rest; 0 or less if not. */
  #restSeconds(): number {
    const ends = this.#places.map(({ task, restsUntil }) => task ? 0 : restsUntil);
    return Math.ceil((Math.min(...ends) - performance.now()) / 1000);
  }
}

function isFree({ task, restsUntil }: Place): boolean {
  return !task && restsUntil <= performance.now();
}

/** Makes the place free again; what was drawn there. */
function release(place: Place): Task | undefined {
  const { task } = place;
  clearTimeout(place.timer);
  place.task = undefined;
  return task;
}

function calledOff(): DOMException {
  return new DOMException("The order was called off", "AbortError");
}
