// The manifest of an exported generator: what the file is, how to run it, where it comes from. Read by server, page and tasks.

import * as v from "valibot";
import { generatorSchema as cycleGanSchema, SIZE_MULTIPLE } from "./cyclegan/config.ts";
import {
  generatorSchema as posterSchema,
  genreNamesSchema,
  pictureSize,
  POSTER_MODELS,
} from "./poster/config.ts";
import { whole } from "./whole_number.ts";

const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));

/** A model's id: its folder under static/models/ and its name in URLs and commands. */
export const modelIdSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case letters, digits and single hyphens"),
  v.maxLength(64),
);

const directionSchema = v.strictObject({
  id: v.picklist(["AtoB", "BtoA"]),
  /** Human names of the film that goes in and of the film whose style comes out. */
  from: text(80),
  to: text(80),
});

const trainingSchema = v.strictObject({
  /** What it was trained on, in words. */
  dataset: text(200),
  datasetHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")),
  imagesSeen: whole(0),
  seed: whole(0),
  /** Version of the code that trained it. */
  revision: text(80),
  device: text(200),
  /** Wall time spent training. */
  seconds: v.pipe(v.number(), v.minValue(0)),
  metrics: v.record(v.string(), v.number()),
});

/** One measure of how good a model is. */
const measureSchema = v.strictObject({
  /** Such as `PSNR`. */
  name: text(80),
  /** Such as `dB`; absent for a plain number. */
  unit: v.optional(text(20)),
  /** What is better: more of it, less of it, or what real pictures have. */
  better: v.picklist(["higher", "lower", "as real"]),
  /** How it is measured, in words. */
  definition: text(1000),
  figures: v.pipe(
    v.array(v.strictObject({
      /** What of the model was measured; absent if all of it. */
      of: v.optional(text(200)),
      model: v.number(),
      /** The same of what it is to be read against. */
      beside: v.array(v.strictObject({ name: text(80), value: v.number() })),
    })),
    v.minLength(1),
    v.maxLength(16),
  ),
});

const evaluationSchema = v.strictObject({
  /** What it was measured on, in words. */
  data: text(600),
  measures: v.pipe(v.array(measureSchema), v.minLength(1), v.maxLength(32)),
});

/** What the manifests of all families say. */
const common = {
  formatVersion: v.literal(1),
  id: modelIdSchema,
  name: text(80),
  /** Height and width of the training images, in pixels. */
  trainedSize: v.strictTuple([whole(1, 16384), whole(1, 16384)]),
  /** Range of pixel values in and out. */
  valueRange: v.strictTuple([v.literal(-1), v.literal(1)]),
  dtype: v.picklist(["f16", "f32"]),
  weights: v.strictObject({
    file: v.literal("weights.safetensors"),
    bytes: whole(0, 512 * 2 ** 20),
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")),
  }),
  /** Number of scalars in the weights. */
  parameters: whole(0),
  training: trainingSchema,
  license: text(200),
  /** The model card: plain text for people. */
  card: text(4000),
  /** Where it fails: plain text for people. */
  limits: v.optional(text(2000)),
  /** A sheet of pictures that it made, beside the manifest; sides in pixels. */
  sample: v.optional(v.strictObject({
    file: v.literal("sample.webp"),
    width: whole(1, 16384),
    height: whole(1, 16384),
  })),
  /** How good it is on pictures that it was not trained on. */
  evaluation: v.optional(evaluationSchema),
  exportedAt: v.pipe(v.string(), v.isoTimestamp()),
};

const styleManifestSchema = v.strictObject({
  ...common,
  family: v.literal("cyclegan"),
  config: cycleGanSchema,
  directions: v.pipe(
    v.array(directionSchema),
    v.minLength(1),
    v.check(
      (list) => new Set(list.map(({ id }) => id)).size === list.length,
      "each direction once",
    ),
  ),
  /** Image sides must be a multiple of this. */
  sizeMultiple: v.pipe(whole(SIZE_MULTIPLE, 1024), v.multipleOf(SIZE_MULTIPLE)),
});

const posterManifestSchema = v.pipe(
  v.strictObject({
    ...common,
    family: v.literal("poster"),
    /** How it was trained; what is run is told by `config`. */
    model: v.picklist(POSTER_MODELS),
    config: posterSchema,
    /** Names of the generator's genre inputs, in their order; empty if it draws without genres. */
    genres: genreNamesSchema,
  }),
  v.forward(
    v.check(
      ({ genres, config }) => genres.length === config.genres,
      "as many names as config.genres",
    ),
    ["genres"],
  ),
  v.forward(
    v.check(
      ({ trainedSize, config }) => trainedSize.join() === pictureSize(config).join(),
      "the size that config makes",
    ),
    ["trainedSize"],
  ),
);

/** The manifest's schema; unknown keys are errors. */
export const manifestSchema = v.variant("family", [styleManifestSchema, posterManifestSchema]);

/** The manifest of a pair of style generators. */
export type StyleManifest = v.InferOutput<typeof styleManifestSchema>;

/** The manifest of a poster generator. */
export type PosterManifest = v.InferOutput<typeof posterManifestSchema>;

/** A validated manifest, of whatever family. */
export type Manifest = StyleManifest | PosterManifest;

/** How good a model is, by several measures. */
export type Evaluation = v.InferOutput<typeof evaluationSchema>;

/** The direction of a style transfer. */
export type Direction = StyleManifest["directions"][number]["id"];

/**
 * Checks parsed JSON against the schema.
 *
 * @throws {SyntaxError} naming the first wrong key, what was found and what was expected
 */
export function parseManifest(json: unknown): Manifest {
  const result = v.safeParse(manifestSchema, json);
  if (result.success) return result.output;
  throw new SyntaxError(`Cannot read model manifest: ${describeIssue(result.issues[0])}`);
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const { kind, expected, received, message } = issue;
  const key = `"${v.getDotPath(issue) ?? "(top)"}"`;
  if (kind === "schema" && expected === "never") return `${key} is not a known key`;
  if (received === "undefined") return `${key} is missing`;
  // A message of the library's own says what was found and expected; ours say what was expected.
  if (kind === "validation" && message.startsWith("Invalid")) return `${key}: ${message}`;
  // A check of the whole object that is about one field says what the whole is.
  const found = kind === "validation" && issue.path
    ? v._stringify(issue.path[issue.path.length - 1].value)
    : received;
  return `${key} is ${found}, expected ${kind === "schema" ? expected : message}`;
}
