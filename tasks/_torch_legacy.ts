// Reads PyTorch's legacy stream, which torch.save wrote before version 1.6: five pickles, then the storages one by one.
// Layout: torch/serialization.py, _legacy_save and _legacy_load.

import { type PickleValue, PLAIN } from "./_pickle_value.ts";
import { quote, refuseWeights } from "./_torch_fault.ts";
import { DTYPE_BYTES, torchVocabulary } from "./_torch_objects.ts";
import { readPickle } from "./_torch_pickle.ts";

/** A saved object, and the bytes of each storage by its key, as views of the file. */
export interface SavedObject {
  root: PickleValue;
  storages: ReadonlyMap<string, Uint8Array>;
}

/** The number that the stream begins with, as a pickle. */
const MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const PROTOCOL = 1001;

/** Whether bytes begin as a legacy stream does. */
export function isLegacyStream(file: Uint8Array): boolean {
  return MAGIC.every((byte, i) => file[i] === byte);
}

/** The object of a legacy stream. @throws {SyntaxError} saying what is wrong with it */
export function readLegacyStream(file: Uint8Array): SavedObject {
  const version = readPickle(file, MAGIC.length, PLAIN);
  if (version.value !== PROTOCOL) refuseWeights(`its stream is not of version ${PROTOCOL}`);
  const machine = readPickle(file, version.end, PLAIN);
  const isLittle = machine.value instanceof Map && machine.value.get("little_endian");
  if (isLittle !== true) refuseWeights("it does not say that its numbers are little-endian");
  const vocabulary = torchVocabulary();
  const object = readPickle(file, machine.end, vocabulary);
  const keys = readPickle(file, object.end, PLAIN);
  const storages = readStorages(file, keys, vocabulary.storages);
  for (const key of vocabulary.storages.keys()) {
    if (!storages.has(key)) refuseWeights(`it lacks storage ${quote(key)}`);
  }
  return { root: object.value, storages };
}

/** The storages in the order of their keys: the number of elements (u64, little-endian), then these. */
function readStorages(
  file: Uint8Array,
  { value: keys, end }: { value: PickleValue; end: number },
  expected: ReturnType<typeof torchVocabulary>["storages"],
): Map<string, Uint8Array> {
  if (!Array.isArray(keys)) refuseWeights("it has no list of storages");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const storages = new Map<string, Uint8Array>();
  let at = end;
  for (const key of keys) {
    const storage = typeof key === "string" ? expected.get(key) : undefined;
    if (!storage || storages.has(storage.key)) {
      refuseWeights("its list of storages has one twice, or one that no tensor is of");
    }
    if (at + 8 > file.length) refuseWeights(`it is cut off before storage ${quote(storage.key)}`);
    const elements = view.getBigUint64(at, true);
    if (elements !== BigInt(storage.elements)) {
      refuseWeights(
        `storage ${quote(storage.key)} has ${elements} elements, expected ${storage.elements}`,
      );
    }
    const start = at + 8;
    at = start + storage.elements * DTYPE_BYTES[storage.dtype];
    if (at > file.length) {
      refuseWeights(`it is cut off: storage ${quote(storage.key)} ends at ${at} of ${file.length}`);
    }
    storages.set(storage.key, file.subarray(start, at));
  }
  if (at !== file.length) refuseWeights(`it has ${file.length - at} bytes after its last storage`);
  return storages;
}
