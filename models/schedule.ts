// Numbers that change during training, as text such as "10->5@20k..150k:cosine"; the unit of time is images seen.

import * as v from "valibot";

/** A value that moves from one number to another between two points of training; constant if both are the same. */
export interface Schedule {
  from: number;
  to: number;
  /** Images seen where the change starts and ends. */
  start: number;
  end: number;
  curve: "linear" | "cosine" | "exp";
}

const NUMBER = String.raw`\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const PATTERN = new RegExp(
  `^(${NUMBER})(?:->(${NUMBER})@(${NUMBER}[kM]?)\\.\\.(${NUMBER}[kM]?)(?::(linear|cosine|exp))?)?$`,
);
const UNITS: Readonly<Record<string, number>> = { k: 1e3, M: 1e6 };

/**
 * A count of images with an optional unit: `50000`, `50k`, `1.5M`.
 *
 * @throws {SyntaxError} if the text is not of that form or not a whole number
 */
export function parseImages(text: string): number {
  const [, digits, unit] = new RegExp(`^(${NUMBER})([kM]?)$`).exec(text) ?? [];
  const product = Number(digits) * (UNITS[unit] ?? 1), images = Math.round(product);
  // 1.001k is 1000.9999999999999 in binary.
  const isWhole = Math.abs(product - images) <= images * 2 ** -50;
  if (!isWhole || !Number.isSafeInteger(images)) {
    throw new SyntaxError(
      `Cannot read "${text}" as images: expected a whole number such as 50000, 50k or 1.5M`,
    );
  }
  return images;
}

/**
 * Reads a schedule: `10` (constant) or `10->5@20k..150k`, with `:cosine` or `:exp` for a curve other than linear.
 *
 * @throws {SyntaxError} if the text is not a schedule, a value is not finite, its end is not after its start, or an `exp`
 *   touches 0
 */
export function parseSchedule(text: string): Schedule {
  const match = PATTERN.exec(text.replaceAll(/\s/g, ""));
  const fail = (why: string): never => {
    throw new SyntaxError(`Cannot read schedule "${text}": ${why}`);
  };
  if (!match) {
    return fail(
      "expected a number, or FROM->TO@START..END with an optional :linear, :cosine or :exp",
    );
  }
  const [, from, to, start, end, curve] = match;
  const large = [from, to].find((value) => Number(value) === Infinity);
  if (large !== undefined) fail(`${large} is too large`);
  if (to === undefined) {
    return { from: Number(from), to: Number(from), start: 0, end: 0, curve: "linear" };
  }
  const schedule: Schedule = {
    from: Number(from),
    to: Number(to),
    start: parseImages(start),
    end: parseImages(end),
    curve: (curve ?? "linear") as Schedule["curve"],
  };
  if (schedule.end <= schedule.start) fail(`its end ${end} is not after its start ${start}`);
  if (schedule.curve === "exp" && (schedule.from === 0 || schedule.to === 0)) {
    fail("an exp curve cannot touch 0");
  }
  return schedule;
}

/** The one text for a schedule, so that equal schedules compare equal. */
export function formatSchedule({ from, to, start, end, curve }: Schedule): string {
  if (from === to) return String(from);
  return `${from}->${to}@${start}..${end}${curve === "linear" ? "" : `:${curve}`}`;
}

/** The value after `imagesSeen` images. */
export function scheduleAt({ from, to, start, end, curve }: Schedule, imagesSeen: number): number {
  if (imagesSeen <= start || from === to) return from;
  if (imagesSeen >= end) return to;
  const t = (imagesSeen - start) / (end - start);
  switch (curve) {
    case "linear":
      return from + (to - from) * t;
    case "cosine":
      return to + (from - to) * (1 + Math.cos(Math.PI * t)) / 2;
    case "exp":
      return from * (to / from) ** t;
  }
}

/** A schedule in text form; kept in its one normal form so that equal configs compare equal. */
export const scheduleSchema = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return formatSchedule(parseSchedule(dataset.value));
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
      return NEVER;
    }
  }),
);

/** The values that a configuration's schedules give after `imagesSeen` images. */
export function schedulesAt<Key extends string>(
  config: Readonly<Record<Key, string>>,
  keys: readonly Key[],
  imagesSeen: number,
): Record<Key, number> {
  const values = keys.map((key) => [key, scheduleAt(parseSchedule(config[key]), imagesSeen)]);
  return Object.fromEntries(values);
}
