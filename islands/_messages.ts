// The guard of messages between an island and its worker: each kind of message is a table of fields, checked on arrival.

import { assertPicture, type Picture } from "../gpu/picture.ts";

/** What a field of a message must be. */
export interface FieldCheck {
  /** Said of it in an error: `expected a string`. */
  readonly name: string;
  holds(value: unknown): boolean;
}

/** For each kind of message, what its fields must be. */
export type MessageShapes<M extends { kind: string }> = {
  readonly [K in M["kind"]]: Readonly<
    Record<Exclude<keyof Extract<M, { kind: K }>, "kind">, FieldCheck>
  >;
};

/** Checks of the types that fields have. */
export const fields = {
  string: { name: "string", holds: (value) => typeof value === "string" },
  number: { name: "number", holds: (value) => Number.isFinite(value) },
  boolean: { name: "boolean", holds: (value) => typeof value === "boolean" },
  blob: { name: "blob", holds: (value) => value instanceof Blob },
  picture: { name: "picture", holds: isPicture },
  model: {
    name: "model",
    holds: (value) =>
      isRecord(value) && isRecord(value.manifest) && typeof value.weightsUrl === "string",
  },
} as const satisfies Record<string, FieldCheck>;

/**
 * Asserts that the data of a message event is a message of one of these kinds.
 *
 * @throws {TypeError} naming the kind or the field that is wrong
 */
export function assertMessage<M extends { kind: string }>(
  data: unknown,
  shapes: MessageShapes<M>,
  what: "request" | "reply",
): asserts data is M {
  const shapeOf = new Map<unknown, Record<string, FieldCheck>>(Object.entries(shapes));
  const shape = isRecord(data) ? shapeOf.get(data.kind) : undefined;
  if (!isRecord(data) || !shape) {
    const kind = isRecord(data) ? data.kind : data;
    const kinds = [...shapeOf.keys()].join(", ");
    throw new TypeError(`Cannot use ${what}: its kind is ${String(kind)}; expected ${kinds}`);
  }
  for (const [field, { name, holds }] of Object.entries(shape)) {
    if (!holds(data[field])) {
      throw new TypeError(
        `Cannot use ${what} "${data.kind}": ${field} is ${String(data[field])}; expected a ${name}`,
      );
    }
  }
}

/** Whether a value is an object, whose fields may then be looked at. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isPicture(value: unknown): boolean {
  try {
    assertPicture(value as Picture);
    return true;
  } catch {
    return false;
  }
}
