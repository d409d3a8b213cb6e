// Runs planted tests through the test command and reads its report and closing summary.

import assert from "node:assert/strict";
import { countTests, diedAfterwards, parseReport, summaryLines } from "../../tasks/_test_report.ts";

const root = new URL("../..", import.meta.url);
const gates = new URL("tests/_gates.ts", root).href;

/** What `deno task test` prints last and how it ends, for a planted test file. */
async function runPlanted(text: string, words: string[] = [], env: Record<string, string> = {}) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/planted_test.ts`, text);
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "tasks/test.ts", `${folder}/planted_test.ts`, ...words],
      cwd: root,
      env: {
        NO_COLOR: "1",
        LOBBYCARD_REQUIRE: "",
        LOBBYCARD_TEST_REPORT: `${folder}/r.xml`,
        ...env,
      },
    }).output();
    const lines = new TextDecoder().decode(output.stdout).trimEnd().split("\n");
    return { code: output.code, lines, report: await Deno.readTextFile(`${folder}/r.xml`) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const mixed = `import { gatedTest } from ${JSON.stringify(gates)};
Deno.test("passes", async (t) => { await t.step("step", () => {}); });
Deno.test("is ignored", { ignore: true }, () => {});
const missing = { name: "browser" as const, available: false as const, reason: "No Chromium here" };
gatedTest(missing, "opens a page", () => { throw new Error("ran"); });
gatedTest(missing, "opens another", () => { throw new Error("ran"); });
gatedTest({ name: "gpu", available: true }, "runs <where> & there \\"is\\" one", () => {});`;

Deno.test("the test command counts tests, not steps, and names each missing gate once", async () => {
  const { code, lines, report } = await runPlanted(mixed);
  assert.equal(code, 0);
  assert.equal(lines.at(-1), "2 passed, 0 failed, 3 skipped");
  assert.equal(
    lines.at(-2),
    "No Chromium: `apt-get install chromium`, or set CHROME_PATH: 2 tests skipped",
  );
  assert.deepEqual(parseReport(report).map(({ name, outcome }) => [name, outcome]), [
    ["passes", "passed"],
    ["is ignored", "skipped"],
    ["opens a page [browser]", "skipped"],
    ["opens another [browser]", "skipped"],
    ['runs <where> & there "is" one [gpu]', "passed"],
  ]);
});

Deno.test("the test command fails where LOBBYCARD_REQUIRE names what is missing", async () => {
  const { code, lines } = await runPlanted(mixed, [], { LOBBYCARD_REQUIRE: "gpu, browser" });
  assert.notEqual(code, 0);
  assert.equal(lines.at(-1), "2 passed, 2 failed, 1 skipped");
  assert.match(lines.join("\n"), /Required, and missing: No Chromium here/);
});

Deno.test("the test command leaves out what --filter leaves out, and fails if nothing is left", async () => {
  const some = await runPlanted(mixed, ["--filter", "passes"]);
  assert.deepEqual([some.code, some.lines.at(-1)], [0, "1 passed, 0 failed, 0 skipped"]);
  const none = await runPlanted(mixed, ["--filter", "no such name"]);
  assert.deepEqual([none.code, none.lines.at(-1)], [1, "0 passed, 0 failed, 0 skipped"]);
});

Deno.test("the test command counts a failure for a file that does not load", async () => {
  for (
    const text of [`import "./missing.ts";`, `throw new Error("top level");`, `Deno.test("x" `]
  ) {
    const { code, lines } = await runPlanted(text);
    assert.notEqual(code, 0);
    assert.equal(lines.at(-1), "0 passed, 1 failed, 0 skipped");
  }
});

Deno.test("the test command counts failing tests, also those that fail by a step or try to exit", async () => {
  const { code, lines } = await runPlanted(`
Deno.test("passes", () => {});
Deno.test("fails", () => { throw new Error("<failure> & \\"quotes\\""); });
Deno.test("fails by a step", async (t) => { await t.step("inner", () => { throw new Error("x"); }); });
Deno.test("exits", () => { Deno.exit(0); });`);
  assert.notEqual(code, 0);
  assert.equal(lines.at(-1), "1 passed, 3 failed, 0 skipped");
});

Deno.test("parseReport() leaves out a step that is listed under the shared file that defines it", () => {
  const cases = parseReport(`<testsuites name="deno test">
    <testsuite name="./tests/_cases.ts"><testcase name="tanh &gt; on cpu" time="0.1"></testcase></testsuite>
    <testsuite name="./tests/x_test.ts"><testcase name="tanh" time="0.1"></testcase></testsuite>
  </testsuites>`);
  assert.deepEqual(cases.map(({ file, name }) => [file, name]), [["./tests/x_test.ts", "tanh"]]);
});

Deno.test("summaryLines() names the slowest tests over ten seconds", () => {
  const cases = [12, 3, 40].map((seconds) => ({
    file: "./tests/x_test.ts",
    name: `takes ${seconds}`,
    outcome: "passed" as const,
    seconds,
  }));
  assert.deepEqual(summaryLines(cases, countTests(cases, 0)), [
    'Slowest: 40 s "takes 40"; 12 s "takes 12"',
    "3 passed, 0 failed, 0 skipped",
  ]);
});

Deno.test("diedAfterwards() takes only a crash that left a whole report", () => {
  const whole = '<testsuites tests="1"><testsuite></testsuite></testsuites>\n';
  assert.equal(diedAfterwards("SIGABRT", whole), true);
  assert.equal(diedAfterwards("SIGSEGV", whole), true);
  assert.equal(diedAfterwards("SIGABRT", whole.slice(0, -5)), false);
  assert.equal(diedAfterwards("SIGABRT", ""), false);
  assert.equal(diedAfterwards("SIGKILL", whole), false);
  assert.equal(diedAfterwards(null, whole), false);
});
