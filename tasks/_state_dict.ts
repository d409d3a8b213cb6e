// Reads a state dict, the tensors of a network by their names, from any file that PyTorch or safetensors writes.

import { decodeTensors } from "../gpu/safetensors.ts";
import type { PickleValue } from "./_pickle_value.ts";
import { rowStrides, type StateTensor } from "./_state_tensor.ts";
import { quote, refuseWeights } from "./_torch_fault.ts";
import { isLegacyStream, readLegacyStream, type SavedObject } from "./_torch_legacy.ts";
import {
  DTYPE_BYTES,
  MAX_RANK,
  type TensorDtype,
  TorchTensor,
  torchVocabulary,
} from "./_torch_objects.ts";
import { readPickle } from "./_torch_pickle.ts";
import { readZip } from "./_torch_zip.ts";

/** A state dict, and the form in which the file held it. */
export interface StateDict {
  readonly layout: "PyTorch zip" | "PyTorch legacy stream" | "safetensors";
  readonly tensors: ReadonlyMap<string, StateTensor>;
}

/** Most elements of all tensors together: 1 GB as float32. VGG-19 has 144 million. */
const MAX_ELEMENTS = 2 ** 28;
/** Longest header of a safetensors file; that of a network with 1,000 tensors has 100,000 bytes. */
const MAX_HEADER_BYTES = 4 * 2 ** 20;
/** safetensors' names of the types that we know. */
const SAFETENSORS_DTYPES = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
} as const satisfies Record<string, TensorDtype>;

/**
 * Reads a state dict; the tensors are views of the file, none of their numbers is copied yet.
 *
 * The layout is told by the content: a zip archive (PyTorch since 1.6), a legacy stream (before), or safetensors. Nothing
 * that a pickle names is run.
 *
 * @throws {SyntaxError} saying what is wrong with the file
 */
export function readStateDict(file: Uint8Array): StateDict {
  const dict = readAnyLayout(file);
  let elements = 0;
  for (const { shape } of dict.tensors.values()) {
    elements += shape.reduce((product, side) => product * side, 1);
  }
  if (elements > MAX_ELEMENTS) {
    refuseWeights(`its tensors have ${elements} elements, expected at most ${MAX_ELEMENTS}`);
  }
  return dict;
}

function readAnyLayout(file: Uint8Array): StateDict {
  if (startsWith(file, "PK\x03\x04")) {
    return { layout: "PyTorch zip", tensors: tensorsOf(readTorchZip(file)) };
  }
  if (isLegacyStream(file)) {
    return { layout: "PyTorch legacy stream", tensors: tensorsOf(readLegacyStream(file)) };
  }
  // A safetensors file begins with the length of its header, which is an object of JSON.
  if (file[8] === 0x7b) return { layout: "safetensors", tensors: readSafetensors(file) };
  if (startsWith(file.subarray(257), "ustar")) {
    refuseWeights("it is a tar archive of PyTorch 0.1; save it again with a later version");
  }
  const beginning = String.fromCharCode(...file.subarray(0, 16));
  refuseWeights(
    `it has ${file.length} bytes and begins with ${quote(beginning)}; expected a file of ` +
      "torch.save or of safetensors",
  );
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Array.from(text, (character) => character.charCodeAt(0))
    .every((code, i) => bytes[i] === code);
}

function readTorchZip(file: Uint8Array): SavedObject {
  const entries = readZip(file);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    refuseWeights(`its archive has ${pickles.length} entries "*/data.pkl", expected one`);
  }
  const [pickle] = pickles, folder = pickle.slice(0, -"data.pkl".length);
  const order = entries.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(order) !== "little") {
    refuseWeights("its numbers are not little-endian");
  }
  const vocabulary = torchVocabulary(), bytes = entries.get(pickle) as Uint8Array;
  const { value: root, end } = readPickle(bytes, 0, vocabulary);
  if (end !== bytes.length) refuseWeights(`its pickle ends at byte ${end} of ${bytes.length}`);
  const storages = new Map<string, Uint8Array>();
  for (const { key, dtype, elements } of vocabulary.storages.values()) {
    const found = entries.get(`${folder}data/${key}`)?.length;
    const expected = elements * DTYPE_BYTES[dtype];
    if (found !== expected) {
      refuseWeights(
        `storage ${quote(key)} has ${found ?? "no"} bytes, expected ${expected} for ` +
          `${elements} elements of ${dtype}`,
      );
    }
    storages.set(key, entries.get(`${folder}data/${key}`) as Uint8Array);
  }
  return { root, storages };
}

/** The tensors of a saved dictionary, which must hold nothing else. */
function tensorsOf({ root, storages }: SavedObject): Map<string, StateTensor> {
  if (!(root instanceof Map)) refuseWeights(`it holds ${describe(root)}, expected a dictionary`);
  const tensors = new Map<string, StateTensor>();
  for (const [key, value] of root) {
    if (!(value instanceof TorchTensor)) {
      refuseWeights(
        `${quote(String(key))} is ${describe(value)}, expected a tensor; of a checkpoint that ` +
          "holds more than one network's tensors, save the state dict of the one alone",
      );
    }
    const { storage: { key: storage, dtype }, shape, strides, offset } = value;
    const bytes = storages.get(storage);
    if (!bytes) refuseWeights(`it lacks storage ${quote(storage)}`);
    tensors.set(String(key), { dtype, shape, strides, offset, bytes });
  }
  return tensors;
}

function describe(value: PickleValue): string {
  if (value === null) return "nothing";
  if (value instanceof Map) return "a dictionary";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? `a ${value.kind}` : `a ${typeof value}`;
}

function readSafetensors(file: Uint8Array): Map<string, StateTensor> {
  const header = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (header > MAX_HEADER_BYTES) {
    refuseWeights(`its header claims ${header} bytes, expected at most ${MAX_HEADER_BYTES}`);
  }
  const sizes = Object.fromEntries(
    Object.entries(SAFETENSORS_DTYPES).map(([name, dtype]) => [name, DTYPE_BYTES[dtype]]),
  ) as Record<keyof typeof SAFETENSORS_DTYPES, number>;
  return new Map(
    [...decodeTensors(file, sizes).tensors].map(([name, { dtype, shape, bytes }]) => {
      if (shape.length > MAX_RANK) refuseWeights(`${quote(name)} has ${shape.length} axes`);
      const strides = rowStrides(shape);
      return [name, { dtype: SAFETENSORS_DTYPES[dtype], shape, strides, offset: 0, bytes }];
    }),
  );
}
