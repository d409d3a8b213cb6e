// The two posters that breeding and mixing begin with: what they are, and how they are picked.

import type { Recipe } from "./_poster_recipe.ts";
import type { PosterStudio, ToolProps } from "./_poster_studio.ts";
import { describeShot } from "./_poster_text.ts";
import { TilePicture } from "./_poster_tile.tsx";

/** Both parents with what can be done about them; the tool that shows them has their pictures drawn. */
export function Parents({ studio }: ToolProps) {
  const [first, second] = studio.parents.value;
  return (
    <>
      <div class="poster-parents">
        <Parent studio={studio} recipe={first} name="First parent" />
        <Parent studio={studio} recipe={second} name="Second parent" />
      </div>
      <ParentButtons studio={studio} />
    </>
  );
}

function ParentButtons({ studio }: ToolProps) {
  const { recipe, share } = studio.session.options.value;
  return (
    <>
      <p class="small soft">
        Press “Breed” under any poster of the wall, the favourites or the children; or take the one
        on show.
      </p>
      {studio.parents.value.some(({ mix, along }) => mix || along) && (
        <p class="small soft">
          A poster counts without what was done to its styles, and a mixed one as the first of its
          two.
        </p>
      )}
      <div class="row">
        <button
          type="button"
          class="button"
          // What is shown on the way between two posters has no numbers of its own.
          disabled={share !== undefined}
          onClick={() => studio.pick(recipe)}
        >
          {studio.isParent(recipe) ? "Let go of the poster on show" : "Take the poster on show"}
        </button>
        <button
          type="button"
          class="button"
          disabled={studio.parents.value.length < 2}
          onClick={() => studio.swapParents()}
        >
          Swap
        </button>
      </div>
    </>
  );
}

function Parent(
  { studio, recipe, name }: { studio: PosterStudio; recipe: Recipe | undefined; name: string },
) {
  const { genres } = studio.session.options.value.model.manifest;
  return (
    <figure class="poster-parent">
      <div class="poster-thumb">
        {recipe
          ? <TilePicture studio={studio} shot={{ recipe }} />
          : <span aria-hidden="true">?</span>}
      </div>
      <figcaption class="small">
        <strong>{name}</strong>
        <span class="soft">{recipe ? describeShot({ recipe }, genres) : "Not picked"}</span>
      </figcaption>
    </figure>
  );
}
