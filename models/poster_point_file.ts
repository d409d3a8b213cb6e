// A poster as a file: its latent vector or styles and its genres by name, which the page and the tasks draw again.

import * as v from "valibot";
import type { GeneratorConfig } from "./poster/config.ts";
import type { PosterGenerator } from "./poster_generator.ts";
import type { PosterPoint } from "./poster_point.ts";

const numbers = v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1), v.maxLength(1024));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** The schema of the file; unknown keys are errors. */
const pointFileSchema = v.pipe(
  v.strictObject({
    formatVersion: v.literal(1),
    kind: v.literal("poster-point"),
    /** Name of the generator that it is a point of, for people. */
    model: v.string(),
    architecture: v.picklist(["dcgan", "r3gan", "stylegan2"] satisfies Architecture[]),
    /** Weight of each genre that has any, by name. */
    genres: v.record(v.string(), share),
    /** The latent vector: one of the two must be there. */
    latent: v.optional(numbers),
    /** A row for each layer, the smallest grid's first. */
    styles: v.optional(v.pipe(v.array(numbers), v.minLength(1), v.maxLength(32))),
    /** How far the poster is from the picture that it was found for, and how far the first guess was. */
    distances: v.optional(v.record(v.string(), v.record(v.string(), v.number()))),
  }),
  v.check(
    ({ latent, styles }) => (latent === undefined) !== (styles === undefined),
    "expected either latent or styles",
  ),
);

type Architecture = GeneratorConfig["architecture"];

/** A poster in a file. */
export type PointFile = v.InferOutput<typeof pointFileSchema>;

/** The generator whose points are written or read. */
export interface PointOwner {
  generator: Pick<PosterGenerator, "config" | "styles">;
  /** Names of its genres. */
  genres: readonly string[];
}

/** The file of a point. @param weights of the genres; those of 0 are left out */
export function formatPoint(
  point: PosterPoint,
  { generator, genres }: PointOwner,
  { model, weights, distances }: Pick<PointFile, "model" | "distances"> & {
    weights: ArrayLike<number>;
  },
): PointFile {
  const named = genres.flatMap((name, i): [string, number][] =>
    weights[i] > 0 ? [[name, weights[i]]] : []
  );
  return {
    ...{ formatVersion: 1, kind: "poster-point", model },
    architecture: generator.config.architecture,
    genres: Object.fromEntries(named),
    ...(point.kind === "request"
      ? { latent: Array.from(point.request.latent) }
      : { styles: rowsOf(point.styles, generator.styles?.length ?? point.styles.length) }),
    ...(distances && { distances }),
  };
}

/**
 * The point in a file's parsed JSON.
 *
 * @throws {SyntaxError} naming the first wrong key
 * @throws {RangeError} if it is another architecture's point, not as long as this generator's, or of genres that it does not know
 */
export function parsePoint(json: unknown, owner: PointOwner): PosterPoint {
  const { success, output, issues } = v.safeParse(pointFileSchema, json);
  if (!success) {
    const [issue] = issues, key = v.getDotPath(issue) ?? "(top)";
    throw new SyntaxError(`Cannot read the poster's file: "${key}": ${issue.message}`);
  }
  const { config, styles } = owner.generator;
  if (output.architecture !== config.architecture) {
    refuse(`it is of ${output.architecture}`, `this generator is ${config.architecture}`);
  }
  if (output.latent) {
    assertLength("latent", output.latent.length, config.latent);
    const genres = weightsOf(output.genres, owner.genres);
    return { kind: "request", request: { latent: Float32Array.from(output.latent), genres } };
  }
  const rows = output.styles ?? [];
  assertLength("styles", rows.length, styles?.layers ?? 0);
  rows.forEach((row, i) => assertLength(`styles.${i}`, row.length, styles?.length ?? 0));
  return { kind: "styles", styles: Float32Array.from(rows.flat()) };
}

function weightsOf(named: Readonly<Record<string, number>>, genres: readonly string[]): number[] {
  const unknown = Object.keys(named).find((name) => !genres.includes(name));
  if (unknown !== undefined) {
    refuse(
      `its genre "${unknown}" is unknown`,
      `this generator has ${genres.join(", ") || "none"}`,
    );
  }
  return genres.map((name) => named[name] ?? 0);
}

function assertLength(what: string, found: number, expected: number): void {
  if (found !== expected) {
    refuse(`${what} has ${found} numbers`, `this generator takes ${expected}`);
  }
}

function refuse(found: string, expected: string): never {
  throw new RangeError(`Cannot draw the poster's file: ${found}, and ${expected}`);
}

function rowsOf(values: Float32Array, length: number): number[][] {
  return Array.from(
    { length: values.length / length },
    (_, i) => Array.from(values.subarray(i * length, (i + 1) * length)),
  );
}
