// How the engine and the model fare, in words: the download, notices, problems, and what repairs them; spoken by screen readers.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LoadState } from "./_engine_life.ts";
import { describeLoadFailure, formatMegabytes } from "./_engine_text.ts";

/** What there is to say. */
export interface EngineStatusProps {
  load: LoadState;
  /** What the visitor should know. */
  notices: readonly string[];
  /** What went wrong; empty if nothing did. */
  problem: string;
  /** Starts the engine and loads the model again. */
  onRetry: () => void;
  /** Goes back to the automatic choice of engine. */
  onAutomatic: () => void;
  /** The page's own line: what happens to its picture. */
  children?: ComponentChildren;
}

/** The lines below a picture. */
export function EngineStatus({ children, ...status }: EngineStatusProps) {
  const { load, notices, problem } = status;
  return (
    <div class="player-status">
      <Download load={load} />
      <div class="row">{children}</div>
      <div role="status">
        {notices.length > 0 && (
          <ul class="notice player-notices">
            {notices.map((notice) => <li key={notice}>{notice}</li>)}
          </ul>
        )}
      </div>
      <div role="alert">
        {problem && <p class="notice notice--bad">{problem}</p>}
        <LoadFailure {...status} />
      </div>
    </div>
  );
}

/** The model's progress, in megabytes. */
function Download({ load }: { load: LoadState }) {
  if (load.phase !== "loading") return null;
  const { receivedBytes, totalBytes } = load;
  return (
    <div class="player-download">
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
export function Stopwatch({ isRunning }: { isRunning: boolean }) {
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

function LoadFailure(
  { load, onRetry, onAutomatic }: Omit<EngineStatusProps, "notices" | "problem">,
) {
  if (load.phase !== "failed") return null;
  const { title, detail, remedy, remedyLabel } = describeLoadFailure(load.code, load.message);
  return (
    <div class="notice notice--bad stack">
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      <button type="button" class="button" onClick={remedy === "retry" ? onRetry : onAutomatic}>
        {remedyLabel}
      </button>
    </div>
  );
}
