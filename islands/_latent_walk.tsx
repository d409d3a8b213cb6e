// The live part of the walk: it asks the poster page's session for posters on the way between two seeds.

import { useEffect, useMemo } from "preact/hooks";
import { type Picture, resizePicture } from "../gpu/picture.ts";
import { EngineStatus } from "./_engine_status.tsx";
import { chooseForScreen } from "./_model_choice.ts";
import { PictureCanvas } from "./_picture_canvas.tsx";
import type { PosterModel } from "./_poster_protocol.ts";
import { type Recipe, TRUNCATION } from "./_poster_recipe.ts";
import { PosterSession } from "./_poster_session.ts";
import { describeGenres, nameGenre } from "./_poster_text.ts";
import type { Slot } from "./_poster_wishes.ts";

/** Seeds of ends are drawn below this. */
const SEEDS = 1_000_000;

/** The figure. */
export function WalkView({ models }: { models: PosterModel[] }) {
  const session = useMemo(() => {
    const { model } = chooseForScreen(models);
    const session = new PosterSession([model], surroundings);
    const ends = pickEnds(model.manifest.genres.map((_, i) => Number(i === 0)));
    session.choose({ recipe: ends.a, kept: ends, share: 0.5 });
    return session;
  }, [models]);
  useEffect(() => {
    session.life.start();
    return () => session.stop();
  }, [session]);
  const { kept, share = 0, recipe, model } = session.options.value;
  const now = session.drawn.value.get("poster")?.picture;
  const percent = Math.round(100 * share);
  return (
    <>
      <div class="walk">
        <End session={session} slot="a" name={`Poster A, number ${kept.a?.seed}`} />
        <div class={`walk__now${now ? "" : " figure__awaited"}`}>
          {now && <PictureCanvas picture={now} label={`${percent} % of the way from A to B`} />}
        </div>
        <End session={session} slot="b" name={`Poster B, number ${kept.b?.seed}`} />
      </div>
      <Stations session={session} />
      <Controls session={session} percent={percent} />
      <EngineStatus
        load={session.life.load.value}
        notices={session.notices.value}
        problem={session.problem.value}
        onRetry={() => session.life.retry()}
        onAutomatic={() => session.choose({ engine: "auto" })}
      />
      {now && <Pyramid session={session} picture={now} />}
      <figcaption class="small soft">
        Live, by {model.manifest.name}
        {model.manifest.genres.length > 0 &&
          `: ${describeGenres(recipe, model.manifest.genres)}`}.
      </figcaption>
    </>
  );
}

/** How far the walk is, in which genre, and between which posters. */
function Controls({ session, percent }: { session: PosterSession; percent: number }) {
  const { recipe, model: { manifest: { genres } } } = session.options.value;
  return (
    <>
      <label class="slider slider--wide">
        <span class="label">From A to B</span>
        <input
          type="range"
          min="0"
          max="100"
          value={percent}
          aria-valuetext={`${percent} % of the way`}
          onInput={(event) => session.choose({ share: event.currentTarget.valueAsNumber / 100 })}
        />
        <output class="small soft">{percent} %</output>
      </label>
      <div class="figure__controls">
        {genres.length > 0 && (
          <label class="field">
            <span class="label">Both ends are</span>
            <select
              class="input"
              value={String(recipe.genres.indexOf(1))}
              onChange={({ currentTarget }) => chooseGenre(session, currentTarget.selectedIndex)}
            >
              {genres.map((genre, i) => (
                <option key={genre} value={String(i)}>{nameGenre(genre)}</option>
              ))}
            </select>
          </label>
        )}
        <button
          type="button"
          class="button"
          onClick={() => {
            const ends = pickEnds(recipe.genres);
            session.choose({ recipe: ends.a, kept: ends });
          }}
        >
          Two other posters
        </button>
      </div>
    </>
  );
}

function End({ session, slot, name }: { session: PosterSession; slot: Slot; name: string }) {
  const picture = session.drawn.value.get(slot)?.picture;
  return (
    <div class={`walk__end${picture ? "" : " figure__awaited"}`}>
      {picture && <PictureCanvas picture={picture} label={name} />}
    </div>
  );
}

/** Posters at even distances on the way; both ends are among them. */
function Stations({ session }: { session: PosterSession }) {
  return (
    <div class="walk__stations" aria-hidden="true">
      {session.cells.value.map((_, i) => {
        const picture = session.drawn.value.get(i)?.picture;
        return (
          <div key={i} class={picture ? "" : "figure__awaited"}>
            {picture && <PictureCanvas picture={picture} />}
          </div>
        );
      })}
    </div>
  );
}

/** The poster at each size that the generator passes through: a picture of the sizes, not of the network's inner numbers. */
function Pyramid({ session, picture }: { session: PosterSession; picture: Picture }) {
  const { base: [height, width], stages } = session.options.value.model.manifest.config;
  const sizes = Array.from({ length: stages + 1 }, (_, i) => [width * 2 ** i, height * 2 ** i]);
  return (
    <div class="pyramid">
      <ol>
        {sizes.map(([width, height]) => (
          <li key={width}>
            <PictureCanvas picture={resizePicture(picture, width, height)} />
            <span class="small soft">{width} × {height}</span>
          </li>
        ))}
      </ol>
      <p class="small soft">
        The sizes that the network grows a poster through, shown by this poster shrunk to each.
      </p>
    </div>
  );
}

function chooseGenre(session: PosterSession, genre: number): void {
  const { kept, recipe } = session.options.value;
  const genres = recipe.genres.map((_, i) => Number(i === genre));
  const turn = (of: Recipe | undefined) => of && { ...of, genres };
  session.choose({
    recipe: { ...recipe, genres },
    kept: { a: turn(kept.a), b: turn(kept.b) },
  });
}

function pickEnds(genres: readonly number[]): { a: Recipe; b: Recipe } {
  const end = (): Recipe => ({
    seed: Math.floor(Math.random() * SEEDS),
    genres,
    truncation: TRUNCATION,
    steps: [],
  });
  return { a: end(), b: end() };
}

const surroundings = {
  createWorker: () =>
    new Worker(new URL("./_poster_worker.ts", import.meta.url), { type: "module" }),
  nextFrame: (run: () => void) => void requestAnimationFrame(run),
  random: () => Math.random(),
};
