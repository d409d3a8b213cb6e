// What stands below scenes that a style model redraws: what its engine is at, and a button for another scene.

import type { ComponentChildren } from "preact";
import { EngineStatus } from "./_engine_status.tsx";
import type { SceneSession } from "./_scene_session.ts";

/** The engine's line, with `children` in it once it runs, and the button. */
export function SceneControls({ session, isQuiet = false, children }: {
  session: SceneSession;
  /** Whether the button is to stand back. */
  isQuiet?: boolean;
  children?: ComponentChildren;
}) {
  const { life, notices } = session.runner;
  return (
    <>
      <EngineStatus
        load={life.load.value}
        notices={notices.value}
        problem={session.problem.value}
        onRetry={() => life.retry()}
        onAutomatic={() => life.retry()}
      >
        {children}
      </EngineStatus>
      <button
        type="button"
        class={isQuiet ? "button button--quiet" : "button"}
        disabled={session.isBusy.value}
        onClick={() => session.showNext()}
      >
        Another scene
      </button>
    </>
  );
}
