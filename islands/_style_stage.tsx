// Where the picture is: the place to put one, the picture before and after, and what goes on.

import { useEffect, useMemo, useRef } from "preact/hooks";
import { BeforeAfter } from "./_before_after.tsx";
import { downloadPicture } from "./_picture_canvas.tsx";
import { blendPictures } from "./_style_blend.ts";
import { nameRival } from "./_style_compare.ts";
import { openCamera, openFile } from "./_style_live.ts";
import { SampleStrip } from "./_style_samples.tsx";
import type { StyleSession } from "./_style_session.ts";
import type { RestyledPicture, ShownPicture } from "./_style_state.ts";
import { StyleStatus } from "./_style_status.tsx";
import { findFilms, nameDownload, readProblem } from "./_style_text.ts";

/** The stage of the style page. */
export function StyleStage({ session }: { session: StyleSession }) {
  const input = useRef<HTMLInputElement>(null);
  const shown = session.work.shown.value;
  const live = session.live.value;
  const isBusy = session.work.job.value !== "idle" && !live;
  const another = useRef<HTMLButtonElement>(null);
  const choose = () => input.current?.click();
  const hasPicture = shown !== undefined;
  useEffect(() => {
    // A picture, or the end of what moves, takes the place of the focused button: whoever pressed it goes on from its successor.
    if (hasPicture && document.activeElement === document.body) {
      another.current?.focus({ preventScroll: true });
    }
  }, [hasPicture, live]);
  return (
    <section class="style-stage card" aria-label="Picture" aria-busy={isBusy}>
      <input
        ref={input}
        type="file"
        accept="image/*,video/*"
        hidden
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) void openFile(session, file);
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
      {shown
        ? <Picture session={session} shown={shown} />
        : <EmptyFrame session={session} onChoose={choose} />}
      <StyleStatus session={session} />
      {shown?.after && <Facts shown={shown} after={shown.after} />}
      {shown && (
        <div class="row style-actions">
          <DownloadButton session={session} shown={shown} />
          {live ? <live.Controls /> : (
            <>
              <button ref={another} type="button" class="button" onClick={choose}>
                Another picture
              </button>
              <CameraButton session={session} />
            </>
          )}
        </div>
      )}
      <SampleStrip onPick={({ url, name, direction }) => session.openUrl(url, name, direction)} />
    </section>
  );
}

function CameraButton({ session }: { session: StyleSession }) {
  return (
    <button type="button" class="button" onClick={() => void openCamera(session)}>
      Use the camera
    </button>
  );
}

function EmptyFrame({ session, onChoose }: { session: StyleSession; onChoose: () => void }) {
  return (
    <div class="style-empty">
      <p class="style-empty__title">
        <span class="style-empty__mouse">Drop a picture or a video anywhere</span>
        <span class="style-empty__touch">Your picture or video goes here</span>
      </p>
      <p class="soft">
        <span class="style-empty__mouse">or paste one.</span>{" "}
        JPEG, PNG, WebP, GIF, AVIF or BMP; videos that this browser plays.
      </p>
      <div class="row">
        <button type="button" class="button button--primary" onClick={onChoose}>
          Choose a picture or video
        </button>
        <CameraButton session={session} />
      </div>
    </div>
  );
}

function Picture({ session, shown }: { session: StyleSession; shown: ShownPicture }) {
  const { before, after } = shown;
  const options = after?.options ?? session.options.value;
  const { to } = findFilms(options.model.manifest, options.direction);
  const drawing = session.work.canvas.drawing.value;
  const canvas = drawing.by === "gpu" ? drawing.canvas : undefined;
  const { split, strength } = session.work.canvas.view.value;
  const picture = useMemo(
    () => after?.picture && blendPictures(before, after.picture, strength),
    [before, after?.picture, strength],
  );
  const { value: rival } = session.rival, isRival = rival?.before === before && picture;
  const left = useMemo(
    () => isRival ? blendPictures(before, rival.picture, strength) : before,
    [before, isRival && rival.picture, strength],
  );
  return (
    <div class="style-picture" data-busy={!after && session.work.job.value !== "idle"}>
      <BeforeAfter
        before={left}
        after={after && (picture ?? canvas)}
        beforeName={isRival ? nameRival(rival.choice, session.models) : "Before"}
        afterName={to}
        split={split}
        onSplit={(split) => session.work.canvas.look({ split })}
      />
    </div>
  );
}

function Facts({ shown, after }: { shown: ShownPicture; after: RestyledPicture }) {
  const { before, originalWidth, originalHeight } = shown;
  const isShrunk = originalWidth !== before.width || originalHeight !== before.height;
  return (
    <dl class="facts style-facts" data-tensors={after.tensors}>
      <dt>Engine</dt>
      <dd>{after.engine}</dd>
      <dt>Size</dt>
      <dd>
        {before.width} × {before.height}
        {isShrunk && <span class="soft">, made from {originalWidth} × {originalHeight}</span>}
      </dd>
    </dl>
  );
}

function DownloadButton({ session, shown }: { session: StyleSession; shown: ShownPicture }) {
  const { after } = shown;
  if (!after) return null;
  const { model, direction } = after.options;
  const name = nameDownload(shown.fileName, findFilms(model.manifest, direction).to);
  const save = async () => {
    try {
      downloadPicture(await session.work.readMixture(), name);
    } catch (error) {
      session.work.problem.value = readProblem(error);
    }
  };
  return (
    <button type="button" class="button button--primary" onClick={save}>
      Download PNG
    </button>
  );
}
