// The flag by which a task is told where to compute.

import { type Device, type DeviceChoice, startDevice } from "../gpu/device.ts";
import { type Flag, parseChoice, parseWhole } from "./_cli.ts";

const CHOICES: readonly DeviceChoice[] = ["auto", "webgpu", "simd", "cpu"];

/** `--device` and `--threads`, for a command's flags. */
export const deviceFlags = {
  device: { value: "NAME", default: "auto", help: CHOICES.join(", ") },
  threads: { value: "N", default: "all cores", help: "Threads of the device simd" },
} satisfies Record<string, Flag>;

/** What the two flags say. */
export interface DeviceSettings {
  device: DeviceChoice;
  threads?: number;
}

/** Most threads that the engine has room for; see gpu/simd/assembly/threads.ts. */
const MOST_THREADS = 64;

/** The device and threads that were asked for. @throws {UsageError} for an unknown name or a number that is none. */
export function parseDevice(
  flags: Partial<Record<keyof typeof deviceFlags, string>>,
): DeviceSettings {
  const device = parseChoice("device", flags.device ?? "auto", CHOICES);
  if (flags.threads === undefined) return { device };
  return { device, threads: parseWhole("threads", flags.threads, 1, MOST_THREADS) };
}

/** Starts the device that was asked for. */
export async function startTaskDevice({ device, threads }: DeviceSettings): Promise<Device> {
  return await startDevice(device, threads === undefined ? {} : { threads });
}
