// Starts the device that all numbers run on, proves by known answers that it computes, and says what it is.

import * as tf from "./tf.ts";

/** The devices there are. */
export type DeviceName = "webgpu" | "simd" | "cpu";

/** What a user may ask for: a device by name, or the best one that works here. */
export type DeviceChoice = "auto" | DeviceName;

/** A started device. One runs at a time: starting another makes that one current. */
export interface Device {
  readonly name: DeviceName;
  /** One line for people, such as `WebGPU: llvmpipe (LLVM 15.0.6)`. */
  readonly description: string;
  /** The limits that bound a model's size, in bytes or counts; empty for `cpu`. */
  readonly limits: Readonly<Record<string, number>>;
  /** The kernels of our own that fail their test on this GPU and so are not used, each with what is wrong; tfjs's take their place. */
  readonly refusedKernels: Readonly<Record<string, string>>;
  /** A GPU adapter that a processor plays: right numbers, slower than the SIMD engine. */
  readonly isSoftware: boolean;
  /** Why `auto` did not take WebGPU, or what it tried next; empty if it did, or if the device was asked for by name. */
  readonly passedOver: string;
  /** Resolves with the reason if the device is lost: a GPU, or a thread of `simd`; never for `cpu`. */
  readonly lost: Promise<string>;
  /** The largest relative error of the start-up self-test. */
  readonly selfTestError: number;
  /** Frees the device and everything on it. */
  dispose(): void;
}

/** What a device module gives back: a device whose self-test has not run yet. */
export type StartedDevice = Omit<Device, "selfTestError" | "passedOver">;

/** The asked-for device cannot be used here. */
export class DeviceUnavailableError extends Error {
  /** @param reason what is missing and, if known, how to get it */
  constructor(readonly device: DeviceName, readonly reason: string) {
    super(`Cannot start device "${device}": ${reason}`);
    this.name = "DeviceUnavailableError";
  }
}

/** The self-test passes below this relative error; float32 sums of some tens of terms stay below 1e-5. */
const SELF_TEST_LIMIT = 1e-4;

/** How a device is started. */
export interface StartOptions {
  /** Threads of the device `simd`: all cores if not given. Results do not depend on it. */
  threads?: number;
  /** Nothing is going to be trained: `webgpu` then starts sooner, without its kernels for that. */
  drawsOnly?: boolean;
}

/** What `auto` takes where there is no real GPU, in this order. */
const FALLBACKS: readonly DeviceName[] = ["simd", "cpu"];

/**
 * Starts a device and makes it current. `auto` takes `webgpu` if there is a real GPU that computes rightly, else `simd`, and
 * `cpu` only where not even that starts.
 *
 * @throws {DeviceUnavailableError} if the named device, or the last fallback, is missing or fails its self-test
 */
export async function startDevice(
  choice: DeviceChoice,
  options: StartOptions = {},
): Promise<Device> {
  if (choice !== "auto") return await startNamed(choice, options);
  const gpu = await tryWebGpu(options);
  if (typeof gpu !== "string") return gpu;
  return await startFirst(FALLBACKS, [gpu], options);
}

/** WebGPU on a real GPU, or the reason why not. */
async function tryWebGpu(options: StartOptions): Promise<Device | string> {
  try {
    return await startNamed("webgpu", { ...options, realGpuOnly: true });
  } catch (error) {
    if (!(error instanceof DeviceUnavailableError)) throw error;
    return error.reason;
  }
}

/** The first device that starts; `reasons` say what was passed over before. */
async function startFirst(
  [name, ...others]: readonly DeviceName[],
  reasons: readonly string[],
  options: StartOptions,
): Promise<Device> {
  try {
    return { ...await startNamed(name, options), passedOver: reasons.join("; ") };
  } catch (error) {
    if (!(error instanceof DeviceUnavailableError) || others.length === 0) throw error;
    return await startFirst(others, [...reasons, `${name}: ${error.reason}`], options);
  }
}

/** What a device module is told. */
export interface ModuleOptions extends StartOptions {
  /** A GPU adapter that a processor plays is refused. */
  realGpuOnly?: boolean;
}

async function startNamed(name: DeviceName, options: ModuleOptions): Promise<Device> {
  const started = await startModule(name, options);
  const refuse = (reason: string): never => {
    started.dispose();
    throw new DeviceUnavailableError(name, reason);
  };
  const selfTestError = await runSelfTest().catch((error) =>
    refuse(`its self-test broke: ${error}`)
  );
  if (!(selfTestError <= SELF_TEST_LIMIT)) {
    refuse(
      `it computes wrong numbers: self-test error is ${selfTestError}, expected at most ${SELF_TEST_LIMIT}`,
    );
  }
  return { ...started, selfTestError, passedOver: "" };
}

/** What is alive on the current device: tensors, and bytes held on the GPU, in use or kept for reuse (0 on the CPU). */
export function measureMemory(): { tensors: number; gpuBytes: number } {
  const memory = tf.memory();
  const gpuBytes = "numBytesAllocatedInGPU" in memory ? Number(memory.numBytesAllocatedInGPU) : 0;
  return { tensors: memory.numTensors, gpuBytes };
}

/** Dynamic imports, so that a visitor loads only the backend that runs. */
async function startModule(name: DeviceName, options: ModuleOptions): Promise<StartedDevice> {
  switch (name) {
    case "webgpu":
      return await (await import("./webgpu/start.ts")).startWebGpu(options);
    case "cpu":
      return await (await import("./cpu/start.ts")).startCpu();
    case "simd":
      return await (await import("./simd/start.ts")).startSimd(options.threads);
  }
}

/**
 * The largest relative error of a small convolution, its transpose, a mean and a tanh against plain loops in 64 bits,
 * on odd sizes (batch 2, 5 x 7 pixels, 3 to 5 channels).
 */
export async function runSelfTest(): Promise<number> {
  const image = ramp(2 * 5 * 7 * 3, 0.37), kernel = ramp(3 * 3 * 3 * 5, 0.71);
  const output = tf.tidy(() => {
    const x = tf.tensor4d(image, [2, 5, 7, 3]), filter = tf.tensor4d(kernel, [3, 3, 3, 5]);
    const convolved = tf.conv2d(x, filter, 2, 1);
    const back = tf.conv2dTranspose(convolved, filter, [2, 5, 7, 3], 2, 1);
    return tf.concat1d([
      tf.reshape(convolved, [-1]),
      tf.reshape(back, [-1]),
      tf.reshape(tf.mean(x, [1, 2]), [-1]),
      tf.reshape(tf.tanh(x), [-1]),
    ]);
  });
  const found = await output.data();
  output.dispose();
  return relativeError(found, expectedSelfTest(image, kernel));
}

/** A deterministic, sign-changing series in [-1, 1]. */
function ramp(count: number, frequency: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(1 + i * frequency));
}

function expectedSelfTest(image: Float32Array, kernel: Float32Array): number[] {
  const convolved = new Array<number>(2 * 3 * 4 * 5).fill(0),
    back = new Array(image.length).fill(0);
  const means = new Array<number>(2 * 3).fill(0);
  forEachProduct((out, at, tap) => convolved[out] += image[at] * kernel[tap]);
  forEachProduct((out, at, tap) => back[at] += convolved[out] * kernel[tap]);
  image.forEach((value, i) => means[Math.floor(i / 105) * 3 + (i % 3)] += value / 35);
  return [...convolved, ...back, ...means, ...image.values().map(Math.tanh)];
}

/** Every (output, input, weight) triple of a 3x3 convolution, stride 2, pad 1, of [2, 5, 7, 3] to [2, 3, 4, 5]. */
function forEachProduct(visit: (out: number, at: number, tap: number) => void): void {
  for (let out = 0; out < 2 * 3 * 4 * 5; out++) {
    const cout = out % 5, outX = Math.floor(out / 5) % 4, outY = Math.floor(out / 20) % 3;
    const n = Math.floor(out / 60);
    for (let tap = 0; tap < 27; tap++) {
      const y = outY * 2 - 1 + Math.floor(tap / 9), x = outX * 2 - 1 + Math.floor(tap / 3) % 3;
      if (y < 0 || y >= 5 || x < 0 || x >= 7) continue;
      visit(out, ((n * 5 + y) * 7 + x) * 3 + (tap % 3), tap * 5 + cout);
    }
  }
}

function relativeError(found: ArrayLike<number>, expected: number[]): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // NaN must win: Math.max gives NaN as soon as one difference is NaN.
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(found[i] - value)), 0) /
    scale;
}
