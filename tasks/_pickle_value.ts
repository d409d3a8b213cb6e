// What a pickle can hold: Python's plain values, and objects of a vocabulary that the reader is given.

import { quote, refuseWeights } from "./_torch_fault.ts";

/** What the vocabulary makes. */
export interface PickleObject {
  readonly kind: string;
}

/** A dictionary; Python keeps the order of its keys, and so does this. */
export type PickleDict = Map<string | number, PickleValue>;

/** A value of a pickle. Lists and tuples are arrays; a value may stand in several places, and a list even in itself. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | PickleDict
  | PickleObject;

/** What a name stands for: what a function or class gives for its arguments, or an object that is not called. */
export type Meaning = ((args: PickleValue[]) => PickleValue) | PickleObject;

/** The only names that a pickle may use. */
export interface Vocabulary {
  /** By Python's full name, such as `collections.OrderedDict`. */
  readonly names: ReadonlyMap<string, Meaning>;
  /** What a persistent id stands for. */
  resolve(id: PickleValue): PickleValue;
}

/** A vocabulary without any name: plain values alone. */
export const PLAIN: Vocabulary = {
  names: new Map(),
  resolve: () => refuseWeights("a pickle of plain values has a persistent id"),
};

/**
 * Puts keys and values, which alternate, into a dictionary.
 *
 * @throws {SyntaxError} for a key that is no text or number, a key that is there already, or a key without a value
 */
export function fillDict(dict: PickleDict, items: readonly PickleValue[]): void {
  if (items.length % 2) refuseWeights("its pickle has a key without a value");
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (typeof key !== "string" && typeof key !== "number") {
      refuseWeights("its pickle has a key that is neither text nor number");
    }
    if (dict.has(key)) refuseWeights(`its pickle has the key ${quote(String(key))} twice`);
    dict.set(key, items[i + 1]);
  }
}
