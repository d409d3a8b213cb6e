// What a video element shows, restyled frame by frame, as fast as the engine goes. Loaded with the camera or a video.

import { signal } from "@preact/signals";
import { findLongSide } from "./_style_options.ts";
import type { StyleSession } from "./_style_session.ts";

/** Frames are counted over this time: short enough to follow, long enough not to flicker. */
const RATE_MS = 2000;
/** The longer side of frames that are taken before it is known what suits the engine, in pixels. */
const FIRST_LONG_SIDE = 256;

/** How long a browser may take from opening a video to having a frame of it. */
const PATIENCE_MS = 5000;

/** What else is done with each frame. */
export type FrameListener = () => Promise<void>;

/** The way of frames from a video element to the page's session. */
export class LiveFrames {
  /** Restyled frames a second, of late. */
  readonly rate = signal(0);
  /** Called when a restyled frame is on show. */
  onFrame: FrameListener | undefined;

  #isStopped = false;
  /** Whether a frame has come that is not on show. */
  #isNew = true;
  #started = performance.now();
  #times: number[] = [];

  constructor(
    private readonly session: StyleSession,
    private readonly video: HTMLVideoElement,
    private readonly name: string,
  ) {}

  /** Restyles each frame that is not on show yet, one at a time, until stopped or until one fails; the page says why. */
  async run(): Promise<void> {
    this.#watch();
    while (!this.#isStopped) {
      const isNew = this.#isNew;
      this.#isNew = false;
      const frame = isNew ? await this.#grab() : undefined;
      if (!frame) {
        this.#isNew ||= isNew;
        await nextPaint();
        continue;
      }
      if (this.#isStopped) return frame.close();
      if (!await this.session.openFrame(frame, this.name)) return;
      this.#count();
      await this.onFrame?.();
    }
  }

  /** No frame is taken any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Notes that there is another frame, or, in browsers that tell of none, that time has gone on. */
  #watch(): void {
    const { video } = this;
    const isTold = "requestVideoFrameCallback" in (video as object);
    let last = video.currentTime;
    const note = () => {
      this.#isNew ||= isTold || video.currentTime !== last;
      last = video.currentTime;
      if (!this.#isStopped) wait();
    };
    const wait = () => {
      if (isTold) video.requestVideoFrameCallback(note);
      else requestAnimationFrame(note);
    };
    wait();
  }

  /** The frame of this moment; undefined while the browser has none yet, which it says in two ways. */
  async #grab(): Promise<ImageBitmap | undefined> {
    const { videoWidth, videoHeight, readyState } = this.video, { session } = this;
    if (readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const engine = session.work.life.engine.value;
    const longSide = engine
      ? findLongSide(session.options.value.longSide, engine)
      : FIRST_LONG_SIDE;
    const scale = Math.min(1, longSide / Math.max(videoWidth, videoHeight));
    try {
      return await createImageBitmap(this.video, {
        resizeWidth: Math.max(1, Math.round(videoWidth * scale)),
        resizeHeight: Math.max(1, Math.round(videoHeight * scale)),
        resizeQuality: "medium",
      });
    } catch (error) {
      const isEarly = error instanceof DOMException && error.name === "InvalidStateError";
      if (!isEarly || performance.now() - this.#started > PATIENCE_MS) throw error;
    }
  }

  #count(): void {
    const now = performance.now();
    this.#times = [...this.#times.filter((time) => now - time < RATE_MS), now];
    const [first] = this.#times, intervals = this.#times.length - 1;
    this.rate.value = intervals < 1 ? 0 : 1000 * intervals / (now - first);
  }
}

function nextPaint(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** A rate in words: `4.2 frames a second`. */
export function formatRate(rate: number): string {
  return `${rate.toFixed(1)} frames a second`;
}
