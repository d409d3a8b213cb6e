// What a visitor does on the style page, without its looks: choices, the worker's life, and one picture at a time.

import { type Signal, signal } from "@preact/signals";
import type { Direction } from "../models/manifest.ts";
import { readPictureHeader } from "./_picture_header.ts";
import type {
  EngineReply,
  PreparedReply,
  ResultReply,
  StyleModel,
  WorkerReply,
} from "./_protocol.ts";
import { findLongSide, parseOptions, type StyleOptions } from "./_style_options.ts";
import type { JobState, LoadState, ShownPicture } from "./_style_state.ts";
import * as text from "./_style_text.ts";
import { linkWorker, type WorkerLike, type WorkerLink } from "./_worker_link.ts";

/** A file that was found to be a picture. */
interface OpenedFile {
  file: Blob;
  fileName: string;
  /** Its sides: files of the same sides need buffers of the same sizes. */
  sides: string;
}

/** Above this a worker is replaced before it meets another size: tfjs keeps the buffers of every size it has met. */
const GPU_BYTES_LIMIT = 2 ** 29;

/** The style page's state, to be read by components, and everything that can happen to it. */
export class StyleSession {
  /** The visitor's choices; change them by `choose`. */
  readonly options: Signal<StyleOptions>;
  /** The engine that runs, undefined until it does. */
  readonly engine = signal<EngineReply | undefined>(undefined);
  /** How far the engine and the model are. */
  readonly load = signal<LoadState>({ phase: "loading", receivedBytes: 0, totalBytes: 0 });
  /** What happens to the picture at hand. */
  readonly job = signal<JobState>("idle");
  /** The picture on show; it stays while another file turns out to be unusable. */
  readonly shown = signal<ShownPicture | undefined>(undefined);
  /** What went wrong with the last file given, for the visitor; empty if nothing did. */
  readonly problem = signal("");
  /** What the visitor should know about the picture at hand. */
  readonly notices = signal<readonly string[]>([]);

  #link: WorkerLink | undefined;
  #opened: OpenedFile | undefined;
  /** Rises with every file given, so that only the newest counts. */
  #openCount = 0;
  #requestId = 0;
  #preparedId = 0;
  #requestSize = "";
  #requestOptions: StyleOptions;
  #runs = 0;
  #gpuBytes = 0;
  #lostDevices = 0;

  /** @param models the models on offer, at least one */
  constructor(
    readonly models: readonly StyleModel[],
    private readonly createWorker: () => WorkerLike,
  ) {
    this.#requestOptions = parseOptions("", models);
    this.options = signal(this.#requestOptions);
  }

  /** Starts the engine and fetches the model. */
  start(options: StyleOptions): void {
    this.options.value = options;
    this.#connect();
  }

  /** Ends the worker; the session is of no more use. */
  stop(): void {
    this.#openCount += 1;
    this.#link?.stop();
    this.#link = undefined;
  }

  /** Changes choices, and restyles the picture at hand by them. */
  choose(change: Partial<StyleOptions>): void {
    const old = this.options.value;
    const options = { ...old, ...change };
    const { directions } = options.model.manifest;
    if (!directions.some(({ id }) => id === options.direction)) {
      options.direction = directions[0].id;
    }
    this.options.value = options;
    if (options.model !== old.model || options.engine !== old.engine) {
      this.#lostDevices = 0;
      this.problem.value = "";
      this.#connect();
      if (this.#opened) this.job.value = "waiting";
    } else if (this.#opened) {
      this.#restyle();
    }
  }

  /** Takes a file: the newest one wins, an earlier one that is not finished is given up. */
  async open(file: Blob, fileName: string): Promise<void> {
    const count = ++this.#openCount;
    this.problem.value = "";
    if (this.job.value === "idle") this.job.value = "reading";
    try {
      const { width, height, animated } = await readPictureHeader(file);
      if (count !== this.#openCount) return;
      const isBusy = this.job.value === "waiting" || this.job.value === "running";
      const stopped = isBusy && this.#opened?.fileName;
      this.notices.value = [
        ...(stopped ? [text.supersededNotice(stopped, fileName)] : []),
        ...(animated ? [text.ANIMATED_NOTICE] : []),
      ];
      this.#opened = { file, fileName, sides: `${width}x${height}` };
      this.#restyle();
    } catch (error) {
      if (count === this.#openCount) this.#failFile(error);
    }
  }

  /** Takes a picture of this site, which wants a direction if the model has it. */
  async openUrl(url: string, fileName: string, direction: Direction): Promise<void> {
    const count = ++this.#openCount;
    this.problem.value = "";
    const options = this.options.value;
    if (options.model.manifest.directions.some(({ id }) => id === direction)) {
      this.options.value = { ...options, direction };
    }
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`Cannot fetch ${url}: status ${response.status}`);
      const file = await response.blob();
      if (count === this.#openCount) await this.open(file, fileName);
    } catch {
      if (count === this.#openCount) this.problem.value = text.sampleProblem(fileName);
    }
  }

  /** Tries again to start the engine and load the model. */
  retry(): void {
    const { value } = this.load;
    this.#connect(value.phase === "failed" && value.code === "corrupt");
  }

  /** Replaces the worker by a new one. The picture at hand is asked for again as soon as the engine runs. */
  #connect(refresh = false): void {
    this.#link?.kill();
    const { model, engine } = this.options.value;
    this.engine.value = undefined;
    const totalBytes = model.manifest.weights.bytes;
    this.load.value = { phase: "loading", receivedBytes: 0, totalBytes };
    if (this.job.value === "running") this.job.value = "waiting";
    this.#runs = this.#gpuBytes = 0;
    this.#link = linkWorker(
      this.createWorker(),
      (reply) => this.#receive(reply),
      (reason) => this.#recoverFromCrash(reason),
    );
    const choice = this.#lostDevices > 1 ? "cpu" : engine;
    this.#link.send({ kind: "load", model, engine: choice, refresh });
  }

  /** Asks for the picture at hand, now or as soon as the engine runs. */
  #restyle(): void {
    const engine = this.engine.value;
    // A run on the processor cannot be interrupted, only ended.
    const isOnProcessor = engine !== undefined && engine.engine !== "webgpu";
    if (isOnProcessor && this.job.value === "running") this.#connect();
    else if (engine && this.load.value.phase !== "failed") this.#request(engine);
    this.job.value = "waiting";
  }

  #request(engine: EngineReply): void {
    if (!this.#opened || !this.#link) return;
    const { direction, longSide: chosen } = this.options.value;
    const { file, sides } = this.#opened;
    const longSide = findLongSide(chosen, engine);
    const size = `${sides} in ${longSide}`;
    if (this.#gpuBytes > GPU_BYTES_LIMIT && size !== this.#requestSize) return this.#connect();
    this.#requestSize = size;
    this.#requestOptions = this.options.value;
    this.#link.send({ kind: "restyle", id: ++this.#requestId, file, direction, longSide });
  }

  #receive(reply: WorkerReply): void {
    switch (reply.kind) {
      case "progress": {
        const { receivedBytes, totalBytes } = reply;
        this.load.value = { phase: "loading", receivedBytes, totalBytes };
        break;
      }
      case "engine":
        this.engine.value = reply;
        if (this.job.value === "waiting") this.#request(reply);
        break;
      case "ready":
        this.load.value = { phase: "ready" };
        this.#noteRunning();
        break;
      case "load-failed":
        this.#link?.kill();
        this.#link = undefined;
        this.load.value = { phase: "failed", code: reply.code, message: reply.message };
        break;
      case "device-lost":
        this.#recoverFromLoss();
        break;
      default:
        if (reply.id === this.#requestId) this.#receivePicture(reply);
    }
  }

  #receivePicture(reply: Extract<WorkerReply, { id: number }>): void {
    switch (reply.kind) {
      case "prepared":
        this.#show(reply);
        break;
      case "result":
        this.#finish(reply);
        break;
      case "restyle-failed":
        this.job.value = "idle";
        this.problem.value = reply.message;
    }
  }

  #show({ id, picture, originalWidth, originalHeight }: PreparedReply): void {
    this.#preparedId = id;
    const fileName = this.#opened?.fileName ?? "";
    this.shown.value = {
      fileName,
      before: picture,
      originalWidth,
      originalHeight,
      after: undefined,
    };
    this.#noteRunning();
  }

  /** The worker starts as soon as it has both the picture and the model. */
  #noteRunning(): void {
    const isPrepared = this.#preparedId === this.#requestId;
    if (this.job.value === "waiting" && isPrepared && this.load.value.phase === "ready") {
      this.job.value = "running";
    }
  }

  #finish({ picture, milliseconds, tensors, gpuBytes }: ResultReply): void {
    const shown = this.shown.value;
    if (!shown) return;
    this.#gpuBytes = gpuBytes;
    const engine = this.engine.value?.description ?? "";
    const isFirst = this.#runs++ === 0;
    const options = this.#requestOptions;
    const after = { picture, options, engine, milliseconds, isFirst, tensors };
    this.shown.value = { ...shown, after };
    this.job.value = "idle";
  }

  #failFile(error: unknown): void {
    if (this.job.value === "reading") this.job.value = "idle";
    this.problem.value = error instanceof Error ? error.message : String(error);
  }

  /** A new device once, then the CPU. */
  #recoverFromLoss(): void {
    this.#lostDevices += 1;
    const notice = this.#lostDevices > 1 ? text.LOST_AGAIN_NOTICE : text.LOST_NOTICE;
    this.notices.value = [...this.notices.value, notice];
    this.#connect();
  }

  /** A crash in the middle of a picture gives up that picture; a crash before that is a failed load. */
  #recoverFromCrash(reason: string): void {
    this.#link = undefined;
    if (this.load.value.phase !== "ready") {
      this.load.value = { phase: "failed", code: "crash", message: reason };
      return;
    }
    this.problem.value = text.crashProblem(reason);
    this.job.value = "idle";
    this.#connect();
  }
}
