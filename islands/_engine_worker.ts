// The worker's side that all pages share: it holds one engine and one model, and lets one job at a time use them.

import type { Device } from "../gpu/device.ts";
import { LoadError, loadModel, startEngine } from "./_load_model.ts";
import type {
  DisposeRequest,
  EngineReply,
  JobFailedReply,
  LifeReply,
  LoadRequest,
  PageModel,
} from "./_protocol.ts";

/** A piece of work with a number that rises: a newer one makes the older void. */
export interface Job {
  kind: string;
  id: number;
}

/** What one page's worker does beside holding an engine and a model. */
export interface WorkerTask<
  Model extends PageModel,
  Loaded,
  Work extends Job,
  Reply,
  Aside extends { kind: string } = never,
> {
  /** @throws {TypeError} if the data is no request */
  parseRequest(data: unknown): LoadRequest<Model> | DisposeRequest | Work | Aside;
  /** Puts a weights file on the engine. @throws {ModelFileError} naming the check that failed */
  loadGenerator(manifest: Model["manifest"], weights: Uint8Array<ArrayBuffer>): Promise<Loaded>;
  /** What the page is told of the engine beside its name. */
  describeEngine(device: Device, model: Model): object;
  work(job: Work, desk: Desk<Loaded, Reply>): Promise<void>;
  /** Takes what is no job: it has no number, waits for no turn and makes nothing void. */
  hear?(aside: Aside, reply: Desk<Loaded, Reply>["reply"]): void;
}

/** What a job may do. */
export interface Desk<Loaded, Reply> {
  /** Whether no newer job has come. */
  isNewest(): boolean;
  reply(message: Reply, transfer?: Transferable[]): void;
  /** Runs with the model as soon as it is loaded and free, unless a newer job has come; not at all if the load failed. */
  inTurn(run: (generator: Loaded) => Promise<void>): Promise<void>;
}

/** The part of a worker's global scope in use here; the page's own type of `self` is another. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  close(): void;
}

const scope = globalThis as unknown as WorkerScope;

/** Serves the page until it asks to dispose. */
export function serveEngine<
  Model extends PageModel,
  Loaded extends { dispose(): void },
  Work extends Job,
  Reply,
  Aside extends { kind: string } = never,
>(task: WorkerTask<Model, Loaded, Work, Reply, Aside>): void {
  /** The loaded model, from the moment that a load is asked for. Rejections were told to the page already. */
  let loaded: Promise<{ device: Device; generator: Loaded }> | undefined;
  let newestId = -1;
  /** The run under way: one at a time uses the engine. */
  let turn: Promise<void> = Promise.resolve();

  const send = (message: Reply, transfer?: Transferable[]) => scope.postMessage(message, transfer);
  const deskOf = ({ id }: Work): Desk<Loaded, Reply> => {
    const isNewest = () => id === newestId;
    const inTurn = async (run: (generator: Loaded) => Promise<void>) => {
      // The page knows of a failed load already, and asks again with a new worker.
      const model = await loaded?.catch(() => undefined);
      if (!model) return;
      const runIfWanted = async () => isNewest() ? await run(model.generator) : undefined;
      turn = turn.then(runIfWanted).catch((error: unknown) => {
        // A lost device fails the read first, with a DOMException, and tells `device.lost` up to seconds later.
        if (error instanceof DOMException) reply({ kind: "device-lost", reason: error.message });
        else fail(id, error);
      });
      await turn;
    };
    return { isNewest, inTurn, reply: send };
  };
  const fail = (id: number, error: unknown) => {
    if (id === newestId) reply({ kind: "job-failed", id, message: messageOf(error) });
  };

  scope.onmessage = ({ data }) => {
    const request = task.parseRequest(data);
    if (isJob<Work>(request)) {
      newestId = Math.max(newestId, request.id);
      task.work(request, deskOf(request)).catch((error: unknown) => fail(request.id, error));
    } else if (isLoad<Model>(request)) {
      loaded = load(task, request);
      loaded.catch(replyLoadFailed);
    } else if (request.kind === "dispose") {
      disposeOf(loaded).finally(() => scope.close());
    } else {
      task.hear?.(request as Aside, send);
    }
  };
}

function isJob<Work extends Job>(request: { kind: string }): request is Work {
  return "id" in request;
}

function isLoad<Model extends PageModel>(request: { kind: string }): request is LoadRequest<Model> {
  return request.kind === "load";
}

async function load<Model extends PageModel, Loaded>(
  task: Pick<WorkerTask<Model, Loaded, Job, unknown>, "describeEngine" | "loadGenerator">,
  { model, engine: choice, refresh }: LoadRequest<Model>,
): Promise<{ device: Device; generator: Loaded }> {
  const engine = startEngine(choice);
  engine.then((device) => replyEngine(device, task.describeEngine(device, model)), () => {});
  const totalBytes = model.manifest.weights.bytes;
  const generator = await loadModel(model, engine, task.loadGenerator, {
    refresh,
    onProgress: (receivedBytes) => reply({ kind: "progress", receivedBytes, totalBytes }),
  });
  reply({ kind: "ready" });
  return { device: await engine, generator };
}

function replyEngine(device: Device, details: object): void {
  const { name: engine, description, passedOver: fallbackReason } = device;
  const message: EngineReply = { kind: "engine", engine, description, fallbackReason };
  reply({ ...message, ...details });
  device.lost.then((reason) => reply({ kind: "device-lost", reason }));
}

function replyLoadFailed(error: unknown): void {
  const code = error instanceof LoadError ? error.code : "start";
  reply({ kind: "load-failed", code, message: messageOf(error) });
}

async function disposeOf(
  loaded: Promise<{ device: Device; generator: { dispose(): void } }> | undefined,
): Promise<void> {
  const model = await loaded?.catch(() => undefined);
  model?.generator.dispose();
  model?.device.dispose();
}

function reply(message: LifeReply | JobFailedReply): void {
  scope.postMessage(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
