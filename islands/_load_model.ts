// Starts an engine and loads a model onto it, with each thing that can go wrong told apart.

import { type Device, DeviceUnavailableError, startDevice } from "../gpu/device.ts";
import { type Generator, loadGenerator, ModelFileError } from "../models/generator.ts";
import { fetchWeights, forgetWeights, MissingFileError, storeWeights } from "./_model_store.ts";
import type { EngineChoice, LoadFailureCode, StyleModel } from "./_protocol.ts";

/** The engine or the model could not be had; the message is for the visitor. */
export class LoadError extends Error {
  constructor(readonly code: LoadFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LoadError";
  }
}

/** A running engine. */
export interface Engine {
  device: Device;
  /** Why the automatic choice is not WebGPU; empty otherwise. */
  fallbackReason: string;
}

/**
 * The engine asked for; `auto` takes WebGPU if it starts and computes rightly, else the CPU, and keeps the reason.
 *
 * @throws {LoadError} `engine` if the named one is missing here, `start` if it fails otherwise
 */
export async function startEngine(choice: EngineChoice): Promise<Engine> {
  try {
    if (choice !== "auto") return { device: await startDevice(choice), fallbackReason: "" };
    try {
      return { device: await startDevice("webgpu"), fallbackReason: "" };
    } catch (error) {
      return { device: await startDevice("cpu"), fallbackReason: reasonOf(error) };
    }
  } catch (cause) {
    const code = cause instanceof DeviceUnavailableError ? "engine" : "start";
    throw new LoadError(code, reasonOf(cause), { cause });
  }
}

/**
 * The model, verified, on the engine that runs. Verified weights from the network are kept for the next visit; kept
 * ones that turn out corrupt are forgotten and fetched again.
 *
 * @param engine resolves when the engine runs; the download does not wait for it
 * @throws {LoadError} `network`, `missing` or `corrupt`; whatever `engine` rejects with
 */
export async function loadModel(
  model: StyleModel,
  engine: Promise<Engine>,
  options: { refresh: boolean; onProgress: (receivedBytes: number) => void },
): Promise<{ generator: Generator; fromCache: boolean }> {
  const { bytes: expectedBytes, sha256 } = model.manifest.weights;
  const file = { url: model.weightsUrl, bytes: expectedBytes, sha256 };
  try {
    const [{ bytes, fromCache }] = await Promise.all([
      fetchWeights(file, options.refresh, options.onProgress),
      engine,
    ]);
    try {
      const generator = await loadGenerator(model.manifest, bytes);
      if (!fromCache) await storeWeights(sha256, bytes);
      return { generator, fromCache };
    } catch (error) {
      if (!(error instanceof ModelFileError) || !fromCache) throw error;
      await forgetWeights(sha256);
      return await loadModel(model, engine, { ...options, refresh: true });
    }
  } catch (error) {
    throw toLoadError(error);
  }
}

function toLoadError(error: unknown): unknown {
  if (error instanceof ModelFileError) {
    return new LoadError("corrupt", error.message, { cause: error });
  }
  if (error instanceof MissingFileError) {
    return new LoadError("missing", error.message, { cause: error });
  }
  // `fetch` and the body's reader reject with a TypeError when the network fails.
  if (error instanceof TypeError) return new LoadError("network", error.message, { cause: error });
  return error;
}

function reasonOf(error: unknown): string {
  if (error instanceof DeviceUnavailableError) return error.reason;
  return error instanceof Error ? error.message : String(error);
}
