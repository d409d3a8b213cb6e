// What a visitor does on the style page, without its looks: choices, and one picture at a time.

import { type Signal, signal } from "@preact/signals";
import type { Direction } from "../models/manifest.ts";
import { EngineLife } from "./_engine_life.ts";
import { readPictureHeader } from "./_picture_header.ts";
import { findLongSide, parseOptions, type StyleOptions } from "./_style_options.ts";
import {
  parseStyleReply,
  type PreparedReply,
  type RestyleReply,
  type RestyleRequest,
  type ResultReply,
  type StyleEngineReply,
  type StyleModel,
  type StyleRequest,
} from "./_style_protocol.ts";
import type { JobState, ShownPicture } from "./_style_state.ts";
import * as text from "./_style_text.ts";
import type { WorkerLike } from "./_worker_link.ts";

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
  /** The worker, the engine and the model. */
  readonly life: EngineLife<StyleModel, RestyleRequest, StyleEngineReply, RestyleReply>;
  /** What happens to the picture at hand. */
  readonly job = signal<JobState>("idle");
  /** The picture on show; it stays while another file turns out to be unusable. */
  readonly shown = signal<ShownPicture | undefined>(undefined);
  /** What went wrong with the last file given, for the visitor; empty if nothing did. */
  readonly problem = signal("");
  /** What the visitor should know about the picture at hand. */
  readonly notices = signal<readonly string[]>([]);

  #opened: OpenedFile | undefined;
  /** Rises with every file given, so that only the newest counts. */
  #openCount = 0;
  #requestId = 0;
  #preparedId = 0;
  #requestSize = "";
  #requestOptions: StyleOptions;
  #runs = 0;
  #gpuBytes = 0;

  /** @param models the models on offer, at least one */
  constructor(
    readonly models: readonly StyleModel[],
    createWorker: () => WorkerLike<StyleRequest>,
  ) {
    this.#requestOptions = parseOptions("", models);
    this.options = signal(this.#requestOptions);
    this.life = new EngineLife<StyleModel, RestyleRequest, StyleEngineReply, RestyleReply>({
      createWorker,
      parseReply: parseStyleReply,
      choice: () => this.options.value,
      onStart: () => this.#forgetRuns(),
      onEngine: (engine) => this.job.value === "waiting" && this.#request(engine),
      onReady: () => this.#noteRunning(),
      onReply: (reply) => this.#receive(reply),
      onLost: (notice) => this.notices.value = [...this.notices.value, notice],
      onCrash: (reason) => this.#giveUp(reason),
    });
  }

  /** Starts the engine and fetches the model. */
  start(options: StyleOptions): void {
    this.options.value = options;
    this.life.start();
  }

  /** Ends the worker; the session is of no more use. */
  stop(): void {
    this.#openCount += 1;
    this.life.stop();
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
      this.problem.value = "";
      this.life.start();
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

  /** Of a new worker nothing is known; the picture at hand is asked for again as soon as its engine runs. */
  #forgetRuns(): void {
    if (this.job.value === "running") this.job.value = "waiting";
    this.#runs = this.#gpuBytes = 0;
  }

  /** Asks for the picture at hand, now or as soon as the engine runs. */
  #restyle(): void {
    const engine = this.life.engine.value;
    // A run on the processor cannot be interrupted, only ended.
    const isOnProcessor = engine !== undefined && engine.engine !== "webgpu";
    if (isOnProcessor && this.job.value === "running") this.life.restart();
    else if (engine && this.life.load.value.phase !== "failed") this.#request(engine);
    this.job.value = "waiting";
  }

  #request(engine: StyleEngineReply): void {
    if (!this.#opened) return;
    const { direction, longSide: chosen } = this.options.value;
    const { file, sides } = this.#opened;
    const longSide = findLongSide(chosen, engine);
    const size = `${sides} in ${longSide}`;
    if (this.#gpuBytes > GPU_BYTES_LIMIT && size !== this.#requestSize) {
      return this.life.restart();
    }
    this.#requestSize = size;
    this.#requestOptions = this.options.value;
    this.life.send({ kind: "restyle", id: ++this.#requestId, file, direction, longSide });
  }

  #receive(reply: RestyleReply): void {
    if (reply.id !== this.#requestId) return;
    switch (reply.kind) {
      case "prepared":
        this.#show(reply);
        break;
      case "result":
        this.#finish(reply);
        break;
      case "job-failed":
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
    if (this.job.value === "waiting" && isPrepared && this.life.load.value.phase === "ready") {
      this.job.value = "running";
    }
  }

  #finish({ picture, milliseconds, tensors, gpuBytes }: ResultReply): void {
    const shown = this.shown.value;
    if (!shown) return;
    this.#gpuBytes = gpuBytes;
    const engine = this.life.engine.value?.description ?? "";
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

  #giveUp(reason: string): void {
    this.problem.value = text.crashProblem(reason);
    this.job.value = "idle";
  }
}
