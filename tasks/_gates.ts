// Says which parts of this machine the gated tests may use: a WebGPU adapter, a Chromium, an ffmpeg.

import { excludeOpenGl } from "../gpu/webgpu/native_backends.ts";
import { hasFfmpeg } from "./_ffmpeg.ts";

/** What gates stand for; the same words are used in `LOBBYCARD_REQUIRE` and in test names. */
export const GATES = ["gpu", "browser", "ffmpeg"] as const;

/** What a gate stands for. */
export type GateName = typeof GATES[number];

/** Whether a part of the machine is there, and if not, one line that says what is missing and how to install it. */
export type Gate =
  | { name: GateName; available: true }
  | { name: GateName; available: false; reason: string };

/** One line per gate for a machine that lacks it: what is missing, how to install it. */
export const missingReasons: Readonly<Record<GateName, string>> = {
  gpu:
    "No WebGPU adapter: install a Vulkan driver, for example `apt-get install mesa-vulkan-drivers libvulkan1`",
  browser: "No Chromium: `apt-get install chromium`, or set CHROME_PATH",
  ffmpeg: "No ffmpeg: `apt-get install ffmpeg`",
};

const chromiumPaths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

let gpu: Promise<Gate> | undefined;

/** Whether `navigator.gpu` gives an adapter; asked once per process. */
export function gpuGate(): Promise<Gate> {
  gpu ??= hasAdapter().then((available) => gate("gpu", available));
  return gpu;
}

/** Whether a Chromium is installed; it is looked for, not started. */
export async function browserGate(): Promise<Gate> {
  return gate("browser", (await findChromium()) !== undefined);
}

/** Whether the system has an ffmpeg. */
export async function ffmpegGate(): Promise<Gate> {
  return gate("ffmpeg", await hasFfmpeg());
}

/** The path of the Chromium to test with, from `CHROME_PATH` or the usual places, or undefined if there is none. */
export async function findChromium(): Promise<string | undefined> {
  const wanted = Deno.env.get("CHROME_PATH");
  for (const path of wanted ? [wanted] : chromiumPaths) {
    if (await isFile(path)) return path;
  }
}

/**
 * The gates whose absence is a failure, from `LOBBYCARD_REQUIRE=gpu,browser,ffmpeg`.
 *
 * @throws {RangeError} if the list names something that is not a gate.
 */
export function requiredGates(list = Deno.env.get("LOBBYCARD_REQUIRE") ?? ""): GateName[] {
  return list.split(",").map((word) => word.trim()).filter(Boolean).map((word) => {
    const name = GATES.find((known) => known === word);
    if (name) return name;
    throw new RangeError(`Cannot require "${word}": LOBBYCARD_REQUIRE takes ${GATES.join(", ")}`);
  });
}

function gate(name: GateName, available: boolean): Gate {
  return available ? { name, available } : { name, available, reason: missingReasons[name] };
}

async function hasAdapter(): Promise<boolean> {
  excludeOpenGl();
  try {
    return Boolean(await navigator.gpu?.requestAdapter());
  } catch {
    return false;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
