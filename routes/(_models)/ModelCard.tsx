// One exported model as a printed card: what it does, what it learnt from, how good it is and where it fails.

import type { Manifest } from "../../models/manifest.ts";
import { EvaluationTable } from "./EvaluationTable.tsx";
import { formatBytes, formatCount, formatDuration, formatName } from "./format.ts";
import type { ShelvedModel } from "./shelf.ts";
import { TRAINING_MEASURES } from "./training_measures.ts";

/** A card of the models page. */
export function ModelCard({ model }: { model: ShelvedModel }) {
  const { manifest, sample } = model;
  const { evaluation, limits } = manifest;
  return (
    <article class="card card--framed model" aria-labelledby={`model-${manifest.id}`}>
      <header class="model__head stack">
        <p class="label soft">{kindOf(manifest)}</p>
        <h2 id={`model-${manifest.id}`}>{manifest.name}</h2>
        <p>{manifest.card}</p>
        <p>
          <a class="button button--primary" href={placeOf(manifest)}>
            Try it<span class="visually-hidden">: {manifest.name}</span>
          </a>
        </p>
      </header>
      <div class="model__more stack">
        {limits && (
          <section class="stack">
            <h3>Where it fails</h3>
            <p>{limits}</p>
          </section>
        )}
        {evaluation && (
          <section class="stack">
            <h3>How good it is</h3>
            <EvaluationTable evaluation={evaluation} name={manifest.name} />
          </section>
        )}
        <section class="stack">
          <h3>Where it comes from</h3>
          <Facts manifest={manifest} />
        </section>
      </div>
      {sample && (
        <figure class="model__sample">
          <a href={sample.url}>
            <img
              src={sample.url}
              width={sample.width}
              height={sample.height}
              alt={manifest.family === "poster"
                ? `Posters that ${manifest.name} drew`
                : `Test pictures and what ${manifest.name} makes of them`}
              loading="lazy"
            />
          </a>
          <figcaption class="small soft">{captionOf(manifest)}</figcaption>
        </figure>
      )}
    </article>
  );
}

function Facts({ manifest }: { manifest: Manifest }) {
  const { training, weights, trainedSize: [height, width] } = manifest;
  return (
    <>
      <dl class="facts">
        {manifest.family === "poster" && (
          <>
            <dt>Genres</dt>
            <dd>{manifest.genres.join(", ") || "none"}</dd>
          </>
        )}
        <dt>Learnt from</dt>
        <dd>{training.dataset}</dd>
        <dt>Trained at</dt>
        <dd>{width} × {height} pixels</dd>
        {/* How imported weights were trained is not known. */}
        {training.imagesSeen > 0 && (
          <>
            <dt>Images seen</dt>
            <dd>{formatCount(training.imagesSeen)}</dd>
            <dt>Training time</dt>
            <dd>{formatDuration(training.seconds)} on {training.device}</dd>
          </>
        )}
        <dt>Size</dt>
        <dd>
          {formatBytes(weights.bytes)}, {formatCount(manifest.parameters)} parameters,{" "}
          {manifest.dtype}
        </dd>
        <dt>Licence</dt>
        <dd>{manifest.license}</dd>
        <dt>Revision</dt>
        <dd>
          {training.revision}, seed {training.seed}
        </dd>
        <dt>SHA-256</dt>
        <dd>
          <code class="hash">{weights.sha256.slice(0, 16)}…</code>
        </dd>
      </dl>
      <TrainingMeasures metrics={training.metrics} />
    </>
  );
}

function TrainingMeasures({ metrics }: { metrics: Manifest["training"]["metrics"] }) {
  const entries = Object.entries(metrics);
  if (entries.length === 0) return null;
  return (
    <details class="model__details">
      <summary>At the end of training</summary>
      <dl class="definitions">
        {entries.map(([name, value]) => (
          <>
            <dt>
              {formatName(name)} <b>{Number(value.toPrecision(4))}</b>
            </dt>
            {TRAINING_MEASURES[name] && <dd>{TRAINING_MEASURES[name]}</dd>}
          </>
        ))}
      </dl>
    </details>
  );
}

function kindOf(manifest: Manifest): string {
  if (manifest.family === "cyclegan") {
    const [{ from, to }, back] = manifest.directions;
    return `Style: ${from} to ${to}${back ? ", and back" : ""}`;
  }
  const { length } = manifest.genres;
  return length > 0 ? `Posters of ${length} genres` : "Posters of any genre";
}

/** Where the model can be tried. */
function placeOf({ family, id }: Manifest): string {
  return family === "cyclegan" ? `/style?model=${id}` : `/posters#model=${id}`;
}

function captionOf(manifest: Manifest): string {
  return manifest.family === "cyclegan"
    ? "Test pictures: as they are, redrawn, redrawn back, redrawn as their own film and, in the last column where there is one, the true answer."
    : "Samples at the end of training.";
}
