// The live part of the cycle figure.

import { useEffect, useMemo } from "preact/hooks";
import type { Picture } from "../gpu/picture.ts";
import { CycleSession, meanDifference } from "./_cycle_session.ts";
import { filmSurroundings } from "./_film_surroundings.ts";
import { chooseForScreen } from "./_model_choice.ts";
import { PictureCanvas } from "./_picture_canvas.tsx";
import { SceneControls } from "./_scene_controls.tsx";
import type { StyleModel } from "./_style_protocol.ts";

/** Four pictures of one scene, and by how much the redrawn ones miss. */
export function CycleView({ models }: { models: StyleModel[] }) {
  const session = useMemo(() => {
    const seed = Math.floor(Math.random() * 100_000);
    return new CycleSession(chooseForScreen(models).model, seed, filmSurroundings);
  }, [models]);
  useEffect(() => {
    session.start();
    return () => session.stop();
  }, [session]);
  const { real, redrawn, back, truth } = session.stations.value;
  return (
    <>
      <ol class="cycle">
        <Station name="A scene of film A" picture={real} />
        <Station
          name="Redrawn as film B"
          picture={redrawn}
          note={redrawn && truth && `misses by ${percent(redrawn, truth)}`}
        />
        <Station
          name="Redrawn back"
          picture={back}
          note={back && real && `misses by ${percent(back, real)}`}
        />
        <Station
          name="The true answer"
          picture={truth}
          note={truth && real && `doing nothing misses by ${percent(real, truth)}`}
        />
      </ol>
      <div class="figure__foot">
        <SceneControls session={session} />
      </div>
      <figcaption class="small soft">
        Live, by{" "}
        {session.runner.model.manifest.name}. A miss is the mean difference of all colours of all
        pixels, of the whole range from dark to bright.
      </figcaption>
    </>
  );
}

function Station(
  { name, picture, note }: { name: string; picture: Picture | undefined; note?: string },
) {
  return (
    <li>
      <div class={`cycle__frame${picture ? "" : " figure__awaited"}`}>
        {picture && <PictureCanvas picture={picture} label={name} />}
      </div>
      <p class="small">
        <b>{name}</b>
        {note && <span class="soft">{note}</span>}
      </p>
    </li>
  );
}

function percent(a: Picture, b: Picture): string {
  return `${(100 * meanDifference(a, b)).toFixed(1)} %`;
}
