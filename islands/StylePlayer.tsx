// The style page's island: a picture of the visitor's own, restyled on the visitor's own device.

import { useEffect, useMemo } from "preact/hooks";
import { usePictureIntake } from "./_picture_intake.ts";
import type { StyleModel } from "./_style_protocol.ts";
import { StyleControls } from "./_style_controls.tsx";
import { openFile } from "./_style_live.ts";
import { formatOptions, parseOptions } from "./_style_options.ts";
import { StyleSession } from "./_style_session.ts";
import { StyleStage } from "./_style_stage.tsx";
import type { SharedCanvas } from "./_style_state.ts";
import { NO_FILE_PROBLEM } from "./_style_text.ts";

export type { StyleModel } from "./_style_protocol.ts";

/** What the style page gives its island. */
export interface StylePlayerProps {
  /** The exported style models, the one to start with first; may be empty. */
  models: StyleModel[];
}

/** Pick a model and a direction, give a picture, and see it restyled without it leaving the device. */
export default function StylePlayer({ models }: StylePlayerProps) {
  if (models.length > 0) return <Player models={models} />;
  return (
    <p class="notice">
      No model has been exported yet. Train one and export it, then load this page again.
    </p>
  );
}

function Player({ models }: StylePlayerProps) {
  const session = useMemo(() => new StyleSession(models, { createWorker, createCanvas }), [models]);
  useEffect(() => {
    session.start(parseOptions(location.search, models));
    const stopKeeping = session.options.subscribe((options) => {
      const address = location.pathname + formatOptions(options, models) + location.hash;
      history.replaceState(history.state, "", address);
    });
    return () => {
      stopKeeping();
      session.stop();
    };
  }, [session]);
  const isDragging = usePictureIntake(
    (file) => void openFile(session, file),
    () => session.work.problem.value = NO_FILE_PROBLEM,
  );
  return (
    <div class="style-player">
      <StyleStage session={session} />
      <StyleControls session={session} />
      {isDragging && (
        <div class="style-drop" aria-hidden="true">
          <p>Drop it here</p>
        </div>
      )}
    </div>
  );
}

function createCanvas(): SharedCanvas {
  const canvas = document.createElement("canvas");
  return { canvas, offscreen: canvas.transferControlToOffscreen() };
}

function createWorker(): Worker {
  return new Worker(new URL("./_style_worker.ts", import.meta.url), { type: "module" });
}
