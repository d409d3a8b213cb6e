// `deno task doctor`: what this machine can run, whether it computes rightly, and how fast.

import { styleText } from "node:util";
import {
  type Device,
  type DeviceName,
  DeviceUnavailableError,
  startDevice,
} from "../gpu/device.ts";
import { lossAndGradients } from "../gpu/gradients.ts";
import { randomStream } from "../gpu/random.ts";
import { nativeKernels } from "../gpu/simd/kernels/native_kernels.ts";
import * as tf from "../gpu/tf.ts";
import { toVariables } from "../gpu/tree.ts";
import { type Command, readArguments, runTask } from "./_cli.ts";

const command = {
  name: "doctor",
  summary: "Shows versions and, for each device, its limits, self-test and speed.",
  flags: {
    json: { help: "Print JSON" },
  },
  notes:
    "Speed: a 3x3 convolution of 64x64 pixels, 32 to 32 channels, median of 5; backward is both gradients.",
} satisfies Command<string>;

const DEVICES: readonly DeviceName[] = ["webgpu", "simd", "cpu"];

/** The measured convolution: pixels per side, channels in and out, kernel side; median of so many runs. */
const SIDE = 64, CHANNELS = 32, KERNEL = 3, RUNS = 5;
const FORWARD_FLOP = 2 * SIDE ** 2 * KERNEL ** 2 * CHANNELS ** 2;

type DeviceReport =
  | { device: DeviceName; available: false; reason: string }
  | {
    device: DeviceName;
    available: true;
    description: string;
    selfTestError: number;
    limits: Readonly<Record<string, number>>;
    /** Kernels of our own that the device cannot be trusted with, and why. */
    refusedKernels: Readonly<Record<string, string>>;
    forwardGflops: number;
    backwardGflops: number;
    kernels?: KernelReport;
  };

/** The kernels of the SIMD engine: those that it computes itself, and those that run on tfjs's CPU backend over the same data. */
interface KernelReport {
  native: string[];
  stock: string[];
}

if (import.meta.main) await runTask(command.name, () => examine(readArguments(command).flags));

async function examine(flags: { json?: string }): Promise<void> {
  const versions = { deno: Deno.version.deno, v8: Deno.version.v8, tfjs: tf.version_core };
  const devices: DeviceReport[] = [];
  for (const name of DEVICES) devices.push(await report(name));
  if (flags.json) return console.log(JSON.stringify({ versions, devices }, null, 2));
  console.log(`deno ${versions.deno}, V8 ${versions.v8}, tfjs ${versions.tfjs}`);
  devices.forEach((device) => console.log(`\n${describe(device)}`));
}

async function report(name: DeviceName): Promise<DeviceReport> {
  let device: Device;
  try {
    device = await startDevice(name);
  } catch (error) {
    if (!(error instanceof DeviceUnavailableError)) throw error;
    return { device: name, available: false, reason: error.reason };
  }
  const { description, selfTestError, limits, refusedKernels } = device;
  const speed = await measureConvolution();
  const kernels = name === "simd" ? { kernels: listKernels() } : {};
  device.dispose();
  return {
    device: name,
    available: true,
    description,
    selfTestError,
    limits,
    refusedKernels,
    ...speed,
    ...kernels,
  };
}

function listKernels(): KernelReport {
  const names = tf.getKernelsForBackend("simd").map(({ kernelName }) => kernelName).sort();
  const isNative = (name: string) => Object.hasOwn(nativeKernels, name);
  return { native: names.filter(isNative), stock: names.filter((name) => !isNative(name)) };
}

function describe(report: DeviceReport): string {
  const name = styleText("bold", report.device);
  if (!report.available) return `${name}  not available: ${report.reason}`;
  const lines = [
    `${name}  ${report.description}`,
    `  self-test   passed, largest relative error ${report.selfTestError.toExponential(1)}`,
    `  speed       ${report.forwardGflops.toFixed(2)} GFLOP/s forward, ${
      report.backwardGflops.toFixed(2)
    } backward`,
  ];
  for (const [kernel, reason] of Object.entries(report.refusedKernels)) {
    lines.push(`  refused     ${kernel}: ${reason}`);
  }
  for (const [limit, value] of Object.entries(report.limits)) {
    lines.push(`  limit       ${limit} ${value}`);
  }
  if (report.kernels) {
    const { native, stock } = report.kernels;
    lines.push(`  native      ${native.length} kernels: ${native.join(" ")}`);
    lines.push(`  stock       ${stock.length} kernels of tfjs's CPU backend: ${stock.join(" ")}`);
  }
  return lines.join("\n");
}

async function measureConvolution(): Promise<{ forwardGflops: number; backwardGflops: number }> {
  const random = randomStream(1, "doctor");
  const images = tf.tensor4d(random.normals(SIDE ** 2 * CHANNELS), [1, SIDE, SIDE, CHANNELS]);
  const kernel = tf.tensor4d(random.normals(KERNEL ** 2 * CHANNELS ** 2), [
    KERNEL,
    KERNEL,
    CHANNELS,
    CHANNELS,
  ]);
  const params = toVariables({ images, kernel });
  const forward = async () => {
    const output = tf.conv2d(params.images, params.kernel, 1, 1);
    await output.data();
    output.dispose();
  };
  const both = async () => {
    const { loss, gradients } = lossAndGradients(params, () => ({
      loss: tf.sum(tf.conv2d(params.images, params.kernel, 1, 1)),
      kept: {},
    }));
    await Promise.all(Object.values(gradients).map((gradient) => gradient.data()));
    tf.dispose([loss, gradients]);
  };
  const forwardSeconds = await medianSeconds(forward);
  const backwardSeconds = await medianSeconds(both) - forwardSeconds;
  tf.dispose([images, kernel, params.images, params.kernel]);
  return {
    forwardGflops: FORWARD_FLOP / forwardSeconds / 1e9,
    backwardGflops: 2 * FORWARD_FLOP / Math.max(backwardSeconds, 1e-9) / 1e9,
  };
}

async function medianSeconds(run: () => Promise<void>): Promise<number> {
  await run();
  const seconds: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    await run();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds.sort((a, b) => a - b)[RUNS >> 1];
}
