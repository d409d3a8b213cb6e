// One exported model as a printed card: what it does, what it learnt from, how large it is.

import type { Manifest } from "../../models/manifest.ts";
import { formatBytes, formatCount, formatDuration, formatName } from "./format.ts";
import type { ShelvedModel } from "./shelf.ts";

/** A card of the models page. */
export function ModelCard({ model }: { model: ShelvedModel }) {
  const { manifest, sampleUrl } = model;
  const { training, weights, trainedSize: [height, width] } = manifest;
  return (
    <article class="card card--framed model" aria-labelledby={`model-${manifest.id}`}>
      {sampleUrl && (
        <img
          class="model__sample"
          src={sampleUrl}
          alt={manifest.family === "poster"
            ? `Posters that ${manifest.name} drew`
            : `Test pictures and what ${manifest.name} makes of them`}
          loading="lazy"
        />
      )}
      <div class="model__text stack">
        <h2 id={`model-${manifest.id}`}>{manifest.name}</h2>
        <p class="row">
          {abilitiesOf(manifest).map((ability) => <span key={ability} class="tag">{ability}</span>)}
        </p>
        <p>{manifest.card}</p>
        <dl class="facts">
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
          {Object.entries(training.metrics).map(([name, value]) => (
            <>
              <dt>{formatName(name)}</dt>
              <dd>{Number(value.toPrecision(4))}</dd>
            </>
          ))}
          <dt>Size</dt>
          <dd>
            {formatBytes(weights.bytes)}, {formatCount(manifest.parameters)} parameters,{" "}
            {manifest.dtype}
          </dd>
          <dt>Licence</dt>
          <dd>{manifest.license}</dd>
          <dt>SHA-256</dt>
          <dd>
            <code class="hash">{weights.sha256.slice(0, 16)}…</code>
          </dd>
        </dl>
      </div>
    </article>
  );
}

/** What the model can be asked for, in a few words each. */
function abilitiesOf(manifest: Manifest): string[] {
  if (manifest.family === "cyclegan") {
    return manifest.directions.map(({ from, to }) => `${from} to ${to}`);
  }
  return manifest.genres.length > 0 ? manifest.genres : ["any genre"];
}
