// The poster page's island: posters drawn on the visitor's own device, by faders.

import { useEffect, useMemo } from "preact/hooks";
import { NoPosterModel } from "./_no_poster_model.tsx";
import { OnDemand } from "./_on_demand.tsx";
import { keepAddress, readLink } from "./_poster_address.ts";
import { PosterCard } from "./_poster_card.tsx";
import { PosterCells } from "./_poster_cells.tsx";
import { PosterDesk, PosterMachinery } from "./_poster_desk.tsx";
import type { PosterModel } from "./_poster_protocol.ts";
import { PosterSession } from "./_poster_session.ts";
import { PosterShow } from "./_poster_show.tsx";
import { PosterWay } from "./_poster_way.tsx";
import { PosterWordFields } from "./_poster_word_fields.tsx";

export type { PosterModel } from "./_poster_protocol.ts";

/** What the poster page gives its island. */
export interface PosterPlayerProps {
  /** The exported poster models, the one to start with first; may be empty. */
  models: PosterModel[];
}

/** Move faders, type a title, and see a film's poster drawn on this device. */
export default function PosterPlayer({ models }: PosterPlayerProps) {
  return models.length > 0 ? <Player models={models} /> : <NoPosterModel />;
}

function Player({ models }: PosterPlayerProps) {
  const session = useMemo(() => new PosterSession(models, surroundings), [models]);
  useEffect(() => {
    session.start(readLink());
    const stopKeeping = keepAddress(session.options, (link) => session.follow(link));
    return () => {
      stopKeeping();
      session.stop();
    };
  }, [session]);
  return (
    <div class="poster-player">
      <PosterCard session={session} />
      <PosterShow session={session} />
      <PosterDesk session={session} />
      <PosterWordFields session={session} />
      <div class="poster-rest">
        <PosterCells session={session} />
        <PosterWay session={session} />
      </div>
      <PosterMachinery session={session} />
      <section class="poster-tools" aria-label="Tools">
        <OnDemand load={loadTools} props={{ session }} name="The tools" />
      </section>
    </div>
  );
}

const loadTools = () => import("./_poster_tools.tsx");

const surroundings = {
  createWorker: () =>
    new Worker(new URL("./_poster_worker.ts", import.meta.url), { type: "module" }),
  nextFrame: (run: () => void) => void requestAnimationFrame(run),
  random: () => Math.random(),
};
