// The wall: as many posters as the visitor asks for, each drawn here and now.

import { useEffect, useState } from "preact/hooks";
import { type Recipe, surprise } from "./_poster_recipe.ts";
import type { ToolProps } from "./_poster_studio.ts";
import { PosterTile } from "./_poster_tile.tsx";
import { describeGenres } from "./_poster_text.ts";

/** Posters that are hung at once. */
const ROW = 12;

/** Beyond this the page would only grow slower: a new wall makes room. */
const MOST = 240;

/** A grid of posters of whatever genres, or of those that the faders show. */
export default function PosterWall({ studio }: ToolProps) {
  const { session } = studio;
  const { model, recipe } = session.options.value;
  const { genres } = model.manifest;
  const [isLikeFaders, setLikeFaders] = useState(false);
  const [posters, setPosters] = useState<readonly Recipe[]>([]);
  const draw = () =>
    Array.from({ length: ROW }, () => {
      const drawn = surprise(genres.length, recipe.truncation, session.random);
      return isLikeFaders ? { ...drawn, genres: recipe.genres } : drawn;
    });
  const look = isLikeFaders ? recipe.genres.join() : "";
  useEffect(() => setPosters(draw()), [model, look]);
  // A wall of another model's posters has other genres: it is replaced right after.
  const shown = posters.filter((poster) => poster.genres.length === genres.length);
  useEffect(() => session.show("wall", shown.map((recipe) => ({ recipe }))), [posters, model]);
  useEffect(() => () => session.show("wall", []), [session]);
  const named = describeGenres(recipe, genres);
  return (
    <>
      <div class="row poster-tool__bar">
        <button type="button" class="button" onClick={() => setPosters(draw())}>New wall</button>
        {genres.length > 0 && (
          <label class="poster-check">
            <input
              type="checkbox"
              checked={isLikeFaders}
              onChange={({ currentTarget }) => setLikeFaders(currentTarget.checked)}
            />
            Only the faders’ genres ({named})
          </label>
        )}
      </div>
      <ul class="poster-tiles">
        {shown.map((recipe, i) => <PosterTile key={i} studio={studio} shot={{ recipe }} />)}
      </ul>
      {shown.length < MOST
        ? (
          <button
            type="button"
            class="button"
            onClick={() => setPosters([...posters, ...draw()])}
          >
            {ROW} more posters
          </button>
        )
        : <p class="small soft">The wall is full: {MOST} posters. A new wall makes room.</p>}
    </>
  );
}
