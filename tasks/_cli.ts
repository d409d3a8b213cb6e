// The command line that all tasks share: flags with help and defaults, human units, and one way to report an error.

import { parseArgs, styleText } from "node:util";

/** One flag. With `value` it takes an argument, shown under that name; without, it is a switch. */
export interface Flag {
  help: string;
  value?: string;
  /** Shown in the help; the task applies it. */
  default?: string;
  /** One letter for short. */
  short?: string;
}

/** What a task takes. */
export interface Command<Name extends string> {
  /** As typed after `deno task`. */
  name: string;
  summary: string;
  /** The names of positional arguments, such as `[RUN]`. */
  positionals?: string;
  flags: Readonly<Record<Name, Flag>>;
  /** Shown under the flags. */
  notes?: string;
}

/** What was typed: the value of each flag that was given (`"true"` for switches), and the rest. */
export interface Arguments<Name extends string> {
  flags: Partial<Record<Name, string>>;
  positionals: string[];
}

/** The command line is wrong: reported with a pointer to `--help`, exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Something outside the program is wrong: reported in one line, exit code 1. */
export class TaskError extends Error {
  override name = "TaskError";
}

/**
 * Reads the command line, or prints the help and ends the program with code 0 if `--help` is among it.
 *
 * @throws {UsageError} for an unknown flag, a missing value, or positionals that the command does not take
 */
export function readArguments<Name extends string>(
  command: Command<Name>,
  args: readonly string[] = Deno.args,
): Arguments<Name> {
  const flags = Object.entries<Flag>(command.flags);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(helpText(command));
    Deno.exit(0);
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: command.positionals !== undefined,
      options: Object.fromEntries(flags.map(([name, { value, short }]) => [
        name,
        { type: value === undefined ? "boolean" : "string", ...(short && { short }) } as const,
      ])),
    });
    const given = Object.entries(values).map(([name, value]) => [name, String(value)]);
    return { flags: Object.fromEntries(given), positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The help of a command. */
export function helpText<Name extends string>(command: Command<Name>): string {
  const rows: [string, Flag][] = [
    ...Object.entries<Flag>(command.flags),
    ["help", { help: "Show this text", short: "h" }],
  ];
  const left = rows.map(([name, { value, short }]) =>
    `  ${short ? `-${short}, ` : ""}--${name}${value ? ` ${value}` : ""}`
  );
  const width = Math.max(...left.map((text) => text.length)) + 2;
  const lines = rows.map(([, { help, default: preset }], i) =>
    left[i].padEnd(width) + help + (preset === undefined ? "" : ` (default: ${preset})`)
  );
  return [
    command.summary,
    "",
    `Usage: deno task ${command.name} [flags]${
      command.positionals ? ` ${command.positionals}` : ""
    }`,
    "",
    ...lines,
    ...(command.notes ? ["", command.notes] : []),
  ].join("\n");
}

/**
 * Runs a task and ends the program: code 0, or the code that `main` gives back; 2 for a wrong command line, 1 for any other
 * error. An error that the house foresaw (its message starts with "Cannot") is one line; others show their stack.
 */
export async function runTask(name: string, main: () => Promise<number | void>): Promise<never> {
  try {
    Deno.exit(await main() ?? 0);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const foreseen = error instanceof UsageError || error instanceof TaskError ||
      message.startsWith("Cannot ");
    const text = foreseen || !(error instanceof Error) ? message : error.stack ?? message;
    console.error(`${styleText("red", "error")}: ${text}`);
    if (error instanceof UsageError) console.error(`See deno task ${name} --help`);
    Deno.exit(error instanceof UsageError ? 2 : 1);
  }
}

/** A whole number from `min` to `max`. @throws {UsageError} naming the flag. */
export function parseWhole(
  flag: string,
  text: string,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) {
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new UsageError(`--${flag} is "${text}", expected a whole number ${range}`);
  }
  return value;
}

/** A share from 0 to 1. @throws {UsageError} naming the flag */
export function parseShare(flag: string, text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (!(value <= 1)) throw new UsageError(`--${flag} is "${text}", expected a number from 0 to 1`);
  return value;
}

/** Image sides from `128` (square) or `180x324` (height x width), in pixels. @throws {UsageError} naming the flag. */
export function parseSize(flag: string, text: string): [height: number, width: number] {
  const [, height, width] = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(text) ?? [];
  if (height === undefined) {
    throw new UsageError(
      `--${flag} is "${text}", expected N or HxW in pixels, such as 128 or 180x324`,
    );
  }
  return [Number(height), Number(width ?? height)];
}

/** Seconds from `90s`, `45m`, `3h` or `1h30m`. @throws {UsageError} naming the flag. */
export function parseDuration(flag: string, text: string): number {
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const total = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  if (total === 0) {
    throw new UsageError(`--${flag} is "${text}", expected a time such as 45m, 3h or 1h30m`);
  }
  return total;
}

/** One of several words. @throws {UsageError} naming the flag and the words. */
export function parseChoice<Word extends string>(
  flag: string,
  text: string,
  words: readonly Word[],
): Word {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) {
    throw new UsageError(`--${flag} is "${text}", expected ${words.join(", ")}`);
  }
  return word;
}

/** @throws {UsageError} if one of the flags was given, which this family's runs do not take */
export function refuseFlags<Name extends string>(
  flags: Partial<Record<Name, string>>,
  names: readonly Name[],
  why: string,
): void {
  const given = names.filter((name) => flags[name] !== undefined);
  if (given.length === 0) return;
  throw new UsageError(
    `Cannot use ${given.map((name) => `--${name}`).join(", ")} with this run: ${why}`,
  );
}

/** Time for people: `42s`, `3m05s`, `1h20m`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds), minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole}s`;
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}
