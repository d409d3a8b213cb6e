// What goes on, in words: the model's download, the picture's progress, notices and problems; spoken by screen readers.

import { useEffect, useState } from "preact/hooks";
import type { StyleSession } from "./_style_session.ts";
import { describeLoadFailure, findFilms, formatDuration, formatMegabytes } from "./_style_text.ts";

/** The lines below the picture. */
export function StyleStatus({ session }: { session: StyleSession }) {
  const problem = session.problem.value;
  return (
    <div class="style-status">
      <Download session={session} />
      <div class="row">
        <p role="status">{describeState(session)}</p>
        <Stopwatch isRunning={session.job.value === "running"} />
      </div>
      {session.notices.value.length > 0 && (
        <ul class="notice style-notices" role="status">
          {session.notices.value.map((notice) => <li key={notice}>{notice}</li>)}
        </ul>
      )}
      <div role="alert">
        {problem && <p class="notice notice--bad">{problem}</p>}
        <LoadFailure session={session} />
      </div>
    </div>
  );
}

/** One sentence; it changes with the state, not with every byte, so that it can be read out. */
function describeState(session: StyleSession): string {
  const { phase } = session.load.value;
  const shown = session.shown.value;
  switch (session.job.value) {
    case "reading":
      return "Reading the picture.";
    case "waiting":
      return phase === "ready" ? "Preparing the picture." : "The picture waits for the model.";
    case "running":
      return "Restyling the picture.";
    case "idle":
      if (shown?.after) {
        const { options, milliseconds, isFirst } = shown.after;
        const { to } = findFilms(options.model.manifest, options.direction);
        const time = `${formatDuration(milliseconds)}${isFirst ? ", starting up included" : ""}`;
        return `Done in ${time}: now in the style of ${to}.`;
      }
      if (phase === "ready") return "Ready for a picture.";
      return phase === "loading" ? "The model is loading; you can choose a picture already." : "";
  }
}

/** The model's progress, in megabytes. */
function Download({ session }: { session: StyleSession }) {
  const load = session.load.value;
  if (load.phase !== "loading") return null;
  const { receivedBytes, totalBytes } = load;
  return (
    <div class="style-download">
      <progress
        aria-label="Loading the model"
        max={totalBytes || 1}
        value={receivedBytes || undefined}
      />
      <span class="small soft">
        {formatMegabytes(receivedBytes)} of {formatMegabytes(totalBytes)} MB
      </span>
    </div>
  );
}

/** Seconds since the run began, for the eye only: read out, they would drown everything else. */
function Stopwatch({ isRunning }: { isRunning: boolean }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    setSeconds(0);
    if (!isRunning) return;
    const start = performance.now();
    const timer = setInterval(() => setSeconds((performance.now() - start) / 1000), 200);
    return () => clearInterval(timer);
  }, [isRunning]);
  // Below a second a number would only flicker.
  if (!isRunning || seconds < 1) return null;
  return <p class="small soft" aria-hidden="true">{Math.floor(seconds)} s</p>;
}

function LoadFailure({ session }: { session: StyleSession }) {
  const load = session.load.value;
  if (load.phase !== "failed") return null;
  const { title, detail, remedy, remedyLabel } = describeLoadFailure(load.code, load.message);
  const repair = () => remedy === "retry" ? session.retry() : session.choose({ engine: "auto" });
  return (
    <div class="notice notice--bad stack">
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      <button type="button" class="button" onClick={repair}>{remedyLabel}</button>
    </div>
  );
}
