// The flag by which a task is told where to compute.

import { type Device, type DeviceChoice, startDevice } from "../gpu/device.ts";
import { type Flag, parseChoice } from "./_cli.ts";

const CHOICES: readonly DeviceChoice[] = ["auto", "webgpu", "simd", "cpu"];

/** `--device`, for a command's flags. */
export const deviceFlag: Flag = { value: "NAME", default: "auto", help: CHOICES.join(", ") };

/** Starts the device that was asked for; `auto` without a real GPU is the SIMD engine. */
export async function startTaskDevice(choice: DeviceChoice): Promise<Device> {
  return await startDevice(choice, ["simd", "cpu"]);
}

/** The device that was asked for, `auto` if none was. @throws {UsageError} for an unknown name. */
export function parseDevice(text: string | undefined): DeviceChoice {
  return parseChoice("device", text ?? "auto", CHOICES);
}
