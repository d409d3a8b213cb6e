// Loads a part of a page when its place comes into sight: nobody pays for figures that they do not scroll to.

import type { ComponentType } from "preact";
import { type MutableRef, useEffect, useRef, useState } from "preact/hooks";
import { watchElement } from "./_watch_element.ts";

/**
 * A place, and what belongs there once it is loaded.
 *
 * @param load gives the part; it is called once, again only if it fails, and not at all where it is undefined
 */
export function useWhenSeen<Props>(
  load: (() => Promise<ComponentType<Props>>) | undefined,
): { place: MutableRef<HTMLElement | null>; Part: ComponentType<Props> | undefined } {
  const place = useRef<HTMLElement | null>(null);
  const [Part, setPart] = useState<ComponentType<Props>>();
  const isOffered = load !== undefined;
  useEffect(() => {
    let isAsked = false;
    return watchElement(place.current, (isSeen) => {
      if (!isSeen || isAsked) return;
      isAsked = true;
      // Where the network fails, it is tried again when the place is next seen.
      load?.().then((part) => setPart(() => part), () => isAsked = false);
    });
  }, [isOffered]);
  return { place, Part };
}
