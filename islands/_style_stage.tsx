// Where the picture is: the place to put one, the picture before and after, and what goes on.

import { useEffect, useRef } from "preact/hooks";
import { BeforeAfter } from "./_before_after.tsx";
import { downloadPicture } from "./_picture_canvas.tsx";
import { SampleStrip } from "./_style_samples.tsx";
import type { StyleSession } from "./_style_session.ts";
import type { RestyledPicture, ShownPicture } from "./_style_state.ts";
import { StyleStatus } from "./_style_status.tsx";
import { findFilms, nameDownload } from "./_style_text.ts";

/** The stage of the style page. */
export function StyleStage({ session }: { session: StyleSession }) {
  const input = useRef<HTMLInputElement>(null);
  const shown = session.shown.value;
  const isBusy = session.job.value !== "idle";
  const another = useRef<HTMLButtonElement>(null);
  const choose = () => input.current?.click();
  const hasPicture = shown !== undefined;
  useEffect(() => {
    // The first picture takes the place of the focused button: whoever pressed it goes on from its successor.
    if (hasPicture && document.activeElement === document.body) {
      another.current?.focus({ preventScroll: true });
    }
  }, [hasPicture]);
  return (
    <section class="style-stage card" aria-label="Picture" aria-busy={isBusy}>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) session.open(file, file.name);
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
      {shown ? <Picture session={session} shown={shown} /> : <EmptyFrame onChoose={choose} />}
      <StyleStatus session={session} />
      {shown?.after && <Facts shown={shown} after={shown.after} />}
      {shown && (
        <div class="row style-actions">
          <DownloadButton shown={shown} />
          <button ref={another} type="button" class="button" onClick={choose}>
            Another picture
          </button>
        </div>
      )}
      <SampleStrip onPick={({ url, name, direction }) => session.openUrl(url, name, direction)} />
    </section>
  );
}

function EmptyFrame({ onChoose }: { onChoose: () => void }) {
  return (
    <div class="style-empty">
      <p class="style-empty__title">
        <span class="style-empty__mouse">Drop a picture anywhere</span>
        <span class="style-empty__touch">Your picture goes here</span>
      </p>
      <p class="soft">
        <span class="style-empty__mouse">or paste one.</span> JPEG, PNG, WebP, GIF, AVIF or BMP.
      </p>
      <button type="button" class="button button--primary" onClick={onChoose}>
        Choose a picture
      </button>
    </div>
  );
}

function Picture({ session, shown }: { session: StyleSession; shown: ShownPicture }) {
  const { before, after } = shown;
  const options = after?.options ?? session.options.value;
  const { to } = findFilms(options.model.manifest, options.direction);
  return (
    <div class="style-picture" data-busy={!after && session.job.value !== "idle"}>
      <BeforeAfter before={before} after={after?.picture} beforeName="Before" afterName={to} />
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

function DownloadButton({ shown }: { shown: ShownPicture }) {
  const { after } = shown;
  if (!after) return null;
  const { model, direction } = after.options;
  const name = nameDownload(shown.fileName, findFilms(model.manifest, direction).to);
  return (
    <button
      type="button"
      class="button button--primary"
      onClick={() => downloadPicture(after.picture, name)}
    >
      Download PNG
    </button>
  );
}
