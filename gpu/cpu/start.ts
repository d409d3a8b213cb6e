// Starts tfjs's plain CPU backend with our convolutions: the device that is always there, and the reference for the others.

import * as tf from "../tf.ts";
import { MathBackendCPU } from "../tf_cpu.ts";
import type { StartedDevice } from "../device.ts";
import { registerCpuConvolutions } from "./convolution.ts";

/** Starts the `cpu` device. */
export async function startCpu(): Promise<StartedDevice> {
  // The production flag silences tfjs's advice to install its native Node package; it changes no number.
  tf.enableProdMode();
  registerCpuConvolutions();
  if (!tf.findBackend("cpu")) tf.registerBackend("cpu", () => new MathBackendCPU());
  if (!(await tf.setBackend("cpu"))) throw new Error('Cannot start device "cpu": tfjs refused it');
  await tf.ready();
  return {
    name: "cpu",
    description: "CPU: plain JavaScript, one thread",
    limits: {},
    lost: new Promise(() => {}),
    dispose: () => tf.removeBackend("cpu"),
  };
}
