// Starts tfjs's plain CPU backend with our kernels where the stock ones are slow: the device that is always there, and the reference for the others.

import * as tf from "../tf.ts";
import { MathBackendCPU } from "../tf_cpu.ts";
import type { StartedDevice } from "../device.ts";
import { registerCpuConvolutions } from "./convolution.ts";
import { registerCpuElementwise } from "./elementwise.ts";
import { registerCpuRearrangements } from "./rearrange.ts";

/** Kernels are registered once: ours hand other types on to the stock kernel that they replaced. */
let registered = false;

/** Starts the `cpu` device. */
export async function startCpu(): Promise<StartedDevice> {
  // The production flag silences tfjs's advice to install its native Node package; it changes no number.
  tf.enableProdMode();
  if (!registered) {
    registerCpuConvolutions();
    registerCpuElementwise();
    registerCpuRearrangements();
    registered = true;
  }
  if (!tf.findBackend("cpu")) tf.registerBackend("cpu", () => new MathBackendCPU());
  if (!(await tf.setBackend("cpu"))) throw new Error('Cannot start device "cpu": tfjs refused it');
  await tf.ready();
  return {
    name: "cpu",
    description: "CPU: plain JavaScript, one thread",
    limits: {},
    refusedKernels: {},
    isSoftware: false,
    lost: new Promise(() => {}),
    dispose: () => tf.removeBackend("cpu"),
  };
}
