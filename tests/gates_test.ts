// Tests of the gates: what they find, what they say when it is missing, and what a device test guards.

import assert from "node:assert/strict";
import { browserGate, findChromium, forEachDevice, gpuGate } from "./_gates.ts";
import { requiredGates } from "../tasks/_gates.ts";

const root = new URL("..", import.meta.url);

/** Runs a script of this house in a process of its own and gives what it prints. */
async function evaluate(script: string, env: Record<string, string>): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    cwd: root,
    env,
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("requiredGates() reads a list and refuses what is not a gate", () => {
  assert.deepEqual(requiredGates("gpu, browser"), ["gpu", "browser"]);
  assert.deepEqual(requiredGates(""), []);
  assert.throws(() => requiredGates("gpu,chrome"), { name: "RangeError", message: /"chrome"/ });
});

Deno.test("gpuGate() agrees with the runtime, and otherwise names the driver to install", async () => {
  const gate = await gpuGate();
  const adapter = await navigator.gpu?.requestAdapter();
  assert.equal(gate.available, Boolean(adapter));
  if (!gate.available) assert.match(gate.reason, /^No WebGPU adapter: .*mesa-vulkan-drivers/);
});

Deno.test("gpuGate() says what is missing where there is no adapter", async () => {
  const script = `Object.defineProperty(navigator, "gpu", { value: undefined });
    const { gpuGate } = await import("./tasks/_gates.ts");
    console.log(JSON.stringify(await gpuGate()));`;
  const gate = JSON.parse(await evaluate(script, {}));
  assert.equal(gate.available, false);
  assert.match(gate.reason, /^No WebGPU adapter: install a Vulkan driver, for example `apt-get/);
});

Deno.test("browserGate() follows CHROME_PATH, and otherwise names the package to install", async () => {
  const gate = await browserGate();
  assert.equal(gate.available, (await findChromium()) !== undefined);
  const script = `const { browserGate, findChromium } = await import("./tasks/_gates.ts");
    console.log(JSON.stringify([await findChromium() ?? null, await browserGate()]));`;
  const [path, missing] = JSON.parse(await evaluate(script, { CHROME_PATH: "/nowhere/chromium" }));
  assert.equal(path, null);
  assert.match(missing.reason, /^No Chromium: `apt-get install chromium`/);
  const executable = Deno.execPath();
  const found = JSON.parse(await evaluate(script, { CHROME_PATH: executable }));
  assert.deepEqual(found, [executable, { name: "browser", available: true }]);
});

Deno.test("forEachDevice() fails a test that leaves a tensor alive", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const gates = new URL("tests/_gates.ts", root).href;
    const tf = new URL("gpu/tf.ts", root).href;
    await Deno.writeTextFile(
      `${folder}/leak_test.ts`,
      `import { forEachDevice } from ${JSON.stringify(gates)};
import * as tf from ${JSON.stringify(tf)};
forEachDevice("leaks", () => { tf.scalar(1); });
forEachDevice("is tidy", () => { tf.tidy(() => { tf.scalar(1); }); });`,
    );
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", `${folder}/leak_test.ts`],
      cwd: root,
      env: { NO_COLOR: "1", LOBBYCARD_REQUIRE: "" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.notEqual(code, 0);
    assert.match(text, /The test left 1 tensors alive on cpu, expected 0/);
    assert.match(text, /leaks \[cpu\] \.\.\. FAILED/);
    assert.match(text, /is tidy \[cpu\] \.\.\. ok/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

forEachDevice("forEachDevice() hands the started device to the test", (device, t) => {
  assert.ok(t.name.endsWith(`[${device.name}]`), t.name);
  assert.ok(device.description.length > 0);
});
