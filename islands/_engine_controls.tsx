// The controls that every page with a model has: which model, which engine, and what the model is.

import type { Manifest } from "../models/manifest.ts";
import { ENGINES } from "./_engine_options.ts";
import { explainFallback, formatMegabytes } from "./_engine_text.ts";
import type { EngineChoice, EngineReply, PageModel } from "./_protocol.ts";

/** The models on offer. */
export interface ModelFieldProps<Model extends PageModel> {
  models: readonly Model[];
  model: Model;
  onChoose: (model: Model) => void;
}

/** The choice of a model. */
export function ModelField<Model extends PageModel>(
  { models, model, onChoose }: ModelFieldProps<Model>,
) {
  return (
    <div class="field">
      <label for="player-model">Model</label>
      <select
        id="player-model"
        class="input"
        value={model.manifest.id}
        onChange={({ currentTarget }) => onChoose(models[currentTarget.selectedIndex])}
      >
        {models.map(({ manifest }) => (
          <option key={manifest.id} value={manifest.id}>{manifest.name}</option>
        ))}
      </select>
    </div>
  );
}

/** The engine asked for, and the one that runs. */
export interface EngineFieldProps {
  /** The engine that runs, undefined until it does. */
  engine: EngineReply | undefined;
  choice: EngineChoice;
  /** What follows where the CPU does the work, for `explainFallback`. */
  consequence?: string;
  onChoose: (choice: EngineChoice) => void;
}

/** The choice of an engine, and what runs. */
export function EngineField({ engine, choice, consequence, onChoose }: EngineFieldProps) {
  return (
    <div class="field">
      <label for="player-engine">Engine</label>
      <select
        id="player-engine"
        class="input"
        value={choice}
        onChange={({ currentTarget }) => onChoose(ENGINES[currentTarget.selectedIndex].choice)}
      >
        {ENGINES.map(({ choice, label }) => <option key={choice} value={choice}>{label}</option>)}
      </select>
      {engine
        ? <EngineLine engine={engine} consequence={consequence} />
        : <p class="small soft">&nbsp;</p>}
    </div>
  );
}

/** What runs, or why it is not WebGPU that runs. */
function EngineLine({ engine, consequence }: { engine: EngineReply; consequence?: string }) {
  return (
    <>
      <p class="small soft player-engine">Runs on {engine.description}</p>
      {engine.fallbackReason && (
        <p class="small notice notice--warn">{explainFallback(engine, consequence)}</p>
      )}
    </>
  );
}

/** What the model is, unfolded on request. */
export function ModelDetails({ manifest }: { manifest: Manifest }) {
  return (
    <details class="player-model">
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
