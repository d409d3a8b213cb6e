// What stands on the home page's card: the frame, what drew it, and a button for another scene.

import { useEffect, useMemo, useState } from "preact/hooks";
import { BeforeAfter } from "./_before_after.tsx";
import { formatDuration } from "./_engine_text.ts";
import { filmSurroundings } from "./_film_surroundings.ts";
import { FrameSession } from "./_frame_session.ts";
import { chooseForScreen } from "./_model_choice.ts";
import { SceneControls } from "./_scene_controls.tsx";
import type { StyleModel } from "./_style_protocol.ts";

/** Seeds of scenes that no training has seen are as many as one likes; this many suffice. */
const SEEDS = 100_000;

/** The live card. */
export function FrameCard({ models }: { models: StyleModel[] }) {
  const session = useMemo(() => {
    const seed = Math.floor(Math.random() * SEEDS);
    return new FrameSession(chooseForScreen(models).model, seed, filmSurroundings);
  }, [models]);
  useEffect(() => {
    session.start();
    return () => session.stop();
  }, [session]);
  const [split, setSplit] = useState(50);
  const shown = session.shown.value;
  return (
    <>
      <div class={`frame${shown?.after ? "" : " frame--awaited"}`}>
        {shown && (
          <BeforeAfter
            before={shown.before}
            after={shown.after}
            beforeName={shown.direction.from}
            afterName={shown.direction.to}
            split={split}
            onSplit={setSplit}
          />
        )}
      </div>
      <figcaption class="frame__foot">
        <SceneControls session={session} isQuiet>
          <p class="small soft" role="status">{describe(session)}</p>
        </SceneControls>
      </figcaption>
    </>
  );
}

function describe(session: FrameSession): string {
  const milliseconds = session.shown.value?.milliseconds;
  if (milliseconds !== undefined) return `Redrawn here in ${formatDuration(milliseconds)}`;
  return session.shown.value ? "The network redraws it …" : "A scene is being drawn …";
}
