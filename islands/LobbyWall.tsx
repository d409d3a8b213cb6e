// The home page's island: a wall of posters, drawn one after the other on the visitor's own device.

import { IS_BROWSER } from "fresh/runtime";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { EngineStatus } from "./_engine_status.tsx";
import { formatDuration } from "./_engine_text.ts";
import { chooseForScreen } from "./_model_choice.ts";
import { NoPosterModel } from "./_no_poster_model.tsx";
import { PictureCanvas } from "./_picture_canvas.tsx";
import { formatRecipe } from "./_poster_link.ts";
import type { PosterModel } from "./_poster_protocol.ts";
import { describeGenres } from "./_poster_text.ts";
import { type WallPoster, WallSession } from "./_wall_session.ts";
import { watchElement } from "./_watch_element.ts";

/** How many posters hang on a wall; the styles hide those that the screen has no room for. */
const PLACES = 20;
/** A screen with room for three rows of the four. */
const LOW_SCREEN = "(max-height: 52rem) and (min-width: 56.01rem)";

/** What the home page gives its wall. */
export interface LobbyWallProps {
  /** The exported poster models; may be empty. */
  models: PosterModel[];
}

/** A wall of posters; each leads to the poster page, where it can be turned. */
export default function LobbyWall({ models }: LobbyWallProps) {
  return models.length > 0 ? <Wall models={models} /> : <NoPosterModel />;
}

function Wall({ models }: LobbyWallProps) {
  const session = useMemo(() => {
    const { model, isPhone } = chooseForScreen(models);
    const isLow = IS_BROWSER && matchMedia(LOW_SCREEN).matches;
    return new WallSession(model, isPhone ? 10 : isLow ? 15 : PLACES, surroundings);
  }, [models]);
  const wall = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Whoever asks for less motion gets a full wall that stands still.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) session.play(false);
    const unwatch = watchElement(wall.current, (isSeen) => session.watch(isSeen));
    return () => {
      unwatch();
      session.stop();
    };
  }, [session]);
  return (
    <div class="wall" ref={wall}>
      <ul class="wall__posters" aria-label="Posters that are being drawn on this device">
        {session.posters.map((_, place) => (
          <li key={place}>
            <Place session={session} place={place} />
          </li>
        ))}
      </ul>
      <WallStatus session={session} />
    </div>
  );
}

function Place({ session, place }: { session: WallSession; place: number }) {
  const poster = session.posters[place].value;
  if (!poster) return <span class="wall__case" />;
  const { genres } = session.model.manifest;
  const genre = describeGenres(poster.recipe, genres);
  const release = () => session.hold(undefined);
  const hold = () => session.hold(place);
  return (
    <a
      class="wall__case"
      href={addressOf(session.model, poster)}
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocus={hold}
      onBlur={release}
    >
      {poster.before && <PictureCanvas picture={poster.before} />}
      <PictureCanvas
        key={poster.id}
        class="wall__poster"
        picture={poster.picture}
        label={`Poster: ${genre}, number ${poster.recipe.seed}`}
      />
      <span class="wall__genre" aria-hidden="true">{genre}</span>
    </a>
  );
}

function WallStatus({ session }: { session: WallSession }) {
  const isPlaying = session.isPlaying.value;
  return (
    <div class="wall__status">
      <EngineStatus
        load={session.life.load.value}
        notices={session.notices.value}
        problem={session.problem.value}
        onRetry={() => session.retry()}
        onAutomatic={() => session.retry()}
      >
        <Facts session={session} />
      </EngineStatus>
      <button
        type="button"
        class="button button--quiet"
        onClick={() => session.play(!isPlaying)}
      >
        {isPlaying ? "Pause" : "Go on"}
        <span class="visually-hidden">{isPlaying ? " the posters" : " with the posters"}</span>
      </button>
    </div>
  );
}

/** What drew the posters and how fast; for the eye only, as it changes with every one. */
function Facts({ session }: { session: WallSession }) {
  const engine = session.life.engine.value;
  const milliseconds = session.milliseconds.value;
  if (milliseconds === undefined || !engine) return null;
  return (
    <p class="small wall__facts" aria-hidden="true" title={engine.description}>
      Each drawn here in {formatDuration(milliseconds)}{" "}
      ({engine.engine === "webgpu" ? "GPU" : "CPU"})
    </p>
  );
}

function addressOf({ manifest }: PosterModel, { recipe }: WallPoster): string {
  const { genres, seed, truncation } = formatRecipe(recipe, manifest.genres);
  const query = new URLSearchParams({ model: manifest.id, genres, seed, truncation });
  return `/posters#${query.toString().replace(/%3A|%2C/g, decodeURIComponent)}`;
}

const surroundings = {
  createWorker: () =>
    new Worker(new URL("./_poster_worker.ts", import.meta.url), { type: "module" }),
  random: () => Math.random(),
  later: (run: () => void, milliseconds: number) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};
