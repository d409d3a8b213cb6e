// Starting the engine: what is said when it is not built, and which of its two builds is taken.

import assert from "node:assert/strict";
import { DeviceUnavailableError } from "../../../gpu/device.ts";

/** A module of its own, which has not loaded the engine yet. */
async function freshStart(name: string): Promise<typeof import("../../../gpu/simd/start.ts")> {
  return await import(`../../../gpu/simd/start.ts?${name}`);
}

Deno.test("startSimd() says that the engine is not built", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = () => Promise.reject(new TypeError("No such file"));
  try {
    const { startSimd } = await freshStart("unbuilt");
    await assert.rejects(startSimd(), (error) => {
      assert.ok(error instanceof DeviceUnavailableError);
      assert.equal(
        error.reason,
        "its WebAssembly module cannot be used (No such file); run deno task build:simd",
      );
      return true;
    });
  } finally {
    globalThis.fetch = fetch;
  }
});

Deno.test("startSimd() takes the plain build where relaxed SIMD is missing, and it computes", async () => {
  const { validate } = WebAssembly, { fetch } = globalThis;
  const asked: string[] = [];
  globalThis.fetch = (input) => {
    asked.push(String(input).split("/").at(-1) ?? "");
    return fetch(input);
  };
  const { runSelfTest } = await import("../../../gpu/device.ts");
  try {
    for (const hasRelaxed of [true, false]) {
      WebAssembly.validate = () => hasRelaxed;
      const { startSimd } = await freshStart(`relaxed=${hasRelaxed}`);
      const device = await startSimd();
      assert.ok(await runSelfTest() < 1e-5);
      device.dispose();
    }
  } finally {
    WebAssembly.validate = validate;
    globalThis.fetch = fetch;
  }
  assert.deepEqual(asked, ["engine.wasm", "engine_plain.wasm"]);
  // The probe by which it is told is itself valid: this runtime has relaxed SIMD.
  assert.equal(asked.length, 2);
});
