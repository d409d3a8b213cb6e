// The metrics that a comparison can measure, as they are named on the command line.

import { UsageError } from "./_cli.ts";

/** Their names, in the order of the report. */
export const POSTER_METRICS = [
  "kid",
  "fid",
  "swd",
  "prdc",
  "genres",
  "genre-kid",
  "cas",
  "diversity",
  "memorisation",
] as const;

/** One of them. */
export type PosterMetric = typeof POSTER_METRICS[number];

/** What is measured if nothing is asked for: all but what trains a classifier for each generator. */
const USUAL: readonly PosterMetric[] = POSTER_METRICS.filter((metric) => metric !== "cas");

/** The flag `--metrics` of posters. */
export const posterMetricsFlag = {
  value: "LIST",
  default: "all but cas",
  help: `all, or some of ${POSTER_METRICS.join(",")}`,
};

/** What they are, for a command's notes. */
export const POSTER_METRICS_NOTES = [
  "Metrics, on features of the judge (but for swd): kid, fid  distances to the held-out posters;",
  "swd  distance of details; prdc  precision, recall, density, coverage; genres  whether the judge",
  "sees the genres that were asked for; genre-kid  kid within each genre; cas  how well a classifier",
  "trained on the samples alone knows real posters (trains one for each generator, some minutes);",
  "diversity; memorisation  whether samples are nearer to training posters than held-out ones are.",
].join("\n");

/** The metrics that a list names. @throws {UsageError} naming the word that is none */
export function parseMetrics<Name extends string>(
  text: string,
  known: readonly Name[],
): ReadonlySet<Name> {
  if (text === "all") return new Set(known);
  const words = text.split(",").map((word) => word.trim());
  return new Set(words.map((word) => {
    const metric = known.find((name) => name === word);
    if (metric !== undefined) return metric;
    throw new UsageError(`--metrics has "${word}", expected all, or some of ${known.join(",")}`);
  }));
}

/** The metrics of posters that were asked for. @throws {UsageError} naming the word that is none */
export function parsePosterMetrics(text: string | undefined): ReadonlySet<PosterMetric> {
  return text === undefined ? new Set(USUAL) : parseMetrics(text, POSTER_METRICS);
}
