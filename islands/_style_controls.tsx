// The style page's choices: model, direction, detail, engine; and what runs where.

import { EngineField, ModelDetails, ModelField } from "./_engine_controls.tsx";
import { compareWith, findRivals, formatRival, nameRival } from "./_style_compare.ts";
import { findLongSide, LONG_SIDES, type StyleOptions } from "./_style_options.ts";
import type { StyleSession } from "./_style_session.ts";
import { describeEngine } from "./_style_text.ts";

/** The panel beside the picture. */
export function StyleControls({ session }: { session: StyleSession }) {
  const { model, engine: choice } = session.options.value;
  const { value: engine } = session.work.life.engine;
  return (
    <section class="player-panel card stack" aria-label="Settings">
      <ModelField
        models={session.models}
        model={model}
        onChoose={(model) => session.choose({ model })}
      />
      <DirectionField session={session} />
      <DetailField session={session} />
      <StrengthField session={session} />
      <RivalField session={session} />
      <EngineField
        engine={engine &&
          {
            ...engine,
            description: describeEngine(
              engine.description,
              session.work.canvas.drawing.value,
              session.rivalChoice.value !== undefined,
            ),
          }}
        choice={choice}
        consequence=", with less detail to start with"
        onChoose={(engine) => session.choose({ engine })}
      />
      <p class="notice">
        <strong>Nothing is uploaded.</strong>{" "}
        The picture stays on this device; the model comes to it.
      </p>
      <ModelDetails manifest={model.manifest} />
    </section>
  );
}

function DirectionField({ session }: { session: StyleSession }) {
  const { model, direction } = session.options.value;
  return (
    <fieldset class="style-directions">
      <legend class="label">Direction</legend>
      {model.manifest.directions.map(({ id, from, to }) => (
        <label key={id}>
          <input
            type="radio"
            name="style-direction"
            value={id}
            checked={id === direction}
            onChange={() => session.choose({ direction: id })}
          />
          <span>
            {from}{" "}
            <span class="style-directions__to">
              <span aria-hidden="true">→</span> <span class="visually-hidden">to</span> {to}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** What is left of the line. */
function RivalField({ session }: { session: StyleSession }) {
  const rivals = findRivals(session.models, session.options.value);
  if (rivals.length === 0) return null;
  const choose = (value: string) =>
    compareWith(session, rivals.find((rival) => formatRival(rival) === value));
  return (
    <div class="field">
      <label for="style-rival">Compare with</label>
      <select
        id="style-rival"
        class="input"
        value={formatRival(session.rivalChoice.value)}
        disabled={session.live.value !== undefined}
        onChange={({ currentTarget }) => void choose(currentTarget.value)}
      >
        <option value="">The picture itself</option>
        {rivals.map((rival) => (
          <option key={formatRival(rival)} value={formatRival(rival)}>
            {nameRival(rival, session.models)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** How much of the result is mixed into the picture. */
function StrengthField({ session }: { session: StyleSession }) {
  const { strength } = session.work.canvas.view.value;
  return (
    <div class="field">
      <label for="style-strength">
        Strength <span class="soft" aria-hidden="true">{strength} %</span>
      </label>
      <input
        id="style-strength"
        type="range"
        min="0"
        max="100"
        step="5"
        value={strength}
        aria-valuetext={`${strength} %`}
        onInput={({ currentTarget }) =>
          session.work.canvas.look({ strength: currentTarget.valueAsNumber })}
      />
    </div>
  );
}

function DetailField({ session }: { session: StyleSession }) {
  const { longSide } = session.options.value;
  const engine = session.work.life.engine.value;
  const automatic = engine && findLongSide("auto", engine);
  const choose = (value: string) => {
    const side = LONG_SIDES.find((side) => String(side) === value);
    session.choose({ longSide: side ?? "auto" } satisfies Partial<StyleOptions>);
  };
  return (
    <div class="field">
      <label for="style-detail">Detail</label>
      <select
        id="style-detail"
        class="input"
        value={String(longSide)}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="auto">Automatic{automatic ? ` (${automatic} px)` : ""}</option>
        {LONG_SIDES.map((side, i) => (
          <option key={side} value={String(side)} disabled={engine && side > engine.maxLongSide}>
            {i < LONG_SIDES.length - 1 ? `${side} px` : `Full size, up to ${side} px`}
          </option>
        ))}
      </select>
    </div>
  );
}
