// The camera, restyled live: asked for on request, let go on request. Loaded only then.

import { CAMERA_GONE, describeCameraFailure } from "./_camera_text.ts";
import { LiveFrames } from "./_live_frames.ts";
import { FrameRate, LiveButton } from "./_live_controls.tsx";
import type { StyleSession } from "./_style_session.ts";
import type { LiveShow } from "./_style_state.ts";

/** More than any engine restyles in time is not asked of the camera. */
const IDEAL_WIDTH = 640;

/**
 * Asks the visitor for the camera.
 *
 * @throws {Error} whose message tells the visitor why there is none
 */
export async function openCamera(session: StyleSession): Promise<LiveShow> {
  const stream = await requestStream();
  const video = document.createElement("video");
  video.srcObject = stream;
  video.muted = video.playsInline = true;
  const frames = new LiveFrames(session, video, "camera");
  const release = () => {
    frames.stop();
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  await video.play().catch((error) => {
    release();
    throw new Error(describeCameraFailure(error), { cause: error });
  });
  const Controls = () => (
    <>
      <LiveButton onPress={() => session.endLive()}>Stop the camera</LiveButton>
      <FrameRate frames={frames} />
    </>
  );
  const start = async () => {
    const [track] = stream.getVideoTracks();
    const tell = () => session.endLive(CAMERA_GONE);
    if (track.readyState === "ended") return tell();
    track.addEventListener("ended", tell);
    await frames.run();
  };
  return { name: "The camera", Controls, start, stop: release };
}

async function requestStream(): Promise<MediaStream> {
  try {
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    if (!mediaDevices) throw new DOMException("No media devices", "SecurityError");
    return await mediaDevices.getUserMedia({ video: { width: { ideal: IDEAL_WIDTH } } });
  } catch (cause) {
    throw new Error(describeCameraFailure(cause), { cause });
  }
}
