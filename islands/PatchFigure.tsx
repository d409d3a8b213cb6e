// The about page's island: what a PatchGAN's scores see of a frame, loaded when it comes into sight.

import { useWhenSeen } from "./_when_seen.ts";

/** A frame, and the part of it that one score of the discriminator depends on. */
export default function PatchFigure() {
  const { place, Part } = useWhenSeen<object>(
    () => import("./_patch_figure.tsx").then(({ PatchView }) => PatchView),
  );
  return (
    <figure class="figure" ref={place}>
      {Part ? <Part /> : <div class="figure__awaited figure__awaited--wide" />}
    </figure>
  );
}
