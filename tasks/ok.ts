// Runs everything that must hold before a change is merged, and prints what held and how long it took.

import { parseArgs } from "node:util";

/** One step: its name, what it makes sure of, and the words after `deno`. */
interface Step {
  name: string;
  about: string;
  words: string[];
}

/** How a step ended. */
export interface StepResult {
  name: string;
  result: "ok" | "FAILED" | "not run";
  seconds: number;
}

const steps: Step[] = [
  { name: "fmt", about: "the formatting", words: ["fmt", "--check"] },
  { name: "lint", about: "the lint rules, the house's own included", words: ["lint"] },
  {
    name: "check",
    about: "the types, by Deno's and by browsers' libraries",
    words: ["task", "check"],
  },
  { name: "check:imports", about: "the arrows of the house", words: ["task", "check:imports"] },
  { name: "check:docs", about: "docstrings and opening sentences", words: ["task", "check:docs"] },
  { name: "test", about: "the tests", words: ["task", "test"] },
  { name: "build", about: "the web build and its size budget", words: ["task", "build"] },
];

const help = `Usage: deno task ok [--fail-fast] [--skip STEP]...

Runs, in this order:
${steps.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join("\n")}

  --fail-fast     stops after the first step that fails
  --skip STEP     leaves a step out; may be given again`;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(words: string[]): Promise<number> {
  const { values } = parseArgs({
    args: words,
    options: {
      "help": { type: "boolean", short: "h" },
      "fail-fast": { type: "boolean" },
      "skip": { type: "string", multiple: true, default: [] },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const unknown = values.skip.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined) {
    const names = steps.map((step) => step.name).join(", ");
    console.error(`Cannot skip "${unknown}": expected one of ${names}`);
    return 2;
  }
  const results = await runSteps(
    steps.filter((step) => !values.skip.includes(step.name)),
    values["fail-fast"] ?? false,
  );
  for (const line of resultLines(results)) console.log(line);
  return results.some(({ result }) => result === "FAILED") ? 1 : 0;
}

async function runSteps(chosen: Step[], failFast: boolean): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const { name, words } of chosen) {
    if (failFast && results.some(({ result }) => result !== "ok")) {
      results.push({ name, result: "not run", seconds: 0 });
      continue;
    }
    console.log(`\n== ${name}: deno ${words.join(" ")}`);
    const start = performance.now();
    const command = new Deno.Command(Deno.execPath(), {
      args: words,
      cwd: new URL("..", import.meta.url),
      stdin: "null",
    });
    const { success } = await command.spawn().status;
    const seconds = (performance.now() - start) / 1000;
    results.push({ name, result: success ? "ok" : "FAILED", seconds });
  }
  return results;
}

/** The closing table, one line per step, and a last line that says whether all held. */
export function resultLines(results: StepResult[]): string[] {
  const rows = results.map(({ name, result, seconds }) =>
    `${name.padEnd(14)} ${result.padEnd(8)} ${seconds.toFixed(1).padStart(7)} s`
  );
  const failed = results.filter(({ result }) => result === "FAILED").map(({ name }) => name);
  const seconds = results.reduce((sum, step) => sum + step.seconds, 0).toFixed(1);
  const verdict = failed.length > 0
    ? `Not ok: ${failed.join(", ")} failed`
    : `Ok: ${results.length} steps in ${seconds} s`;
  return ["", ...rows, verdict];
}
