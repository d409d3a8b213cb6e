// The browser's entry: finds the islands of the page, loads only those and hydrates them.

import { type ComponentType, h, hydrate } from "preact";

declare global {
  interface ImportMeta {
    /** Vite's: one lazy import per file that matches. */
    glob(patterns: string[]): Record<string, () => Promise<unknown>>;
  }
}

const islands = import.meta.glob(["/islands/**/*.tsx", "!/islands/**/_*"]);

for (const place of document.querySelectorAll("fresh-island")) {
  const props = JSON.parse(place.getAttribute("props") ?? "{}");
  islands[`/islands/${place.getAttribute("name")}.tsx`]?.().then((module) =>
    hydrate(h((module as { default: ComponentType }).default, props), place)
  );
}
