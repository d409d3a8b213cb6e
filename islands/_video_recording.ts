// Records restyled frames and a video's own sound to a file, in the time that the video takes. Loaded only with a video.

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Picture } from "../gpu/picture.ts";
import { paintPicture } from "./_picture_canvas.tsx";

/** The kinds of file that browsers write, the preferred first. */
const FORMATS = [
  { type: "video/webm;codecs=vp9,opus", extension: "webm" },
  { type: "video/webm;codecs=vp8,opus", extension: "webm" },
  { type: "video/mp4", extension: "mp4" },
] as const;

/** How often the file's size is told, in ms. */
const CHUNK_MS = 500;
/** Bits for each pixel of a second's video at 30 frames: grain and brush strokes take more than plain film. */
const BITS_PER_PIXEL = 6;
const LEAST_BITS = 1_500_000;

/** A finished recording. */
export interface Recorded {
  file: Blob;
  extension: "webm" | "mp4";
  seconds: number;
  /** Restyled frames. */
  frames: number;
  hasSound: boolean;
}

/** A recording under way. */
export interface Recording {
  /** What has been written so far. */
  readonly bytes: ReadonlySignal<number>;
  /** Shows another frame from now on. */
  add(picture: Picture): void;
  end(): Promise<Recorded>;
  /** Ends it without a file. */
  abandon(): void;
}

/** A media element whose sound can be had; not in all browsers, and not in the types. */
type CapturedVideo = HTMLVideoElement & {
  captureStream?(): MediaStream;
  mozCaptureStream?(): MediaStream;
};

/**
 * Begins to record.
 *
 * @param first the first frame, whose size all others have
 * @throws {Error} if the browser cannot record
 */
export function startRecording(video: HTMLVideoElement, first: Picture): Recording {
  const format = FORMATS.find(({ type }) => globalThis.MediaRecorder?.isTypeSupported(type));
  if (!format) throw new Error("This browser records no video");
  const canvas = document.createElement("canvas");
  paintPicture(canvas, first);
  const sound = findSound(video);
  const stream = new MediaStream([...canvas.captureStream().getVideoTracks(), ...sound]);
  const recorder = new MediaRecorder(stream, {
    mimeType: format.type,
    videoBitsPerSecond: Math.max(LEAST_BITS, BITS_PER_PIXEL * first.width * first.height),
  });
  const chunks: Blob[] = [], bytes = signal(0), ended = Promise.withResolvers<void>();
  recorder.ondataavailable = ({ data }) => {
    chunks.push(data);
    bytes.value += data.size;
  };
  recorder.onstop = () => ended.resolve();
  recorder.onerror = (event) => ended.reject(event.error ?? new Error("The recorder failed"));
  const start = performance.now();
  let frames = 0;
  recorder.start(CHUNK_MS);
  const stop = () => {
    if (recorder.state !== "inactive") recorder.stop();
    // The sound's tracks are the video's own, which goes on.
    stream.getVideoTracks().forEach((track) => track.stop());
  };
  return {
    bytes,
    add(picture) {
      frames++;
      paintPicture(canvas, picture);
    },
    async end() {
      const seconds = (performance.now() - start) / 1000;
      stop();
      await ended.promise;
      const { extension } = format, hasSound = sound.length > 0;
      return {
        file: new Blob(chunks, { type: format.type }),
        extension,
        seconds,
        frames,
        hasSound,
      };
    },
    abandon: stop,
  };
}

/** The video's sound, where the browser hands it over. */
function findSound(video: CapturedVideo): MediaStreamTrack[] {
  const stream = video.captureStream?.() ?? video.mozCaptureStream?.();
  return stream?.getAudioTracks() ?? [];
}
