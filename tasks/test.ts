// Runs the tests and closes with a summary: what was skipped and why, then the line `N passed, N failed, N skipped`.

import { countTests, diedAfterwards, parseReport, summaryLines } from "./_test_report.ts";

const help = `Usage: deno task test [paths] [--filter WORD] [options of deno test]

Runs every test under tests/, or only those of the given paths. Types are checked by \`deno task ok\`, not here.

Tests that need a WebGPU adapter or a Chromium are skipped where there is none; the summary names what is missing.
  LOBBYCARD_REQUIRE=gpu,browser   a missing one fails instead
  LOBBYCARD_TEST_REPORT=FILE      keeps the JUnit report there`;

/** Options of `deno test` that take their value as the next word; any other word without a dash is a path. */
const valued = new Set(["--filter", "--ignore", "--shuffle", "--reporter", "--retry", "--repeats"]);

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs `deno test` with the given words added and prints the summary; gives the exit code. */
async function main(words: string[]): Promise<number> {
  if (words.includes("--help") || words.includes("-h")) {
    console.log(help);
    return 0;
  }
  const kept = Deno.env.get("LOBBYCARD_TEST_REPORT");
  const report = kept ?? await Deno.makeTempFile({ prefix: "lobbycard-tests-", suffix: ".xml" });
  try {
    await Deno.writeTextFile(report, "");
    const status = await runTests(words, report);
    const xml = await Deno.readTextFile(report);
    const cases = parseReport(xml);
    const exitCode = diedAfterwards(status.signal, xml) ? 0 : status.code;
    if (exitCode !== status.code) {
      console.log(
        `\nDeno died of ${status.signal} as it ended; its report of the tests is whole, and counts`,
      );
    }
    const counts = countTests(cases, exitCode);
    const ran = counts.passed + counts.failed;
    if (ran + counts.skipped === 0) console.log("\nNo test was found by these words");
    console.log(["", ...summaryLines(cases, counts)].join("\n"));
    return exitCode !== 0 ? exitCode : counts.failed > 0 || ran + counts.skipped === 0 ? 1 : 0;
  } finally {
    if (kept === undefined) await Deno.remove(report).catch(() => {});
  }
}

async function runTests(words: string[], report: string): Promise<Deno.CommandStatus> {
  const paths = hasPath(words) ? [] : ["tests/"];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", `--junit-path=${report}`, ...words, ...paths],
    cwd: new URL("..", import.meta.url),
    stdin: "null",
  });
  return await command.spawn().status;
}

/** Whether one of the words is a path, as opposed to an option or an option's value. */
function hasPath(words: string[]): boolean {
  return words.some((word, i) => !word.startsWith("-") && !valued.has(words[i - 1] ?? ""));
}
