// The command line that all tasks share.

import assert from "node:assert/strict";
import {
  type Command,
  formatDuration,
  helpText,
  parseChoice,
  parseDuration,
  parseSize,
  parseWhole,
  readArguments,
  UsageError,
} from "../../tasks/_cli.ts";

const command = {
  name: "develop",
  summary: "Develops a film.",
  positionals: "[REEL]",
  flags: {
    bath: { value: "NAME", default: "stop", help: "Which bath" },
    quiet: { short: "q", help: "Say nothing" },
  },
  notes: "Keep it dark.",
} satisfies Command<string>;

Deno.test("readArguments() gives the flags that were typed and the rest", () => {
  assert.deepEqual(readArguments(command, ["--bath", "fix", "reel", "-q"]), {
    flags: { bath: "fix", quiet: "true" },
    positionals: ["reel"],
  });
  assert.deepEqual(readArguments(command, []), { flags: {}, positionals: [] });
});

Deno.test("readArguments() refuses unknown flags, missing values and unwanted positionals", () => {
  assert.throws(() => readArguments(command, ["--heat", "9"]), UsageError);
  assert.throws(() => readArguments(command, ["--bath"]), UsageError);
  assert.throws(() => readArguments({ ...command, positionals: undefined }, ["reel"]), UsageError);
});

Deno.test("helpText() shows every flag with its default, and the notes", () => {
  assert.equal(
    helpText(command),
    `Develops a film.

Usage: deno task develop [flags] [REEL]

  --bath NAME  Which bath (default: stop)
  -q, --quiet  Say nothing
  -h, --help   Show this text

Keep it dark.`,
  );
});

Deno.test("parseWhole() takes whole numbers in range and names the flag otherwise", () => {
  assert.equal(parseWhole("n", "12", 1, 12), 12);
  for (const text of ["0", "13", "1.5", "-1", "x", ""]) {
    assert.throws(() => parseWhole("n", text, 1, 12), {
      message: `--n is "${text}", expected a whole number from 1 to 12`,
    });
  }
});

Deno.test("parseSize() takes N as a square and HxW as height and width", () => {
  assert.deepEqual(parseSize("size", "128"), [128, 128]);
  assert.deepEqual(parseSize("size", "180x324"), [180, 324]);
  for (const text of ["x3", "12x", "1.5", "999999"]) {
    assert.throws(() => parseSize("size", text), UsageError);
  }
});

Deno.test("parseDuration() and formatDuration() speak in hours, minutes and seconds", () => {
  assert.deepEqual(["90s", "45m", "3h", "1h30m"].map((text) => parseDuration("budget", text)), [
    90,
    2700,
    10800,
    5400,
  ]);
  for (const text of ["", "0m", "3", "m", "1d"]) {
    assert.throws(() => parseDuration("budget", text), UsageError);
  }
  assert.deepEqual([42, 185, 4800].map(formatDuration), ["42s", "3m05s", "1h20m"]);
});

Deno.test("parseChoice() lists the words that it takes", () => {
  assert.equal(parseChoice("side", "A", ["A", "B"]), "A");
  assert.throws(() => parseChoice("side", "C", ["A", "B"]), {
    message: '--side is "C", expected A, B',
  });
});
