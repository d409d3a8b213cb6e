// Why there is no camera, in words for the visitor.

/** Said when the camera ends by itself. */
export const CAMERA_GONE = "The camera is gone: it was unplugged, or another program took it.";

const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError:
    "The camera was refused. Allow it for this page in the browser's address bar, then try again.",
  SecurityError: "The camera can be used only over a secure connection (https).",
  NotFoundError: "No camera was found. Plug one in, then try again.",
  OverconstrainedError: "No camera was found that gives pictures of a usable size.",
  NotReadableError: "The camera does not answer: another program may be using it.",
  AbortError: "The camera could not be started. Try again.",
};

/** What to tell the visitor of an error that asking for the camera gave. */
export function describeCameraFailure(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  return REASONS[name] ?? `The camera could not be started (${message || name}).`;
}
