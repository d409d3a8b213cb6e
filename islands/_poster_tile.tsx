// A small poster in a tool's grid: it can be opened, kept and bred from.

import { favouriteOf } from "./_poster_favourite.ts";
import { favouritesHere } from "./_poster_favourite_store.ts";
import { PictureCanvas } from "./_picture_canvas.tsx";
import type { Shot } from "./_poster_recipe.ts";
import type { PosterStudio } from "./_poster_studio.ts";
import { describeShot } from "./_poster_text.ts";

/** The poster, and what it says to those who do not see it. */
export interface TileProps {
  studio: PosterStudio;
  shot: Shot;
}

/** A poster with its buttons. @param caption a word below it, for those who do see it */
export function PosterTile({ studio, shot, caption }: TileProps & { caption?: string }) {
  const { genres } = studio.session.options.value.model.manifest;
  const name = describeShot(shot, genres);
  return (
    <li class="poster-tile">
      <button
        type="button"
        class="poster-thumb"
        aria-label={`Open: ${name}`}
        onClick={() => studio.show(shot)}
      >
        <TilePicture studio={studio} shot={shot} />
      </button>
      {caption && <p class="small soft poster-tile__name">{caption}</p>}
      <div class="poster-tile__row">
        <KeepButton studio={studio} shot={shot} name={name} />
        <ParentButton studio={studio} shot={shot} name={name} />
      </div>
    </li>
  );
}

/** Makes a poster a parent, or no parent any more; what is on the way between two cannot be one. */
export function ParentButton({ studio, shot, name }: TileProps & { name: string }) {
  const { recipe, way } = shot;
  if (way) return null;
  const isPressed = studio.isParent(recipe);
  return (
    <TileButton
      label={isPressed ? "Parent" : "Breed"}
      name={name}
      isPressed={isPressed}
      onPress={() => studio.pick(recipe)}
    />
  );
}

/** The picture of a shot that a tool has asked for, once it is drawn. */
export function TilePicture({ studio, shot }: TileProps) {
  const drawn = studio.session.pictureOf(shot);
  return drawn ? <PictureCanvas picture={drawn.picture} /> : null;
}

/** A small button below a poster. */
export function TileButton(
  { label, name, isPressed, onPress }: {
    label: string;
    /** Which poster it is about, for those who do not see it. */
    name: string;
    isPressed?: boolean;
    onPress: () => void;
  },
) {
  return (
    <button
      type="button"
      class="poster-tile__button"
      aria-label={`${label}: ${name}`}
      aria-pressed={isPressed}
      onClick={onPress}
    >
      {label}
    </button>
  );
}

function KeepButton({ studio, shot, name }: TileProps & { name: string }) {
  const favourites = favouritesHere();
  const favourite = favouriteOf(shot, studio.session.options.value, new Date());
  const isKept = favourites.has(favourite);
  const keep = () => {
    const isDone = isKept ? favourites.remove(favourite) : favourites.add(favourite);
    studio.said.value = !isDone
      ? favourites.problem.value
      : isKept
      ? "It is no favourite any more."
      : "Kept among the favourites.";
  };
  return (
    <TileButton label={isKept ? "Kept" : "Keep"} name={name} isPressed={isKept} onPress={keep} />
  );
}
