// Where numbers come from: versions, revision and device, written into runs and exported models.

import type { Device } from "../gpu/device.ts";
import * as tf from "../gpu/tf.ts";

/** Facts about the program and the machine. */
export interface Provenance {
  /** Short git revision, `-dirty` if the tree has changes; `unknown` outside a checkout. */
  revision: string;
  deno: string;
  tfjs: string;
  device: string;
}

/** The facts as they are now. */
export async function provenance(device: Device): Promise<Provenance> {
  return {
    revision: await gitRevision(),
    deno: Deno.version.deno,
    tfjs: tf.version_core,
    device: device.description,
  };
}

async function gitRevision(): Promise<string> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["describe", "--always", "--dirty", "--abbrev=10"],
      stderr: "null",
    }).output();
    const revision = new TextDecoder().decode(stdout).trim();
    return success && revision ? revision : "unknown";
  } catch {
    return "unknown";
  }
}
