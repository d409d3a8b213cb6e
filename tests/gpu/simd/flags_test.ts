// Runs the engine's own suites, and the gradients', once more under the flags of V8 with which long tasks run: without bounds checks,
// where a kernel that goes astray corrupts memory instead of trapping, and with pairs of vectors fused.

import assert from "node:assert/strict";
import { V8_FLAGS } from "../../../tasks/_v8_flags.ts";

const SUITES = [
  ...["backend", "convolution", "maps", "matmul", "rearrangements", "reductions", "threads"],
  "training_kernels",
].map((name) => `tests/gpu/simd/${name}_test.ts`);

async function runTests(words: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", V8_FLAGS, ...words],
    cwd: new URL("../../../", import.meta.url),
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder(), text = decoder.decode(stdout) + decoder.decode(stderr);
  assert.equal(code, 0, text);
  return text;
}

Deno.test("The engine's suites pass under V8's flags too", async () => {
  const text = await runTests(SUITES);
  assert.match(text, /ok \| \d\d passed/);
});

Deno.test("Gradients on simd are true under V8's flags too", async () => {
  const text = await runTests(["tests/gpu/gradients_test.ts", "--filter", "[simd]"]);
  assert.match(text, /ok \| 2 passed \(\d+ steps\)/);
});

Deno.test("deno.json gives the flags to the tasks that compute for long, and to no other", async () => {
  const config = JSON.parse(
    await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)),
  );
  const flagged = Object.entries<{ command: string }>(config.tasks)
    .filter(([, { command }]) => command.includes("--v8-flags"));
  for (const [name, { command }] of flagged) assert.ok(command.includes(V8_FLAGS), name);
  const names = [
    ...["compare", "directions", "doctor", "evaluate", "interpolate", "project", "sample"],
    ...["stylize", "train", "train:cyclegan", "train:posters"],
  ];
  assert.deepEqual(flagged.map(([name]) => name).sort(), names);
});
