// What goes on, in words: the model's download, the picture's progress, notices and problems; spoken by screen readers.

import { EngineStatus, Stopwatch } from "./_engine_status.tsx";
import { formatDuration } from "./_engine_text.ts";
import type { StyleSession } from "./_style_session.ts";
import { findFilms } from "./_style_text.ts";

/** The lines below the picture. */
export function StyleStatus({ session }: { session: StyleSession }) {
  return (
    <EngineStatus
      load={session.life.load.value}
      notices={session.notices.value}
      problem={session.problem.value}
      onRetry={() => session.life.retry()}
      onAutomatic={() => session.choose({ engine: "auto" })}
    >
      <p role="status">{describeState(session)}</p>
      <Stopwatch isRunning={session.job.value === "running"} />
    </EngineStatus>
  );
}

/** One sentence; it changes with the state, not with every byte, so that it can be read out. */
function describeState(session: StyleSession): string {
  const { phase } = session.life.load.value;
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
