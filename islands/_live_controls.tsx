// What the controls of a camera and of a video share: the button that ends it, and how fast it goes.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatRate, type LiveFrames } from "./_live_frames.ts";

/** A button that takes over the keyboard's place if the button that began it has gone. */
export function LiveButton(
  { onPress, children }: { onPress: () => void; children: ComponentChildren },
) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) button.current?.focus({ preventScroll: true });
  }, []);
  return <button ref={button} type="button" class="button" onClick={onPress}>{children}</button>;
}

/** How fast it goes, for the eye: read out, it would drown everything else. */
export function FrameRate({ frames }: { frames: LiveFrames }) {
  const { value: rate } = frames.rate;
  return rate > 0 ? <p class="small soft style-rate">{formatRate(rate)}</p> : null;
}
