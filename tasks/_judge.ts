// The judge of posters: a genre classifier trained on a data set, stored under the names of both, by which runs are compared.

import { join } from "node:path";
import * as v from "valibot";
import type { PosterSet } from "../data/posters.ts";
import { sha256 } from "../data/sha256.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  readFloats,
  type StoredTensor,
  storeFloats,
} from "../gpu/safetensors.ts";
import type { Picture } from "../gpu/picture.ts";
import * as tf from "../gpu/tf.ts";
import { assertShapes, disposeTree, treeEntries, treeFromEntries } from "../gpu/tree.ts";
import { type ClassifierParams, classifierShapes } from "../models/classifier/classifier.ts";
import { type ClassifierConfig, classifierSchema } from "../models/classifier/config.ts";
import { disposeState } from "../models/train_state.ts";
import { sha256Hex } from "../models/weights_file.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError } from "./_cli.ts";
import {
  type Judged,
  judgePictures,
  measureJudge,
  scaleFeatures,
  trainJudge,
} from "./_judge_training.ts";
import type { StatusLine } from "./_status_line.ts";

/** Where judges are stored. */
export const JUDGES = join("runs", "judges");

/** A trained judge on the device; `dispose` frees its weights. */
export interface Judge extends StoredFacts {
  path: string;
  /** SHA-256 of its file, in hex: figures of two reports compare if this is the same. */
  sha256: string;
  /** What it is, in a line for people. */
  description: string;
  /** What it says of pictures of the set's size. */
  judge(pictures: readonly Picture[]): Promise<Judged>;
  dispose(): void;
}

/** How a judge is made. */
export interface JudgeOptions {
  /** Where it is stored, and looked for first. */
  folder?: string;
  /** Pictures that it is trained on, in all. */
  images?: number;
  /** Seed of its weights and of the order of the posters. */
  seed: number;
  status: StatusLine;
}

/** The network and its training: 0.99 R-precision on drawn posters of 64x96 after a minute and a half on two cores. */
const NETWORK = { width: 24, features: 128, batch: 64 } as const;
/** Pictures that a judge is trained on, if nothing else is asked for. */
export const JUDGE_IMAGES = 60_000;
const LEARNING_RATE = 0.0015;

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const accuracySchema = v.strictObject({
  posters: v.pipe(v.number(), v.integer(), v.minValue(1)),
  rPrecision: share,
  meanAveragePrecision: share,
});

/** What is stored beside the weights. Nothing that differs between two trainings of the same judge: its hash names it. */
const factsSchema = v.strictObject({
  format: v.literal(1),
  config: classifierSchema,
  dataHash: v.string(),
  genres: v.array(v.string()),
  /** On posters that it was not trained on; a split without posters is not there. */
  accuracy: v.strictObject({ valid: v.optional(accuracySchema), test: v.optional(accuracySchema) }),
});

type StoredFacts = v.InferOutput<typeof factsSchema>;

/**
 * The judge of a set: the stored one, or one that is trained now on the current device and stored. A stored one that is damaged
 * is replaced. A stop while it trains leaves nothing behind: its file is written whole at the end.
 *
 * @throws {RangeError} if the set has no training posters
 * @throws {TaskError} if the folder cannot be written
 */
export async function openJudge(
  set: PosterSet,
  { folder = JUDGES, images = JUDGE_IMAGES, seed, status }: JudgeOptions,
): Promise<Judge> {
  const config = v.parse(classifierSchema, {
    kind: "genre-classifier",
    size: [set.size.height, set.size.width],
    genres: set.genres.length,
    ...NETWORK,
    images,
    learningRate: `${LEARNING_RATE}->0@0..${images}:cosine`,
    seed,
  });
  const name = `${set.hash.slice(0, 12)}-${(await sha256(config)).slice(0, 12)}.safetensors`;
  const path = join(folder, name);
  const stored = await readStored(path, config, set, status);
  if (stored) return stored;
  const bytes = await makeJudge(set, config, status);
  await storeJudge(path, folder, bytes);
  return await loadJudge(path, bytes, config, set);
}

/** The judge in a file, or undefined if there is none or it is no longer good. */
async function readStored(
  path: string,
  config: ClassifierConfig,
  set: PosterSet,
  status: StatusLine,
): Promise<Judge | undefined> {
  const bytes = await Deno.readFile(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  if (bytes === undefined) return undefined;
  try {
    return await loadJudge(path, bytes, config, set);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    status.note(`The judge ${path} is damaged and trained again. ${error.message}`);
  }
}

/** Trains and measures; gives the file's bytes. */
async function makeJudge(
  set: PosterSet,
  config: ClassifierConfig,
  status: StatusLine,
): Promise<Uint8Array<ArrayBuffer>> {
  const state = await trainJudge(set, config, status);
  try {
    status.end();
    const { classifier } = state.params;
    await scaleFeatures(classifier, config, set);
    const stored = new Map<string, StoredTensor>();
    for (const [path, tensor] of treeEntries(classifier)) {
      stored.set(path, storeFloats(await tensor.data<"float32">(), tensor.shape, "F32"));
    }
    const facts: StoredFacts = {
      format: 1,
      ...{ config, dataHash: set.hash, genres: [...set.genres] },
      accuracy: {
        valid: await measureJudge(classifier, config, set, "valid"),
        test: await measureJudge(classifier, config, set, "test"),
      },
    };
    return encodeSafetensors(stored, { lobbycard: JSON.stringify(facts) });
  } finally {
    disposeState(state);
  }
}

async function storeJudge(path: string, folder: string, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(folder, { recursive: true }).catch((error) => {
    throw new TaskError(`Cannot make folder ${folder}: ${error.message}`);
  });
  await writeAtomically(path, bytes);
}

/** @throws {SyntaxError | TypeError} if the file is damaged, or not the judge that was asked for */
async function loadJudge(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  config: ClassifierConfig,
  set: PosterSet,
): Promise<Judge> {
  const { facts, tensors } = decodeJudge(bytes);
  if (JSON.stringify(facts.config) !== JSON.stringify(config) || facts.dataHash !== set.hash) {
    throw new SyntaxError("Cannot read judge: it is of another data set or configuration");
  }
  const params = networkOf(tensors, config);
  const hash = await sha256Hex(bytes);
  return {
    ...facts,
    ...{ path, sha256: hash, description: describe(facts, set, hash) },
    judge: (pictures) => judgePictures(params, pictures, config),
    dispose: () => disposeTree(params),
  };
}

/**
 * The network of a judge's file, of whatever data set; the caller owns the parameters.
 *
 * @throws {TaskError} if there is no such file, it is damaged, or no judge's
 */
export async function readJudgeNetwork(
  path: string,
): Promise<{ config: ClassifierConfig; params: ClassifierParams }> {
  try {
    const { facts: { config }, tensors } = decodeJudge(await Deno.readFile(path));
    return { config, params: networkOf(tensors, config) };
  } catch (error) {
    throw new TaskError(
      `Cannot use judge ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function decodeJudge(bytes: Uint8Array<ArrayBuffer>) {
  const { tensors, metadata } = decodeSafetensors(bytes);
  return { facts: readFacts(metadata.lobbycard), tensors };
}

function networkOf(
  tensors: ReadonlyMap<string, StoredTensor>,
  config: ClassifierConfig,
): ClassifierParams {
  assertShapes(tensors, classifierShapes(config), "judge");
  return treeFromEntries<ClassifierParams>(
    [...tensors].map(([name, stored]) => [name, tf.tensor(readFloats(stored), [...stored.shape])]),
  );
}

function readFacts(text: string | undefined): StoredFacts {
  let json: unknown;
  try {
    json = JSON.parse(text ?? "");
  } catch {
    throw new SyntaxError("Cannot read judge: it has no facts in it, expected JSON");
  }
  const result = v.safeParse(factsSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new SyntaxError(`Cannot read judge: "${v.getDotPath(issue)}": ${issue.message}`);
}

function describe({ config, accuracy }: StoredFacts, set: PosterSet, hash: string): string {
  const right = (["valid", "test"] as const).flatMap((split) => {
    const found = accuracy[split];
    return found ? [`${found.rPrecision.toFixed(3)} on ${found.posters} ${split} posters`] : [];
  });
  const measured = right.length > 0 ? `R-precision ${right.join(", ")}` : "not measured";
  return `Genre classifier of ${config.features} features, trained on ${config.images} pictures of the set's ` +
    `${set.split.train.length} training posters; ${measured}; sha256 ${hash.slice(0, 12)}`;
}
