// What a visitor does on the style page, without its looks: choices, files, what moves, and what is compared.

import { type Signal, signal } from "@preact/signals";
import type { Direction } from "../models/manifest.ts";
import { readPictureHeader } from "./_picture_header.ts";
import { parseOptions, type StyleOptions } from "./_style_options.ts";
import type { StyleModel } from "./_style_protocol.ts";
import type { LiveShow, RivalChoice, RivalPicture } from "./_style_state.ts";
import * as text from "./_style_text.ts";
import { type StyleSurroundings, StyleWork } from "./_style_work.ts";

/** The style page's state, to be read by components, and everything that can happen to it. */
export class StyleSession {
  /** The visitor's choices; change them by `choose`. */
  readonly options: Signal<StyleOptions>;
  /** The picture at hand. */
  readonly work: StyleWork;
  /** What moves, if something does. */
  readonly live = signal<LiveShow | undefined>(undefined);
  /** What the result is compared with; undefined for the picture itself. */
  readonly rivalChoice = signal<RivalChoice | undefined>(undefined);
  /** What that has made of the picture on show, once it has. */
  readonly rival = signal<RivalPicture | undefined>(undefined);
  /** What makes it, from the first comparison on. */
  rivals: { stop(): void } | undefined;

  /** Rises with every file given, so that only the newest counts. */
  #openCount = 0;

  /** @param models the models on offer, at least one */
  constructor(
    readonly models: readonly StyleModel[],
    readonly surroundings: StyleSurroundings,
  ) {
    this.options = signal(parseOptions("", models));
    this.work = new StyleWork(this.options, surroundings);
  }

  /** Starts the engine and fetches the model. */
  start(options: StyleOptions): void {
    this.options.value = options;
    this.work.life.start();
  }

  /** Ends the worker; the session is of no more use. */
  stop(): void {
    this.#openCount += 1;
    this.endLive();
    this.rivals?.stop();
    this.work.life.stop();
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
    const rival = this.rivalChoice.value;
    if (rival?.model === options.model && rival.direction === options.direction) {
      this.rivalChoice.value = undefined;
    }
    if (options.model !== old.model || options.engine !== old.engine) {
      this.work.problem.value = "";
      this.work.startAnew();
    } else if (
      this.work.fileName !== undefined && !(this.live.value && this.work.job.value === "running")
    ) {
      // A frame that is being restyled is not worth ending an engine for: it is asked for again when it is done.
      this.work.restyle();
    }
  }

  /** Shows what moves from now on; the newest one wins. @param load its error's message is for the visitor */
  async startLive(load: () => Promise<LiveShow>): Promise<void> {
    this.endLive();
    const count = ++this.#openCount;
    this.work.problem.value = "";
    this.work.notices.value = [];
    try {
      const show = await load();
      if (count !== this.#openCount) return show.stop();
      this.live.value = show;
      await show.start();
    } catch (error) {
      if (count !== this.#openCount) return;
      this.endLive();
      this.#failFile(error);
    }
  }

  /** Ends what moves; its last frame stays. @param notice why, if the visitor did not ask for it */
  endLive(notice?: string): void {
    this.live.value?.stop();
    this.live.value = undefined;
    if (notice) this.work.notices.value = [notice];
  }

  /**
   * Takes a frame of what moves, which is this session's from now on.
   *
   * @returns when it is restyled by the choices of that moment: whether that went well
   */
  async openFrame(frame: ImageBitmap, fileName: string): Promise<boolean> {
    this.work.problem.value = "";
    const { work } = this, { width, height } = frame;
    work.take({ file: frame, fileName, sides: `${width}x${height}` });
    await work.whenIdle();
    while (!this.work.problem.value && work.isOutdated) {
      work.restyle();
      await work.whenIdle();
    }
    return this.work.problem.value === "";
  }

  /** Takes a file: the newest one wins, an earlier one that is not finished is given up. */
  async open(file: Blob, fileName: string): Promise<void> {
    this.endLive();
    const count = ++this.#openCount;
    this.work.problem.value = "";
    if (this.work.job.value === "idle") this.work.job.value = "reading";
    try {
      const { width, height, animated } = await readPictureHeader(file);
      if (count !== this.#openCount) return;
      const isBusy = this.work.job.value === "waiting" || this.work.job.value === "running";
      const stopped = isBusy && this.work.fileName;
      this.work.notices.value = [
        ...(stopped ? [text.supersededNotice(stopped, fileName)] : []),
        ...(animated ? [text.ANIMATED_NOTICE] : []),
      ];
      this.work.take({ file, fileName, sides: `${width}x${height}` });
    } catch (error) {
      if (count === this.#openCount) this.#failFile(error);
    }
  }

  /** Takes a picture of this site, which wants a direction if the model has it. */
  async openUrl(url: string, fileName: string, direction: Direction): Promise<void> {
    this.endLive();
    const count = ++this.#openCount;
    this.work.problem.value = "";
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
      if (count === this.#openCount) this.work.problem.value = text.sampleProblem(fileName);
    }
  }

  #failFile(error: unknown): void {
    if (this.work.job.value === "reading") this.work.job.value = "idle";
    this.work.problem.value = error instanceof Error ? error.message : String(error);
  }
}
