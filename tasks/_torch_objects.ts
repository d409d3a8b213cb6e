// The names that a PyTorch state dict needs, and what they stand for: storages, tensors as views of them, ordered dictionaries.
// Argument orders are those of torch/_utils.py and torch/serialization.py.

import {
  fillDict,
  type Meaning,
  type PickleObject,
  type PickleValue,
  type Vocabulary,
} from "./_pickle_value.ts";
import { quote, refuseWeights } from "./_torch_fault.ts";

/** Element types by the name of their storage class, with the size of an element in bytes. */
const STORAGES = {
  DoubleStorage: ["float64", 8],
  FloatStorage: ["float32", 4],
  HalfStorage: ["float16", 2],
  BFloat16Storage: ["bfloat16", 2],
  LongStorage: ["int64", 8],
  IntStorage: ["int32", 4],
  ShortStorage: ["int16", 2],
  CharStorage: ["int8", 1],
  ByteStorage: ["uint8", 1],
  BoolStorage: ["bool", 1],
} as const;

/** The type of a tensor's elements. */
export type TensorDtype = typeof STORAGES[keyof typeof STORAGES][0];

/** The size of an element in bytes. */
export const DTYPE_BYTES: Readonly<Record<TensorDtype, number>> = Object.fromEntries(
  Object.values(STORAGES),
) as Record<TensorDtype, number>;

/** Most axes of a tensor; a convolution's kernel has 4. */
export const MAX_RANK = 8;

/** A storage class: `torch.FloatStorage` and its like. */
class StorageType implements PickleObject {
  readonly kind = "storage type";
  constructor(readonly dtype: TensorDtype) {}
}

/** A run of numbers in the file, or in old files a part of one. */
export class TorchStorage implements PickleObject {
  readonly kind = "storage";
  constructor(
    /** Its name in the file. */
    readonly key: string,
    readonly dtype: TensorDtype,
    /** Elements of the whole storage. */
    readonly elements: number,
    /** First element of this part, and their number. */
    readonly start: number,
    readonly length: number,
  ) {}
}

/** A tensor as a view of a storage; sizes in elements. Its elements are proven to lie in the storage. */
export class TorchTensor implements PickleObject {
  readonly kind = "tensor";
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** The vocabulary of a state dict, and the storages that a pickle has spoken of, by their keys. */
export function torchVocabulary(): Vocabulary & {
  readonly storages: ReadonlyMap<string, TorchStorage>;
} {
  const storages = new Map<string, TorchStorage>();
  const types = Object.entries(STORAGES).map(([name, [dtype]]) =>
    [`torch.${name}`, new StorageType(dtype)] as const
  );
  const names = new Map<string, Meaning>([
    ["collections.OrderedDict", orderedDict],
    ["torch.Size", ([sizes]) => sizes ?? []],
    // Before PyTorch 0.4, and since.
    ["torch._utils._rebuild_tensor", rebuildTensor],
    ["torch._utils._rebuild_tensor_v2", rebuildTensor],
    ["torch._utils._rebuild_parameter", ([tensor]) => tensor ?? null],
    ...types,
  ]);
  return { names, storages, resolve: (id) => findStorage(id, storages) };
}

/** `OrderedDict()`, or Python 2's `OrderedDict([[key, value], ...])`. */
function orderedDict([pairs = []]: PickleValue[]): PickleValue {
  const dict = new Map();
  if (!Array.isArray(pairs)) refuseWeights("its pickle makes a dictionary of what is no list");
  // The list is used up: else a short file could have a long one copied again and again.
  for (const pair of pairs.splice(0)) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      refuseWeights("its pickle makes a dictionary of what are no pairs");
    }
    fillDict(dict, pair);
  }
  return dict;
}

/** A persistent id: ("storage", class, key, device, elements), in the legacy layout with a view as the last item. */
function findStorage(id: PickleValue, storages: Map<string, TorchStorage>): TorchStorage {
  const [tag, type, key, , elements, view = null] = Array.isArray(id) ? id : [];
  if (tag === "module") refuseWeights("it holds a whole network with its code, not a state dict");
  if (tag !== "storage" || !(type instanceof StorageType) || typeof key !== "string") {
    refuseWeights("its pickle has a persistent id that is no storage");
  }
  if (!isCount(elements)) refuseWeights(`storage ${quote(key)} has no valid number of elements`);
  const known = storages.get(key) ?? new TorchStorage(key, type.dtype, elements, 0, elements);
  if (known.dtype !== type.dtype || known.elements !== elements) {
    refuseWeights(`storage ${quote(key)} has two sizes or types`);
  }
  storages.set(key, known);
  return view === null ? known : viewOf(known, view);
}

/** A part of a storage: (name of the part, first element, elements). */
function viewOf({ key, dtype, elements }: TorchStorage, view: PickleValue): TorchStorage {
  const [, start, length] = Array.isArray(view) ? view : [];
  if (!isCount(start) || !isCount(length) || start + length > elements) {
    refuseWeights(`storage ${quote(key)} has a part that does not lie in it`);
  }
  return new TorchStorage(key, dtype, elements, start, length);
}

/** (storage, offset, shape, strides, ...): what follows is about gradients. */
function rebuildTensor([storage, offset, shape, strides]: PickleValue[]): TorchTensor {
  if (!(storage instanceof TorchStorage)) refuseWeights("its pickle has a tensor without storage");
  if (!isCount(offset) || !isShape(shape) || !isShape(strides) || shape.length !== strides.length) {
    refuseWeights(`a tensor of storage ${quote(storage.key)} has no valid shape or strides`);
  }
  assertInside(offset, shape, strides, storage);
  return new TorchTensor(storage, storage.start + offset, [...shape], [...strides]);
}

/** No element outside, and not more of them than the storage has: a stride of 0 could make any number of few. */
function assertInside(
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  { key, length }: TorchStorage,
): void {
  const size = shape.reduce((product, side) => product * side, 1);
  const last = shape.reduce((at, side, axis) => at + (side - 1) * strides[axis], offset);
  if (size === 0 || (size <= length && last < length)) return;
  refuseWeights(
    `a tensor of shape [${shape}] and strides [${strides}] at ${offset} does not lie in storage ` +
      `${quote(key)}, which has ${length} elements`,
  );
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isShape(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= MAX_RANK && value.every(isCount);
}
