// Two posters that were kept, and the slider that goes from one to the other.

import { PictureCanvas } from "./_picture_canvas.tsx";
import { Fader } from "./_poster_fader.tsx";
import { isComplete } from "./_poster_options.ts";
import type { PosterSession } from "./_poster_session.ts";

/** The way from poster A to poster B. */
export function PosterWay({ session }: { session: PosterSession }) {
  const { kept, share } = session.options.value;
  const isOpen = isComplete(kept);
  return (
    <section class="card stack" aria-labelledby="poster-way">
      <h2 id="poster-way" class="poster-heading">From A to B</h2>
      <div class="poster-way">
        <End session={session} end="a" />
        <Fader
          id="poster-share"
          label="Share of B"
          step={0.01}
          value={share ?? 0}
          disabled={!isOpen}
          hint={isOpen
            ? "Every fader leads back to a poster that stands alone."
            : "Keep a poster as A, go on to another one, keep that as B."}
          onMove={(share) => session.choose({ share })}
        />
        <End session={session} end="b" />
      </div>
      {share !== undefined && (
        <button
          type="button"
          class="button"
          onClick={() => session.choose({ share: undefined })}
        >
          Leave the way
        </button>
      )}
    </section>
  );
}

function End({ session, end }: { session: PosterSession; end: "a" | "b" }) {
  const { share } = session.options.value;
  const drawn = session.drawn.value.get(end);
  const name = end.toUpperCase();
  return (
    <div class="poster-end">
      <div class="poster-thumb">
        {drawn ? <PictureCanvas picture={drawn.picture} label={`Poster ${name}`} /> : name}
      </div>
      <button
        type="button"
        class="button"
        // What is shown on the way has no numbers of its own to keep.
        disabled={share !== undefined}
        onClick={() => session.keep(end)}
      >
        Keep as {name}
      </button>
    </div>
  );
}
