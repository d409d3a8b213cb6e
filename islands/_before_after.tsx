// Two pictures of one size in one frame, with a line between them that a range input moves.

import type { Picture } from "../gpu/picture.ts";
import { DrawnCanvas, PictureCanvas } from "./_picture_canvas.tsx";

/** What is compared. */
export interface BeforeAfterProps {
  before: Picture;
  /** Undefined while it is not there yet: the frame then shows `before` alone. A canvas draws both sides and heeds the line by itself. */
  after: Picture | HTMLCanvasElement | undefined;
  /** Short names for the two sides. */
  beforeName: string;
  afterName: string;
  /** Where the line is, in whole percent of the width. */
  split: number;
  onSplit: (split: number) => void;
}

/** A before/after frame: `before` on the left of the line, `after` on the right. */
export function BeforeAfter(
  { before, after, beforeName, afterName, split, onSplit }: BeforeAfterProps,
) {
  const shape = { "--ratio": before.width / before.height, "--split": `${split}%` };
  return (
    <div class="compare" style={shape}>
      <PictureCanvas picture={before} label={beforeName} />
      {after && (
        <>
          {"data" in after
            ? <PictureCanvas class="compare__after" picture={after} label={afterName} />
            : <DrawnCanvas class="compare__drawn" canvas={after} label={afterName} />}
          <span class="compare__name" aria-hidden="true">{beforeName}</span>
          <span class="compare__name compare__name--after" aria-hidden="true">{afterName}</span>
          <input
            class="compare__range"
            type="range"
            min="0"
            max="100"
            value={split}
            aria-label="Line between before and after"
            aria-valuetext={`${split} % before, ${100 - split} % after`}
            onInput={(event) => onSplit(event.currentTarget.valueAsNumber)}
          />
          <span class="compare__line" aria-hidden="true" />
        </>
      )}
    </div>
  );
}
