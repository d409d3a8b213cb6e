// The picture at hand: asked of the worker, shown when it is prepared and when it is restyled, asked for again when its engine is gone.

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import { EngineLife } from "./_engine_life.ts";
import { blendPictures } from "./_style_blend.ts";
import { type CanvasSurroundings, StyleCanvas } from "./_style_canvas.ts";
import { findLongSide, type StyleOptions } from "./_style_options.ts";
import {
  type BytesReply,
  type CanvasRequest,
  parseStyleReply,
  type PreparedReply,
  type RestyleReply,
  type RestyleRequest,
  type ResultReply,
  type ShownReply,
  type StyleEngineReply,
  type StyleModel,
  type StyleRequest,
} from "./_style_protocol.ts";
import type { JobState, ShownPicture } from "./_style_state.ts";
import * as text from "./_style_text.ts";
import type { WorkerLike } from "./_worker_link.ts";

/** A file that was found to be a picture, or a frame of what moves. */
export interface OpenedFile {
  file: Blob | ImageBitmap;
  fileName: string;
  /** Its sides: files of the same sides need buffers of the same sizes. */
  sides: string;
}

/** Above this a worker is replaced before it meets another size: tfjs keeps the buffers of every size it has met. */
const GPU_BYTES_LIMIT = 2 ** 29;

/** What the session needs of the world. */
export interface StyleSurroundings extends Pick<CanvasSurroundings, "createCanvas"> {
  createWorker(): WorkerLike<StyleRequest>;
}

/** One picture at a time, and the worker that restyles it. */
export class StyleWork {
  /** The worker, the engine and the model. */
  readonly life: EngineLife<
    StyleModel,
    RestyleRequest | CanvasRequest,
    StyleEngineReply,
    RestyleReply
  >;
  /** Who draws results, and how they are looked at. */
  readonly canvas: StyleCanvas;
  /** What happens to the picture at hand. */
  readonly job = signal<JobState>("idle");
  /** How much of a large picture is restyled, 0 to 1; 0 for one that is restyled whole. */
  readonly share = signal(0);
  /** The picture on show; it stays while another file turns out to be unusable. */
  readonly shown = signal<ShownPicture | undefined>(undefined);
  /** What went wrong with the last file given, for the visitor; empty if nothing did. */
  readonly problem = signal("");
  /** What the visitor should know about the picture at hand. */
  readonly notices = signal<readonly string[]>([]);

  #opened: OpenedFile | undefined;
  #requestId = 0;
  #preparedId = 0;
  #prepared: ShownPicture | undefined;
  #requestSize = "";
  #requestOptions: StyleOptions;
  #runs = 0;
  #gpuBytes = 0;

  /** @param options the visitor's choices */
  constructor(
    private readonly options: ReadonlySignal<StyleOptions>,
    surroundings: StyleSurroundings,
  ) {
    this.#requestOptions = options.value;
    this.canvas = new StyleCanvas({
      createCanvas: () => surroundings.createCanvas(),
      send: (request, transfer) => this.life.send(request, transfer),
    });
    this.life = new EngineLife<
      StyleModel,
      RestyleRequest | CanvasRequest,
      StyleEngineReply,
      RestyleReply
    >({
      createWorker: () => surroundings.createWorker(),
      parseReply: parseStyleReply,
      choice: () => this.options.value,
      onStart: () => this.#forgetRuns(),
      onEngine: (engine) => {
        if (engine.engine === "webgpu") this.canvas.share();
        if (this.job.value === "waiting") this.#request(engine);
      },
      onReady: () => this.#noteRunning(),
      onReply: (reply) => this.#receive(reply),
      onLost: (notice) => this.notices.value = [...this.notices.value, notice],
      onCrash: (reason) => this.#giveUp(reason),
    });
  }

  /** The name of the picture at hand, if there is one. */
  get fileName(): string | undefined {
    return this.#opened?.fileName;
  }

  /** Whether the picture at hand was asked for by other choices than there are now. */
  get isOutdated(): boolean {
    return this.#requestOptions !== this.options.value;
  }

  /** Takes a picture, which is this object's from now on, in the place of the one at hand. */
  take(opened: OpenedFile): void {
    const last = this.#opened?.file;
    // A frame takes memory until it is closed.
    if (last instanceof ImageBitmap) last.close();
    this.#opened = opened;
    this.restyle();
  }

  /** Starts the chosen engine with the chosen model, and asks it for the picture at hand. */
  startAnew(): void {
    this.life.start();
    if (this.#opened) this.job.value = "waiting";
  }

  /** Settles as soon as nothing is under way. */
  async whenIdle(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.job.subscribe((job) => job === "idle" && resolve());
    await promise.finally(stop);
  }

  /** The result on show in bytes, at full strength, wherever it is. @throws {Error} if it is gone before it is read */
  async readResult(): Promise<Picture> {
    return this.shown.value?.after?.picture ?? await this.canvas.read();
  }

  /** Lets the page itself draw the result on show, from its bytes. @throws {Error} as `readResult` */
  async keepBytes(): Promise<void> {
    const { value: shown } = this.shown, picture = await this.readResult();
    if (shown?.after && this.shown.value === shown) {
      this.shown.value = { ...shown, after: { ...shown.after, picture } };
    }
  }

  /** Leaves the drawing to the GPU again, if that can. */
  forgetBytes(): void {
    const shown = this.shown.peek();
    if (!shown?.after?.picture || this.canvas.drawing.peek().by !== "gpu") return;
    this.shown.value = { ...shown, after: { ...shown.after, picture: undefined } };
  }

  /** The same, mixed with the picture that it was made of, as strong as it is shown. @throws {Error} as `readResult` */
  async readMixture(): Promise<Picture> {
    const before = this.shown.value?.before, after = await this.readResult();
    return before ? blendPictures(before, after, this.canvas.view.value.strength) : after;
  }

  /** Of a new worker nothing is known; the picture at hand is asked for again as soon as its engine runs. */
  #forgetRuns(): void {
    const { value: shown } = this.shown;
    const isLost = shown?.after !== undefined && shown.after.picture === undefined;
    if (isLost) this.shown.value = { ...shown, after: undefined };
    if (isLost || this.job.value === "running") this.job.value = "waiting";
    this.#runs = this.#gpuBytes = 0;
    this.canvas.forget();
  }

  /** Asks for the picture at hand, now or as soon as the engine runs. */
  restyle(): void {
    const engine = this.life.engine.value;
    // A run on the processor cannot be interrupted, only ended.
    const isOnProcessor = engine !== undefined && engine.engine !== "webgpu";
    if (isOnProcessor && this.job.value === "running") this.life.restart();
    else if (engine && this.life.load.value.phase !== "failed") this.#request(engine);
    this.job.value = "waiting";
  }

  #request(engine: StyleEngineReply): void {
    if (!this.#opened) return;
    this.share.value = 0;
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
    if (reply.kind === "screen") return void this.canvas.receive(reply);
    if (reply.kind === "bytes") return this.#takeBytes(reply);
    if (reply.id !== this.#requestId) return;
    switch (reply.kind) {
      case "prepared":
        this.#show(reply);
        break;
      case "part":
        this.share.value = reply.share;
        break;
      case "result":
        this.#finish(reply, reply.picture);
        break;
      case "shown":
        this.#finish(reply, undefined);
        break;
      case "job-failed":
        this.job.value = "idle";
        this.problem.value = reply.message;
    }
  }

  #show({ id, picture, originalWidth, originalHeight }: PreparedReply): void {
    this.#preparedId = id;
    const fileName = this.#opened?.fileName ?? "";
    const sizes = { originalWidth, originalHeight };
    this.#prepared = { fileName, before: picture, ...sizes, after: undefined };
    // What moves would flicker: the last frame stays until the next one is restyled.
    if (!(this.#opened?.file instanceof ImageBitmap) || !this.shown.value?.after) {
      this.canvas.giveUpReading("A newer picture has taken its place");
      this.shown.value = this.#prepared;
    }
    this.#noteRunning();
  }

  /** The worker starts as soon as it has both the picture and the model. */
  #noteRunning(): void {
    const isPrepared = this.#preparedId === this.#requestId;
    if (this.job.value === "waiting" && isPrepared && this.life.load.value.phase === "ready") {
      this.job.value = "running";
    }
  }

  #takeBytes(reply: BytesReply): void {
    const picture = this.canvas.receive(reply), { value: shown } = this.shown;
    if (picture && shown?.after && reply.id === this.#requestId) {
      this.shown.value = { ...shown, after: { ...shown.after, picture } };
    }
  }

  #finish(
    { milliseconds, tensors, gpuBytes }: ResultReply | ShownReply,
    picture: Picture | undefined,
  ): void {
    const shown = this.#prepared;
    if (!shown) return;
    this.#gpuBytes = gpuBytes;
    const engine = this.life.engine.value?.description ?? "";
    const isFirst = this.#runs++ === 0;
    const options = this.#requestOptions;
    const after = { picture, options, engine, milliseconds, isFirst, tensors };
    this.shown.value = { ...shown, after };
    this.job.value = "idle";
  }

  #giveUp(reason: string): void {
    this.problem.value = text.crashProblem(reason);
    this.job.value = "idle";
  }
}
