// Keeps the poster page's address in step with the choices, so that it can be copied at any time.

import type { ReadonlySignal } from "@preact/signals";
import { formatPosterOptions, type PosterOptions } from "./_poster_options.ts";

/** Browsers refuse more than some ten changes of the address a second; a fader makes sixty. */
const PAUSE_MS = 200;

/** The link in the page's address: behind the `#`, where no server gets to see what the visitor has typed. */
export function readLink(): string {
  // The skip link's `#main` is none. A query is taken, as from a link that was written by hand.
  return location.hash.includes("=") ? location.hash.slice(1) : location.search;
}

/**
 * Follows the choices until the returned function is called.
 *
 * @param onLink is called when the visitor puts another link into the address of the open page
 */
export function keepAddress(
  options: ReadonlySignal<PosterOptions>,
  onLink: (link: string) => void,
): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    const address = `${location.pathname}#${formatPosterOptions(options.peek())}`;
    history.replaceState(history.state, "", address);
  };
  const unsubscribe = options.subscribe(() => timer ??= setTimeout(write, PAUSE_MS));
  const { signal } = stop;
  addEventListener("hashchange", () => {
    const link = readLink();
    if (link) onLink(link);
    else write();
  }, { signal });
  // What was chosen last still counts when the visitor reloads or goes.
  addEventListener("pagehide", write, { signal });
  return () => {
    unsubscribe();
    clearTimeout(timer);
    stop.abort();
  };
}
