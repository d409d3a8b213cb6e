// Registers tests that need a GPU adapter, a Chromium or an ffmpeg, and tests that run once on every device.

import { strict as assert } from "node:assert";
import { type Gate, type GateName, gpuGate, requiredGates } from "../tasks/_gates.ts";

export {
  browserGate,
  ffmpegGate,
  findChromium,
  type Gate,
  type GateName,
  gpuGate,
} from "../tasks/_gates.ts";

/** The device that a test of `forEachDevice` runs on. */
export type TestDevice = Awaited<
  ReturnType<typeof import("../gpu/device.ts").startDevice>
>;

/** A row of the device list: what `startDevice` is asked for, and the gate that it needs, if any. */
interface DeviceRow {
  name: "webgpu" | "simd" | "cpu";
  gate?: Gate;
}

const devices: DeviceRow[] = [
  { name: "cpu" },
  { name: "simd" },
  { name: "webgpu", gate: await gpuGate() },
];

const announced = new Set<GateName>();

/**
 * A test that needs what the gate stands for.
 *
 * Without it the test is skipped and one line per file names what is missing; if `LOBBYCARD_REQUIRE` lists the gate,
 * the test fails instead. The name gets the gate's tag, such as `[browser]`, which the closing summary counts by.
 */
export function gatedTest(
  gate: Gate,
  name: string,
  run: (t: Deno.TestContext) => void | Promise<void>,
): void {
  // A browser and a GPU live outside the process: their handles outlast a test by design.
  const sanitize = { sanitizeOps: false, sanitizeResources: false };
  register(gate, { ...sanitize, name: `${name} [${gate.name}]`, fn: run });
}

/**
 * The same test once per device: on the CPU and on the SIMD engine always, on WebGPU if there is an adapter.
 *
 * The device is started before the test and disposed after it. The number of live tensors must be the same after the
 * test as before: a test disposes what it makes, or wraps itself in `tf.tidy`.
 */
export function forEachDevice(
  name: string,
  run: (device: TestDevice, t: Deno.TestContext) => void | Promise<void>,
): void {
  for (const device of devices) {
    const fn = (t: Deno.TestContext) => runOnDevice(device.name, (started) => run(started, t));
    const options = { name: `${name} [${device.name}]`, fn };
    if (device.gate === undefined) Deno.test(options);
    else register(device.gate, { ...options, sanitizeOps: false, sanitizeResources: false });
  }
}

function register(gate: Gate, options: Deno.TestDefinition): void {
  if (gate.available) return Deno.test(options);
  const reason = gate.reason;
  if (requiredGates().includes(gate.name)) {
    return Deno.test({ ...options, fn: () => assert.fail(`Required, and missing: ${reason}`) });
  }
  if (!announced.has(gate.name)) {
    announced.add(gate.name);
    console.warn(`Skipping the tests that need "${gate.name}". ${reason}`);
  }
  Deno.test({ ...options, ignore: true });
}

async function runOnDevice(
  name: DeviceRow["name"],
  run: (device: TestDevice) => void | Promise<void>,
): Promise<void> {
  const { startDevice } = await import("../gpu/device.ts");
  const tf = await import("../gpu/tf.ts");
  const device = await startDevice(name);
  try {
    const before = tf.memory().numTensors;
    await run(device);
    const leaked = tf.memory().numTensors - before;
    assert.equal(leaked, 0, `The test left ${leaked} tensors alive on ${name}, expected 0`);
  } finally {
    await device.dispose();
  }
}
