// What the reports share: running on every device of this machine, and printing tables.

import { type Device, startDevice } from "../gpu/device.ts";
import { gpuGate } from "./_gates.ts";

/** Runs on each device that this machine has, one after the other, and says which one is missing. */
export async function onEachDevice(run: (device: Device) => Promise<void>): Promise<void> {
  const gate = await gpuGate();
  const names = gate.available ? ["cpu", "simd", "webgpu"] as const : ["cpu", "simd"] as const;
  for (const name of names) {
    const device = await startDevice(name);
    try {
      await run(device);
    } finally {
      device.dispose();
    }
  }
  if (!gate.available) console.log(`\nNot on webgpu. ${gate.reason}`);
}

/** Prints rows of cells in aligned columns, the first row as heads. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const rule = widths.map((width) => "-".repeat(width));
  for (const row of [rows[0], rule, ...rows.slice(1)]) {
    console.log(row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd());
  }
}

/** A relative error in three digits, such as `1.2e-7`; a dash for none. */
export function formatError(error: number | undefined): string {
  return error === undefined ? "-" : error.toExponential(1);
}
