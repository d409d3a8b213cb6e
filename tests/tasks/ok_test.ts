// Tests of the closing table of `deno task ok`, and of what its steps are made of.

import assert from "node:assert/strict";
import { resultLines } from "../../tasks/ok.ts";

const root = new URL("../..", import.meta.url);

async function runOk(...words: string[]) {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tasks/ok.ts", ...words],
    cwd: root,
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: decode(output.stdout), stderr: decode(output.stderr) };
}

Deno.test("resultLines() lists each step and names those that failed", () => {
  const lines = resultLines([
    { name: "fmt", result: "ok", seconds: 0.25 },
    { name: "lint", result: "FAILED", seconds: 12.34 },
    { name: "test", result: "not run", seconds: 0 },
  ]);
  assert.deepEqual(lines, [
    "",
    "fmt            ok           0.3 s",
    "lint           FAILED      12.3 s",
    "test           not run      0.0 s",
    "Not ok: lint failed",
  ]);
});

Deno.test("resultLines() closes with the total when all held", () => {
  const lines = resultLines([{ name: "fmt", result: "ok", seconds: 1 }]);
  assert.equal(lines.at(-1), "Ok: 1 steps in 1.0 s");
});

Deno.test("ok refuses to skip a step that there is not, and lists the steps there are", async () => {
  const { code, stderr } = await runOk("--skip", "tests");
  assert.equal(code, 2);
  assert.match(stderr, /^Cannot skip "tests": expected one of fmt, lint, check, check:imports/);
});

Deno.test("ok --help names every step, and each task among them is in deno.json", async () => {
  const { code, stdout } = await runOk("--help");
  assert.equal(code, 0);
  const tasks = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))).tasks;
  for (const name of ["check", "check:imports", "check:docs", "test", "build"]) {
    assert.match(stdout, new RegExp(`^  ${name} `, "m"));
    assert.ok(name in tasks, `deno.json has no task "${name}"`);
  }
});
