// A video file, played restyled, and recorded to a file on request. Loaded only with a video.

import { type Signal, signal } from "@preact/signals";
import { formatDuration, formatMegabytes } from "./_engine_text.ts";
import { formatRate, LiveFrames } from "./_live_frames.ts";
import { FrameRate, LiveButton } from "./_live_controls.tsx";
import type { StyleSession } from "./_style_session.ts";
import type { LiveShow } from "./_style_state.ts";
import { findFilms, nameDownload } from "./_style_text.ts";
import { type Recorded, type Recording, startRecording } from "./_video_recording.ts";

/** What a video does, as far as it is seen. */
interface VideoState {
  isPlaying: boolean;
  /** Seconds. */
  position: number;
  /** Seconds; 0 if the file does not say. */
  duration: number;
}

/** What a video's controls are of. */
interface VideoShow {
  session: StyleSession;
  video: HTMLVideoElement;
  fileName: string;
  frames: LiveFrames;
  state: Signal<VideoState>;
  recording: Signal<Recording | undefined>;
  recorded: Signal<(Recorded & { url: string }) | undefined>;
}

/**
 * Opens a video; it stands still at first.
 *
 * @throws {Error} whose message tells the visitor why it cannot be played
 */
export async function openVideo(session: StyleSession, file: File): Promise<LiveShow> {
  const url = URL.createObjectURL(file);
  const video = document.createElement("video");
  video.playsInline = true;
  video.preload = "auto";
  await loadVideo(video, url).catch((error) => {
    URL.revokeObjectURL(url);
    throw error;
  });
  const show: VideoShow = {
    session,
    video,
    fileName: file.name,
    frames: new LiveFrames(session, video, file.name),
    state: signal(stateOf(video)),
    recording: signal(undefined),
    recorded: signal(undefined),
  };
  const note = () => show.state.value = stateOf(video);
  for (const event of ["play", "pause", "timeupdate", "seeked", "durationchange", "ended"]) {
    video.addEventListener(event, note);
  }
  video.addEventListener("ended", () => void endRecording(show));
  video.onerror = () => session.endLive("The video broke off: the rest of it cannot be read.");
  return {
    name: "The video",
    Controls: () => <VideoControls {...show} />,
    start: () => show.frames.run(),
    stop: () => {
      show.frames.stop();
      show.recording.value?.abandon();
      if (show.recorded.value) URL.revokeObjectURL(show.recorded.value.url);
      video.onerror = null;
      video.pause();
      video.removeAttribute("src");
      URL.revokeObjectURL(url);
    },
  };
}

function loadVideo(video: HTMLVideoElement, url: string): Promise<void> {
  const problem =
    "This video cannot be played: it is damaged, or this browser does not know its format.";
  return new Promise((resolve, reject) => {
    video.onloadeddata = () => video.videoWidth > 0 ? resolve() : reject(new Error(problem));
    video.onerror = () => reject(new Error(problem));
    video.src = url;
  });
}

function stateOf(video: HTMLVideoElement): VideoState {
  const { paused, ended, currentTime, duration } = video;
  return {
    isPlaying: !paused && !ended,
    position: currentTime,
    duration: Number.isFinite(duration) ? duration : 0,
  };
}

function VideoControls(show: VideoShow) {
  const { session, video, frames } = show;
  const { isPlaying } = show.state.value;
  const isRecording = show.recording.value !== undefined;
  return (
    <div class="stack style-video">
      <div class="row">
        <button
          type="button"
          class="button"
          disabled={isRecording}
          onClick={() => isPlaying ? video.pause() : play(show)}
        >
          {isPlaying ? "Pause" : "Play"}
        </button>
        {isRecording
          ? <LiveButton onPress={() => void endRecording(show)}>Stop recording</LiveButton>
          : (
            <button type="button" class="button" onClick={() => void record(show)}>
              Record to a file
            </button>
          )}
        <LiveButton onPress={() => session.endLive()}>Close the video</LiveButton>
        <FrameRate frames={frames} />
      </div>
      <Position {...show} />
      <RecordingLine {...show} />
    </div>
  );
}

function Position({ video, state, recording }: VideoShow) {
  const { position, duration } = state.value;
  return (
    <div class="field">
      <label for="style-position">Position</label>
      <input
        id="style-position"
        type="range"
        min="0"
        max={duration || 1}
        step="any"
        value={position}
        disabled={duration === 0 || recording.value !== undefined}
        aria-valuetext={`${formatSeconds(position)} of ${formatSeconds(duration)}`}
        onInput={({ currentTarget }) => video.currentTime = currentTarget.valueAsNumber}
      />
    </div>
  );
}

/** How a recording goes, or what it has become. */
function RecordingLine({ session, fileName, state, recording, recorded }: VideoShow) {
  const { value: running } = recording, { value: result } = recorded;
  const { position, duration } = state.value;
  if (running) {
    return (
      <div class="player-download">
        <progress
          aria-label="Recording"
          max={duration || 1}
          value={duration ? position : undefined}
        />
        <span class="small soft">
          {formatSeconds(position)} of {formatSeconds(duration)},{" "}
          {formatMegabytes(running.bytes.value)} MB
        </span>
      </div>
    );
  }
  if (!result) return null;
  const { model, direction } = session.options.value;
  const film = findFilms(model.manifest, direction).to;
  return (
    <div class="row" role="status">
      <a
        class="button button--primary"
        href={result.url}
        download={nameDownload(fileName, film, result.extension)}
      >
        Download the video
      </a>
      <p class="small soft">
        {formatSeconds(result.seconds)}, {formatMegabytes(result.file.size)} MB,{" "}
        {formatRate(result.frames / result.seconds)},{" "}
        {result.hasSound ? "with its sound" : "without sound"}
      </p>
    </div>
  );
}

async function play({ video, session }: VideoShow): Promise<void> {
  await video.play().catch((error: unknown) => {
    session.work.problem.value = `The video could not be played (${messageOf(error)}).`;
  });
}

/** Records the video from its first frame to its last, or until it is stopped. */
async function record(show: VideoShow): Promise<void> {
  const { video, session, frames, recording, recorded } = show;
  if (recorded.value) URL.revokeObjectURL(recorded.value.url);
  recorded.value = undefined;
  try {
    await rewind(show);
    const started = startRecording(video, await session.work.readMixture());
    recording.value = started;
    frames.onFrame = async () => started.add(await session.work.readMixture());
    await video.play();
  } catch (error) {
    frames.onFrame = undefined;
    recording.value?.abandon();
    recording.value = undefined;
    session.work.problem.value = `The video could not be recorded (${messageOf(error)}).`;
  }
}

/** Back to the first frame, until that is restyled. */
async function rewind({ video, frames }: VideoShow): Promise<void> {
  video.pause();
  if (video.currentTime === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  frames.onFrame = () => Promise.resolve(resolve());
  video.currentTime = 0;
  await promise;
}

async function endRecording({ video, frames, recording, recorded }: VideoShow): Promise<void> {
  const running = recording.value;
  if (!running) return;
  recording.value = frames.onFrame = undefined;
  video.pause();
  const result = await running.end();
  recorded.value = { ...result, url: URL.createObjectURL(result.file) };
}

function formatSeconds(seconds: number): string {
  return formatDuration(1000 * seconds);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
