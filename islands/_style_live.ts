// The ways in for what moves: their code comes when it is asked for.

import type { StyleSession } from "./_style_session.ts";

/** Opens a file of any kind: a picture, or a video. */
export function openFile(session: StyleSession, file: File): Promise<void> {
  if (!file.type.startsWith("video/")) return session.open(file, file.name);
  return session.startLive(async () =>
    (await import("./_video_file.tsx")).openVideo(session, file)
  );
}

/** Asks for the camera, and restyles what it sees. */
export function openCamera(session: StyleSession): Promise<void> {
  return session.startLive(async () => (await import("./_camera.tsx")).openCamera(session));
}
