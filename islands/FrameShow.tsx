// The home page's island: a frame of a film before and after, drawn on the visitor's own device once it can be seen.

import type { StyleModel } from "./_style_protocol.ts";
import { useWhenSeen } from "./_when_seen.ts";

/** What the home page gives its frame. */
export interface FrameShowProps {
  /** The exported style models; may be empty. */
  models: StyleModel[];
}

/** A printed card with a frame on it; what draws is loaded when the card comes into sight. */
export default function FrameShow({ models }: FrameShowProps) {
  const { place, Part } = useWhenSeen<FrameShowProps>(
    models.length > 0
      ? () => import("./_frame_card.tsx").then(({ FrameCard }) => FrameCard)
      : undefined,
  );
  return (
    <figure class="lobby-card" ref={place}>
      {Part ? <Part models={models} /> : <EmptyCard hasModel={models.length > 0} />}
    </figure>
  );
}

function EmptyCard({ hasModel }: { hasModel: boolean }) {
  return (
    <>
      <div class="frame frame--awaited" />
      <figcaption class="frame__foot">
        {!hasModel && (
          <p class="small">
            No style model has been exported yet. <code>deno task train:cyclegan</code> trains one.
          </p>
        )}
      </figcaption>
    </>
  );
}
