// Starts an engine and loads a model onto it, with each thing that can go wrong told apart.

import { type Device, DeviceUnavailableError, startDevice } from "../gpu/device.ts";
import { ModelFileError } from "../models/weights_file.ts";
import { fetchWeights, forgetWeights, MissingFileError, storeWeights } from "./_model_store.ts";
import type { EngineChoice, LoadFailureCode, PageModel } from "./_protocol.ts";

/** The engine or the model could not be had; the message is for the visitor. */
export class LoadError extends Error {
  constructor(readonly code: LoadFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LoadError";
  }
}

/**
 * The engine asked for; `auto` takes WebGPU if it starts and computes rightly on a real GPU, else the CPU.
 *
 * @throws {LoadError} `engine` if the named one is missing here, `start` if it fails otherwise
 */
export async function startEngine(choice: EngineChoice): Promise<Device> {
  if (choice === "cpu") return await startProcessor();
  // The backend's 70 kB are not worth fetching only to learn that.
  if (choice === "auto" && !("gpu" in navigator)) {
    return await startProcessor("this browser has none");
  }
  try {
    return await startDevice(choice, { drawsOnly: true });
  } catch (cause) {
    // Also for drivers that break in a way that nobody foresaw.
    if (choice === "auto") return await startProcessor(reasonOf(cause));
    const code = cause instanceof DeviceUnavailableError ? "engine" : "start";
    throw new LoadError(code, reasonOf(cause), { cause });
  }
}

/** The SIMD engine, or plain JavaScript in browsers that are too old for it. */
async function startProcessor(passedOver = ""): Promise<Device> {
  const start = (name: "simd" | "cpu") => startDevice(name);
  try {
    return { ...await start("simd").catch(() => start("cpu")), passedOver };
  } catch (cause) {
    throw new LoadError("start", reasonOf(cause), { cause });
  }
}

/**
 * The model, verified, on the engine that runs. Verified weights from the network are kept for the next visit; kept
 * ones that turn out corrupt are forgotten and fetched again.
 *
 * @param engine resolves when the engine runs; the download does not wait for it
 * @param loadGenerator checks the weights file and puts it on that engine
 * @throws {LoadError} `network`, `missing` or `corrupt`; whatever `engine` rejects with
 */
export async function loadModel<Model extends PageModel, Loaded>(
  model: Model,
  engine: Promise<Device>,
  loadGenerator: (
    manifest: Model["manifest"],
    weights: Uint8Array<ArrayBuffer>,
  ) => Promise<Loaded>,
  options: { refresh: boolean; onProgress: (receivedBytes: number) => void },
): Promise<Loaded> {
  const { bytes: expectedBytes, sha256 } = model.manifest.weights;
  const file = { url: model.weightsUrl, bytes: expectedBytes, sha256 };
  try {
    const [{ bytes, fromCache }] = await Promise.all([
      fetchWeights(file, options.refresh, options.onProgress).catch(throwFetchError),
      engine,
    ]);
    try {
      const generator = await loadGenerator(model.manifest, bytes);
      if (!fromCache) await storeWeights(sha256, bytes);
      return generator;
    } catch (error) {
      if (!(error instanceof ModelFileError) || !fromCache) throw error;
      await forgetWeights(sha256);
      return await loadModel(model, engine, loadGenerator, { ...options, refresh: true });
    }
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    throw new LoadError("corrupt", error.message, { cause: error });
  }
}

function throwFetchError(cause: unknown): never {
  const code = cause instanceof MissingFileError ? "missing" : "network";
  throw new LoadError(code, reasonOf(cause), { cause });
}

function reasonOf(error: unknown): string {
  if (error instanceof DeviceUnavailableError) return error.reason;
  return error instanceof Error ? error.message : String(error);
}
