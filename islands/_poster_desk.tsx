// The desks beside the poster: genre faders, the number and how daring it is; and which model runs on what.

import { EngineField, ModelDetails, ModelField } from "./_engine_controls.tsx";
import { Fader } from "./_poster_fader.tsx";
import { parseSeed } from "./_poster_link.ts";
import { MAX_SEED } from "./_poster_recipe.ts";
import type { PosterSession } from "./_poster_session.ts";
import { nameGenre } from "./_poster_text.ts";

/** What makes the picture. */
export function PosterDesk({ session }: { session: PosterSession }) {
  return (
    <section class="player-panel poster-desk card" aria-label="Picture">
      <Genres session={session} />
      <Numbers session={session} />
      <p class="notice">
        <strong>Nothing is uploaded.</strong>{" "}
        Posters and words stay on this device; the model comes to it.
      </p>
    </section>
  );
}

/** What draws the picture. */
export function PosterMachinery({ session }: { session: PosterSession }) {
  const { model, engine } = session.options.value;
  return (
    <section class="player-panel poster-machinery card stack" aria-labelledby="poster-machinery">
      <h2 id="poster-machinery" class="poster-heading">Machinery</h2>
      <ModelField
        models={session.models}
        model={model}
        onChoose={(model) =>
          session.choose({ model })}
      />
      <EngineField
        engine={session.life.engine.value}
        choice={engine}
        onChoose={(engine) =>
          session.choose({ engine })}
      />
      <ModelDetails manifest={model.manifest} />
    </section>
  );
}

function Genres({ session }: { session: PosterSession }) {
  const { model, recipe } = session.options.value;
  const { genres } = model.manifest;
  if (genres.length === 0) {
    return (
      <p class="notice">
        This model draws without genres: it has learnt posters, not what they are for. Its numbers
        and variations still lead everywhere.
      </p>
    );
  }
  return (
    <fieldset class="poster-group">
      <legend class="poster-heading">Genres</legend>
      <div class="poster-genres">
        {genres.map((name, i) => (
          <Fader
            key={name}
            id={`poster-genre-${i}`}
            label={nameGenre(name)}
            value={recipe.genres[i] ?? 0}
            onMove={(weight) => session.weigh(i, weight)}
          />
        ))}
      </div>
      <button
        type="button"
        class="button poster-clear"
        onClick={() => session.turn({ genres: genres.map(() => 0) })}
      >
        Any genre
      </button>
    </fieldset>
  );
}

function Numbers({ session }: { session: PosterSession }) {
  const { recipe } = session.options.value;
  return (
    <fieldset class="poster-group">
      <legend class="poster-heading">Chance</legend>
      <div class="poster-numbers">
        <div class="field">
          <label for="poster-seed">Number</label>
          <input
            id="poster-seed"
            class="input"
            type="number"
            min="0"
            max={MAX_SEED}
            step="1"
            value={recipe.seed}
            // An empty field is a number that is being typed.
            onInput={({ currentTarget: { value } }) =>
              value && session.turn({ seed: parseSeed(value) })}
          />
        </div>
        <Fader
          id="poster-truncation"
          label="Daring"
          hint="Low: posters are alike, and few go wrong. High: anything may happen."
          value={recipe.truncation}
          onMove={(truncation) => session.turn({ truncation })}
        />
      </div>
    </fieldset>
  );
}
