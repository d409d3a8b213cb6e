// What goes on, in words: the model's download, the picture's progress, notices and problems; spoken by screen readers.

import { EngineStatus, Stopwatch } from "./_engine_status.tsx";
import { formatDuration } from "./_engine_text.ts";
import type { StyleSession } from "./_style_session.ts";
import { findFilms } from "./_style_text.ts";

/** The lines below the picture. */
export function StyleStatus({ session }: { session: StyleSession }) {
  return (
    <EngineStatus
      load={session.work.life.load.value}
      notices={session.work.notices.value}
      problem={session.work.problem.value}
      onRetry={() => session.work.life.retry()}
      onAutomatic={() => session.choose({ engine: "auto" })}
    >
      <p role="status">{describeState(session)}</p>
      <Parts session={session} />
      <Stopwatch isRunning={session.work.job.value === "running" && !session.live.value} />
    </EngineStatus>
  );
}

/** How far a large picture is. */
function Parts({ session }: { session: StyleSession }) {
  const { value: share } = session.work.share;
  if (session.work.job.value !== "running" || share === 0) return null;
  return <progress class="style-parts" aria-label="Restyling in parts" max="1" value={share} />;
}

/** One sentence; it changes with the state, not with every byte, so that it can be read out. */
function describeState(session: StyleSession): string {
  const { phase } = session.work.life.load.value;
  const shown = session.work.shown.value;
  const { model, direction } = session.options.value, live = session.live.value;
  if (live && phase === "ready") {
    // Not one sentence for each frame.
    return `${live.name} is shown in the style of ${findFilms(model.manifest, direction).to}.`;
  }
  switch (session.work.job.value) {
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
