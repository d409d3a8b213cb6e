// The pictures beside the poster: variations to choose from, or the stations between two posters.

import { PictureCanvas } from "./_picture_canvas.tsx";
import { Fader } from "./_poster_fader.tsx";
import { CELLS } from "./_poster_recipe.ts";
import type { PosterSession } from "./_poster_session.ts";
import type { DrawnPicture } from "./_poster_wishes.ts";

/** A strip of small pictures; a click makes one the poster. */
export function PosterCells({ session }: { session: PosterSession }) {
  const cells = session.cells.value;
  const isWay = session.options.value.share !== undefined;
  return (
    <section class="card stack" aria-labelledby="poster-cells">
      <h2 id="poster-cells" class="poster-heading">
        {isWay ? "On the way from A to B" : "Variations"}
      </h2>
      {cells.length === 0 && (
        <p>
          This poster is twelve variations away from its number, and a link holds no more. Take a
          step back, or give it another number.
        </p>
      )}
      <ul class="poster-strip">
        {cells.map((shot, i) => (
          <li key={i}>
            <Cell
              label={shot.way
                ? `${Math.round(100 * shot.way.share)} % of the way`
                : `Variation ${i + 1} of ${CELLS}`}
              drawn={session.drawn.value.get(i)}
              onChoose={() => session.choosePicture(shot)}
            />
          </li>
        ))}
      </ul>
      {!isWay && <VariationControls session={session} />}
    </section>
  );
}

/** A small picture that can be pressed. */
function Cell(
  { label, drawn, onChoose }: {
    label: string;
    drawn: DrawnPicture | undefined;
    onChoose: () => void;
  },
) {
  return (
    <button type="button" class="poster-thumb" aria-label={label} onClick={onChoose}>
      {drawn && <PictureCanvas picture={drawn.picture} />}
    </button>
  );
}

function VariationControls({ session }: { session: PosterSession }) {
  const { recipe: { steps } } = session.options.value;
  const { amount, page } = session.cellChoice.value;
  return (
    <div class="poster-variations">
      <Fader
        id="poster-amount"
        label="How different"
        value={amount}
        onMove={(amount) => session.chooseCells({ amount })}
      />
      <div class="row">
        <button
          type="button"
          class="button"
          onClick={() => session.chooseCells({ page: page + 1 })}
        >
          Others
        </button>
        <button
          type="button"
          class="button"
          // Not `disabled`, which would take the focus away from whoever presses it to the end.
          aria-disabled={steps.length === 0}
          onClick={() => steps.length > 0 && session.turn({ steps: steps.slice(0, -1) })}
        >
          One step back
        </button>
      </div>
    </div>
  );
}
