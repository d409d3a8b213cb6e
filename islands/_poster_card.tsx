// The poster in its frame: the picture, and the words over it.

import { PictureCanvas } from "./_picture_canvas.tsx";
import { PosterLettering } from "./_poster_lettering.tsx";
import type { Recipe } from "./_poster_recipe.ts";
import type { PosterSession } from "./_poster_session.ts";
import { describeGenres, describeShot } from "./_poster_text.ts";
import { useTypesetting } from "./_poster_typesetting.ts";

/** A lobby card with the poster. */
export function PosterCard({ session }: { session: PosterSession }) {
  const { model, recipe, share, smooth } = session.options.value;
  const { genres, trainedSize: [height, width] } = model.manifest;
  const drawn = session.drawn.value.get("poster");
  const isAwaited = !drawn && session.life.load.value.phase !== "failed";
  const typesetting = useTypesetting(session.options.value, drawn?.picture);
  return (
    <figure class="lobby-card poster-card" aria-label="Poster">
      <div class="poster" data-awaited={isAwaited} data-crisp={!smooth}>
        {drawn && (
          <PictureCanvas
            picture={drawn.picture}
            label={`Poster: ${describeShot(drawn.shot, genres)}`}
          />
        )}
        <PosterLettering width={width} height={height} typesetting={typesetting} />
      </div>
      <figcaption>
        <span>{share === undefined ? describeGenres(recipe, genres) : "From A to B"}</span>
        <span class="lobby-card__name">
          {share === undefined ? nameShort(recipe) : `${Math.round(100 * share)} %`}
        </span>
      </figcaption>
    </figure>
  );
}

/** The poster's number, and what was done to it. */
function nameShort({ seed, latent, mix, along }: Recipe): string {
  const done = [latent !== undefined && "reworked", mix && "mixed", along && "moved"];
  return [`No. ${seed}`, ...done.filter(Boolean)].join(", ");
}
