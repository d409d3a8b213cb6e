// The style page's choices: model, direction, detail, engine; and what runs where.

import type { Manifest } from "../models/manifest.ts";
import type { EngineChoice } from "./_protocol.ts";
import { findLongSide, LONG_SIDES, type StyleOptions } from "./_style_options.ts";
import type { StyleSession } from "./_style_session.ts";
import { explainFallback, formatMegabytes } from "./_style_text.ts";

const ENGINES: readonly { choice: EngineChoice; label: string }[] = [
  { choice: "auto", label: "Automatic" },
  { choice: "webgpu", label: "WebGPU" },
  { choice: "cpu", label: "CPU" },
];

/** The panel beside the picture. */
export function StyleControls({ session }: { session: StyleSession }) {
  const { model, engine } = session.options.value;
  return (
    <section class="style-panel card stack" aria-label="Settings">
      <ModelField session={session} />
      <DirectionField session={session} />
      <DetailField session={session} />
      <div class="field">
        <label for="style-engine">Engine</label>
        <select
          id="style-engine"
          class="input"
          value={engine}
          onChange={({ currentTarget }) =>
            session.choose({ engine: ENGINES[currentTarget.selectedIndex].choice })}
        >
          {ENGINES.map(({ choice, label }) => <option key={choice} value={choice}>{label}</option>)}
        </select>
        <EngineLine session={session} />
      </div>
      <p class="style-privacy notice">
        <strong>Nothing is uploaded.</strong>{" "}
        The picture stays on this device; the model comes to it.
      </p>
      <ModelCard manifest={model.manifest} />
    </section>
  );
}

function ModelField({ session }: { session: StyleSession }) {
  const { models } = session;
  const { model } = session.options.value;
  return (
    <div class="field">
      <label for="style-model">Model</label>
      <select
        id="style-model"
        class="input"
        value={model.manifest.id}
        onChange={({ currentTarget }) =>
          session.choose({ model: models[currentTarget.selectedIndex] })}
      >
        {models.map(({ manifest }) => (
          <option key={manifest.id} value={manifest.id}>{manifest.name}</option>
        ))}
      </select>
    </div>
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

function DetailField({ session }: { session: StyleSession }) {
  const { longSide } = session.options.value;
  const engine = session.engine.value;
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

/** What runs, or why it is not WebGPU that runs. */
function EngineLine({ session }: { session: StyleSession }) {
  const engine = session.engine.value;
  if (!engine) return <p class="small soft">&nbsp;</p>;
  return (
    <>
      <p class="small soft style-engine">Runs on {engine.description}</p>
      {engine.fallbackReason && (
        <p class="small notice notice--warn style-fallback">{explainFallback(engine)}</p>
      )}
    </>
  );
}

function ModelCard({ manifest }: { manifest: Manifest }) {
  return (
    <details class="style-model">
      <summary>About this model</summary>
      <p class="small">{manifest.card}</p>
      <dl class="facts">
        <dt>Size</dt>
        <dd>
          {formatMegabytes(manifest.weights.bytes)} MB, {manifest.parameters.toLocaleString("en")}
          {" "}
          parameters
        </dd>
        <dt>Trained on</dt>
        <dd>{manifest.training.dataset}</dd>
        <dt>Licence</dt>
        <dd>{manifest.license}</dd>
      </dl>
    </details>
  );
}
