// Compares what a program is about to put on a GPU with what the GPU takes at once, before it starts: a tensor above that is zeros to
// WebGPU, without a word. Says which batch, size or tile would fit.

import * as v from "valibot";
import type { Device } from "../gpu/device.ts";
import { type GeneratorConfig, SIZE_MULTIPLE } from "../models/cyclegan/config.ts";
import { type TrainingConfig, trainingSchema } from "../models/cyclegan/training_config.ts";
import type { AnyTrainingConfig } from "./_checkpoint.ts";
import { TaskError } from "./_cli.ts";
import type { FitReply, GpuProgram, LargestTensor } from "./_gpu_fit_worker.ts";

/** What the check needs to know of a device. */
export type FitDevice = Pick<Device, "name" | "description" | "limits">;

/**
 * Does nothing on the other devices, which are bounded by their memory alone.
 *
 * @throws {TaskError} naming the largest tensor of a training step and the batch or size that fits, if it is above the device's limits
 */
export async function assertTrainingFits(
  device: FitDevice,
  config: AnyTrainingConfig,
): Promise<void> {
  if (device.name !== "webgpu") return;
  const limit = limitOf(device), largest = await findLargest(config);
  if (largest.bytes <= limit) return;
  const batch = await findFitting(batches(config), largest, limit);
  const size = batch === undefined && config.kind === "cyclegan"
    ? await findFitting(sizes(config), largest, limit)
    : undefined;
  const advice = batch
    ? `--batch ${batch.batch} fits`
    : size
    ? `--batch 1 --size ${size.size.join("x")} fits`
    : "a narrower network is needed (--width, --disc-width)";
  throw new TaskError(
    `Cannot train on ${device.description}: ${describe(largest, limit)}; ${advice}`,
  );
}

/**
 * A check of the tiles that a style generator redraws pictures in; it does nothing on the other devices, and traces no size twice.
 *
 * The check's arguments are a picture's sides and that of a tile, in pixels.
 *
 * @returns the check, which throws a TaskError naming the tile that fits
 */
export function tileCheck(
  device: FitDevice,
  config: GeneratorConfig,
): (picture: { width: number; height: number }, tile: number) => Promise<void> {
  /** The largest side that was found to fit. */
  let fitting = 0;
  return async ({ width, height }, tile) => {
    const longest = Math.ceil(Math.max(width, height) / SIZE_MULTIPLE) * SIZE_MULTIPLE;
    const side = Math.max(SMALLEST_TILE, Math.min(tile, longest));
    if (device.name !== "webgpu" || side <= fitting) return;
    const limit = limitOf(device), program = { kind: "tiled", config, tile: side } as const;
    const largest = await findLargest(program);
    if (largest.bytes <= limit) {
      fitting = side;
      return;
    }
    const smaller = await findFitting(tiles(program), largest, limit);
    const advice = smaller ? `--tile ${smaller.tile} fits` : "a narrower model is needed";
    throw new TaskError(
      `Cannot redraw on ${device.description}: ${describe(largest, limit)}; ${advice}`,
    );
  };
}

/** Smaller ones are mostly border. */
const SMALLEST_TILE = 16;

/** Bytes of the largest tensor that the device holds and lets a kernel see. */
function limitOf({ limits: { maxBufferSize, maxStorageBufferBindingSize } }: FitDevice): number {
  return Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

function describe({ kernel, shape, bytes }: LargestTensor, limit: number): string {
  const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  return `its largest tensor, [${shape}] in ${kernel}, has ${megabytes(bytes)}, ` +
    `and this device takes ${megabytes(limit)} at once`;
}

/** Gives a program that is smaller by a factor below 1, or undefined if there is none. */
type Shrink<Program> = (factor: number, than: Program | undefined) => Program | undefined;

/** The first program of falling size that fits; the sizes follow from what the last one was above the limit. */
async function findFitting<Program extends GpuProgram>(
  shrink: Shrink<Program>,
  largest: LargestTensor,
  limit: number,
): Promise<Program | undefined> {
  let found = largest, program = shrink(limit / found.bytes, undefined);
  while (program) {
    found = await findLargest(program);
    if (found.bytes <= limit) return program;
    program = shrink(limit / found.bytes, program);
  }
}

/** Smaller batches; most tensors grow with the batch. */
function batches<Config extends AnyTrainingConfig>(config: Config): Shrink<Config> {
  // A batch norm of one picture would leave nothing of it.
  const least = config.kind === "poster" ? 2 : 1;
  return (factor, { batch } = config) => {
    const smaller = Math.floor(batch * factor);
    return smaller >= least ? { ...config, batch: smaller } : undefined;
  };
}

/** Smaller pictures of the same shape, one at a time; most tensors grow with the square of a side. */
function sizes(config: TrainingConfig): Shrink<TrainingConfig> {
  return (factor, than) => {
    // The largest was found with the whole batch.
    const { size } = than ?? config, perImage = than ? factor : Math.min(1, factor * config.batch);
    const [height, width] = size.map((side) =>
      Math.floor(side * Math.sqrt(perImage) / SIZE_MULTIPLE) * SIZE_MULTIPLE
    );
    const smaller: TrainingConfig = { ...config, batch: 1, size: [height, width] };
    return v.is(trainingSchema, smaller) ? smaller : undefined;
  };
}

function tiles(program: Extract<GpuProgram, { kind: "tiled" }>): Shrink<typeof program> {
  return (factor, { tile } = program) => {
    const smaller = Math.floor(tile * Math.sqrt(factor) / SIZE_MULTIPLE) * SIZE_MULTIPLE;
    return smaller >= SMALLEST_TILE ? { ...program, tile: smaller } : undefined;
  };
}

async function findLargest(program: GpuProgram): Promise<LargestTensor> {
  const worker = new Worker(import.meta.resolve("./_gpu_fit_worker.ts"), { type: "module" });
  try {
    const reply = await new Promise<FitReply>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(program);
    });
    if ("problem" in reply) throw new Error(`The trace has failed: ${reply.problem}`);
    return reply.largest;
  } finally {
    worker.terminate();
  }
}
