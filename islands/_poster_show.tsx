// Below the poster: what goes on, a surprise, and the file to take home.

import { useEffect, useState } from "preact/hooks";
import { EngineStatus } from "./_engine_status.tsx";
import { formatDuration } from "./_engine_text.ts";
import { downloadCanvas } from "./_picture_canvas.tsx";
import type { PosterSession } from "./_poster_session.ts";
import { describeShot, nameFile } from "./_poster_text.ts";
import { useTypesetting } from "./_poster_typesetting.ts";

/** How many pixels of the file there may be to one of the picture's. */
const SCALES: readonly number[] = [1, 4, 8];

/** Read out only when it has stood so long: a fader on the move would be talked over. */
const SETTLED_MS = 500;

/** The poster's own buttons and lines. */
export function PosterShow({ session }: { session: PosterSession }) {
  return (
    <section class="poster-show card stack" aria-label="This poster">
      <div class="row">
        <button
          type="button"
          class="button button--primary"
          onClick={() => session.surprise()}
        >
          Surprise me
        </button>
        <KeepButton session={session} />
        <Facts session={session} />
      </div>
      <EngineStatus
        load={session.life.load.value}
        notices={session.notices.value}
        problem={session.problem.value}
        onRetry={() => session.life.retry()}
        onAutomatic={() => session.choose({ engine: "auto" })}
      >
        <p role="status" class="small soft">{useSettled(describeState(session))}</p>
      </EngineStatus>
      <Download session={session} />
    </section>
  );
}

/** Keeps the poster among the favourites, whose code is fetched for it, and says what came of it. */
function KeepButton({ session }: { session: PosterSession }) {
  const options = session.options.value;
  const [said, setSaid] = useState({ text: "", of: options });
  const keep = async () => {
    const say = (text: string) => setSaid({ text, of: options });
    try {
      const { keepPoster } = await import("./_poster_keep.ts");
      say(keepPoster(options));
    } catch (error) {
      say(`It could not be kept (${error instanceof Error ? error.message : error}).`);
    }
  };
  return (
    <>
      <button type="button" class="button" onClick={keep}>Keep</button>
      <span role="status" class="small soft">{said.of === options ? said.text : ""}</span>
    </>
  );
}

/** One sentence, for those who do not see the poster change. */
function describeState(session: PosterSession): string {
  const { phase } = session.life.load.value;
  if (phase === "loading") return "The model is loading. The faders can be moved already.";
  const drawn = session.drawn.value.get("poster");
  if (phase === "failed" || !drawn) return "";
  return `Drawn: ${describeShot(drawn.shot, session.options.value.model.manifest.genres)}.`;
}

/** A text, once it has not changed for a moment; the first one at once. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** For the eye only: it changes with every picture. */
function Facts({ session }: { session: PosterSession }) {
  const drawn = session.drawn.value.get("poster");
  if (!drawn) return null;
  const { picture: { width, height }, milliseconds, tensors } = drawn;
  return (
    <p
      class="small soft poster-facts"
      data-tensors={tensors}
      data-current={!session.isDrawing.value}
    >
      {width} × {height} pixels in {formatDuration(milliseconds)}
    </p>
  );
}

function Download({ session }: { session: PosterSession }) {
  const [scale, setScale] = useState(SCALES[SCALES.length - 1]);
  const [isAlone, setAlone] = useState(false);
  const options = session.options.value;
  const drawn = session.drawn.value.get("poster");
  const typesetting = useTypesetting(options, drawn?.picture);
  const { trainedSize: [height, width] } = options.model.manifest;
  const download = async () => {
    if (!drawn) return;
    const print = { picture: drawn.picture, scale, smooth: options.smooth };
    const words = isAlone ? undefined : typesetting;
    try {
      const { printPoster } = await import("./_poster_export.ts");
      downloadCanvas(
        printPoster({ ...print, typesetting: words }),
        nameFile(options, scale, isAlone),
      );
    } catch (error) {
      session.problem.value = `There is no file (${
        error instanceof Error ? error.message : error
      }).`;
    }
  };
  return (
    <div class="row poster-download">
      <button type="button" class="button" disabled={!drawn} onClick={download}>
        Download PNG
      </button>
      <label class="visually-hidden" for="poster-scale">Size of the file</label>
      <select
        id="poster-scale"
        class="input"
        value={String(scale)}
        onChange={({ currentTarget }) => setScale(SCALES[currentTarget.selectedIndex])}
      >
        {SCALES.map((scale) => (
          <option key={scale} value={String(scale)}>
            {scale}×: {width * scale} × {height * scale}
          </option>
        ))}
      </select>
      <label class="poster-check">
        <input
          type="checkbox"
          checked={isAlone}
          onChange={({ currentTarget }) => setAlone(currentTarget.checked)}
        />
        Picture alone
      </label>
    </div>
  );
}
