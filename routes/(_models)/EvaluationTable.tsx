// How good a model is: a table of its figures beside what they are to be read against, and what each of them means.

import type { Evaluation } from "../../models/manifest.ts";

type Measure = Evaluation["measures"][number];

const BETTER = {
  higher: "higher is better",
  lower: "lower is better",
  "as real": "as real pictures is best",
} as const;

/** The table, and the definitions below it. @param props.name the model's */
export function EvaluationTable(
  { evaluation: { data, measures }, name }: { evaluation: Evaluation; name: string },
) {
  const others = [
    ...new Set(
      measures.flatMap(({ figures }) =>
        figures.flatMap(({ beside }) => beside.map(({ name }) => name))
      ),
    ),
  ];
  return (
    <>
      <p class="small soft">{data}</p>
      <div class="scroller" tabIndex={0} role="region" aria-label={`Figures of ${name}`}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">Measure</th>
              <th scope="col">This model</th>
              {others.map((other) => <th scope="col" key={other}>{capitalise(other)}</th>)}
            </tr>
          </thead>
          <tbody>
            {measures.flatMap((measure) =>
              measure.figures.map((figure) => (
                <tr key={`${measure.name} ${figure.of}`}>
                  <th scope="row">
                    {headOf(measure, figure.of)}
                  </th>
                  <td>
                    <b>{formatFigure(figure.model)}</b>
                  </td>
                  {others.map((other) => {
                    const found = figure.beside.find(({ name }) => name === other);
                    return <td key={other}>{found ? formatFigure(found.value) : ""}</td>;
                  })}
                </tr>
              ))
            )}
          </tbody>
        </table>
      </div>
      <details class="model__details">
        <summary>What the measures mean</summary>
        <dl class="definitions">
          {measures.map(({ name, definition, better }) => (
            <>
              <dt>{name}: {BETTER[better]}</dt>
              <dd>{definition}</dd>
            </>
          ))}
        </dl>
      </details>
    </>
  );
}

function headOf({ name, unit, better }: Measure, of: string | undefined) {
  return (
    <>
      {name}
      {unit && ` (${unit})`}{" "}
      {better !== "as real" && (
        <span aria-hidden="true" class="soft">{better === "higher" ? "↑" : "↓"}</span>
      )}
      {of && <span class="soft figures__of">{of}</span>}
    </>
  );
}

/** Three digits, or as many as a whole number has. */
function formatFigure(value: number): string {
  const magnitude = Math.abs(value);
  const digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3;
  return value.toFixed(digits);
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
