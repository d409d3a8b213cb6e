// The island of every page: has the app kept for use without a network, and says when a new version is ready.

import { useEffect, useState } from "preact/hooks";
import { AppUpdates, forgetWorkers } from "./_app_updates.ts";

/** True in Vite's development server alone. */
const isDevelopment = (import.meta as { env?: { DEV?: boolean } }).env?.DEV === true;

/** Nothing to see until there is a new version; then a line that screen readers speak, and two buttons. */
export default function UpdatePrompt() {
  const [updates, setUpdates] = useState<AppUpdates>();
  const [isReady, setReady] = useState(false);
  useEffect(() => startUpdates(setUpdates, setReady), []);
  const dismiss = () => {
    setReady(false);
    // The button goes, and the focus would be nowhere.
    document.getElementById("main")?.focus({ preventScroll: true });
  };
  return (
    <div role="status">
      {isReady && (
        <div class="card update">
          <p>A new version of Lobbycard is ready.</p>
          <div class="row">
            <button
              type="button"
              class="button button--primary"
              onClick={() => updates?.accept()}
            >
              Reload
            </button>
            <button type="button" class="button" onClick={dismiss}>Later</button>
          </div>
        </div>
      )}
    </div>
  );
}

/** Starts once the page is loaded, so as not to be in its way; gives what ends it. */
function startUpdates(
  onStart: (updates: AppUpdates) => void,
  onReady: (isReady: true) => void,
): (() => void) | undefined {
  const { serviceWorker: container } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (!container) return; // neither https nor localhost
  if (isDevelopment) return void forgetWorkers(container, caches);
  const updates = new AppUpdates(container, {
    onReady: () => onReady(true),
    reload: () => location.reload(),
  });
  onStart(updates);
  const end = new AbortController();
  const { signal } = end;
  // A browser that may keep nothing refuses: the app is then one that needs its network.
  const start = () => void updates.start().catch(() => {});
  if (document.readyState === "complete") start();
  else addEventListener("load", start, { once: true, signal });
  // An installed app can be open for days.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") updates.look();
  }, { signal });
  return () => {
    end.abort();
    updates.stop();
  };
}
