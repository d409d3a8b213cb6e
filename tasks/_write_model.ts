// Writes a model's folder: the weights, and the manifest that speaks of them.

import { join } from "node:path";
import * as v from "valibot";
import { encodeSafetensors, type StoredTensor, storeFloats } from "../gpu/safetensors.ts";
import { type Manifest, modelIdSchema, parseManifest } from "../models/manifest.ts";
import type { LoadedTensor } from "../models/train_state.ts";
import { sha256Hex } from "../models/weights_file.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { TaskError, UsageError } from "./_cli.ts";
import { MODELS_DIR } from "./_model_files.ts";

/** Numbers from here on round to infinity as float16 (IEEE 754). */
const HALF_LIMIT = 65520;

/**
 * The folder of a new model, by the flags of the command that makes it.
 *
 * @param task the command, for messages
 * @throws {UsageError} if the id is none
 * @throws {TaskError} if there is a model of that id and `force` was not given
 */
export async function claimModelFolder(
  task: "export" | "import",
  id: string,
  { out = MODELS_DIR, force }: { out?: string; force?: string },
): Promise<string> {
  if (!v.is(modelIdSchema, id)) {
    throw new UsageError(`--id is "${id}", expected lower-case letters, digits and single hyphens`);
  }
  const folder = join(out, id);
  if (!force && await Deno.stat(folder).catch(() => undefined)) {
    throw new TaskError(`Cannot ${task} to ${folder}: it exists; give --force to replace it`);
  }
  return folder;
}

/**
 * Writes weights and manifest.
 *
 * @param tensors the weights by their dotted paths
 * @param facts what the manifest says that does not follow from the weights
 * @returns what was written, in a line
 * @throws {TaskError} if a value is not finite, or the disk refuses
 * @throws {SyntaxError} if a fact is not as the manifest's schema wants it
 */
export async function writeModel(
  folder: string,
  { tensors, dtype, facts }: {
    tensors: ReadonlyMap<string, LoadedTensor>;
    dtype: Manifest["dtype"];
    facts: Record<string, unknown>;
  },
): Promise<string> {
  const { weights, parameters } = encodeWeights(tensors, dtype);
  const manifest = parseManifest({
    formatVersion: 1,
    ...facts,
    valueRange: [-1, 1],
    dtype,
    weights: {
      file: "weights.safetensors",
      bytes: weights.length,
      sha256: await sha256Hex(weights),
    },
    parameters,
    exportedAt: new Date().toISOString(),
  });
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(join(folder, "weights.safetensors"), weights);
  // The manifest comes last: a reader that finds it finds the weights that it speaks of.
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  await writeAtomically(join(folder, "manifest.json"), json);
  const megabytes = (weights.length / 1e6).toFixed(2);
  return `${folder}: ${parameters} parameters, ${megabytes} MB as ${dtype}`;
}

function encodeWeights(
  tensors: ReadonlyMap<string, LoadedTensor>,
  dtype: Manifest["dtype"],
): { weights: Uint8Array<ArrayBuffer>; parameters: number } {
  let parameters = 0;
  const stored = new Map<string, StoredTensor>();
  for (const [path, { shape, values }] of tensors) {
    assertStorable(path, values, dtype);
    stored.set(path, storeFloats(values, shape, dtype === "f16" ? "F16" : "F32"));
    parameters += values.length;
  }
  return { weights: encodeSafetensors(stored), parameters };
}

/** @throws {TaskError} naming the path and the value, if one is not finite or would not be as f16 */
export function assertStorable(path: string, values: Float32Array, dtype: Manifest["dtype"]): void {
  const limit = dtype === "f16" ? HALF_LIMIT : Infinity;
  const wrong = values.find((value) => !(Math.abs(value) < limit));
  if (wrong === undefined) return;
  const why = Number.isFinite(wrong) ? "which f16 cannot hold; give --dtype f32" : "not finite";
  throw new TaskError(`Cannot write weights: "${path}" has the value ${wrong}, ${why}`);
}
