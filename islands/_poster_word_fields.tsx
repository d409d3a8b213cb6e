// The words of a poster and how they are set.

import { FAMILIES } from "./_poster_fonts.ts";
import { type Place, type PosterWords, trimWord, WORD_LIMITS } from "./_poster_options.ts";
import type { PosterSession } from "./_poster_session.ts";
import { familyOf } from "./_poster_typesetting.ts";

const PLACES: readonly { place: Place; label: string }[] = [
  { place: "auto", label: "Where the picture is calm" },
  { place: "top", label: "At the top" },
  { place: "bottom", label: "At the bottom" },
];

/** The fields for title, tagline and credits, and for their looks. */
export function PosterWordFields({ session }: { session: PosterSession }) {
  const { smooth } = session.options.value;
  return (
    <section class="poster-words card stack" aria-labelledby="poster-words">
      <h2 id="poster-words" class="poster-heading">Words</h2>
      <WordField session={session} name="title" label="Title" />
      <WordField session={session} name="tagline" label="Tagline" />
      <WordField session={session} name="credits" label="Credits" />
      <div class="poster-pair">
        <Lettering session={session} />
        <PlaceField session={session} />
      </div>
      <label class="poster-check">
        <input
          type="checkbox"
          checked={!smooth}
          onChange={({ currentTarget }) => session.choose({ smooth: !currentTarget.checked })}
        />
        Crisp pixels
      </label>
    </section>
  );
}

function WordField(
  { session, name, label }: { session: PosterSession; name: keyof PosterWords; label: string },
) {
  const { words } = session.options.value;
  const field = {
    id: `poster-${name}`,
    class: "input",
    value: words[name],
    maxLength: WORD_LIMITS[name],
    autoComplete: "off",
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      session.choose({ words: { ...words, [name]: trimWord(currentTarget.value, name) } }),
  };
  return (
    <div class="field">
      <label for={field.id}>{label}</label>
      {name === "credits" ? <textarea {...field} rows={2} /> : <input {...field} type="text" />}
    </div>
  );
}

function Lettering({ session }: { session: PosterSession }) {
  const options = session.options.value;
  const automatic = familyOf({ ...options, lettering: "auto" });
  return (
    <div class="field">
      <label for="poster-lettering">Lettering</label>
      <select
        id="poster-lettering"
        class="input"
        value={options.lettering}
        onChange={({ currentTarget: { selectedIndex } }) =>
          session.choose({
            lettering: selectedIndex > 0 ? FAMILIES[selectedIndex - 1].id : "auto",
          })}
      >
        <option value="auto">By genre ({automatic.name})</option>
        {FAMILIES.map(({ id, name, label }) => <option key={id} value={id}>{label} ({name})
        </option>)}
      </select>
    </div>
  );
}

function PlaceField({ session }: { session: PosterSession }) {
  return (
    <div class="field">
      <label for="poster-place">Place of the title</label>
      <select
        id="poster-place"
        class="input"
        value={session.options.value.place}
        onChange={({ currentTarget }) =>
          session.choose({ place: PLACES[currentTarget.selectedIndex].place })}
      >
        {PLACES.map(({ place, label }) => <option key={place} value={place}>{label}</option>)}
      </select>
    </div>
  );
}
