// Adam, the moving average and the norm of gradients on the GPU, several parameters in a dispatch, and in place where a parameter's
// memory is its own: kernels of ours, which tfjs does not have.

import type { TensorInfo } from "../../tf.ts";
import type { GpuBackend, GpuRun } from "../backend.ts";
import { FLAT_GROUP, flatGrid, type GpuKernel, sizeOf, THREADS } from "./own_kernel.ts";

type Tensors = Readonly<Record<string, TensorInfo>>;

/** The kernels by the names of gpu/own_kernels.ts. */
export const optimiserKernels: Readonly<Record<string, GpuKernel>> = {
  AdamUpdate: (inputs, backend, attrs) =>
    updateAll(backend, inputs, {
      kernel: "AdamUpdate",
      written: ["param", "m", "v"],
      read: ["gradient"],
      factors: attrs as Record<string, number>,
      update: (i) => `
    let g = gradient${i}[at];
    let first = u.beta1 * m${i}[at] + u.fresh1 * g;
    let second = u.beta2 * v${i}[at] + u.fresh2 * g * g;
    m${i}[at] = first;
    v${i}[at] = second;
    param${i}[at] -= u.step * first / (u.rootCorrection * sqrt(second) + u.epsilon);`,
    }),
  EmaUpdate: (inputs, backend, attrs) =>
    updateAll(backend, inputs, {
      kernel: "EmaUpdate",
      written: ["average"],
      read: ["param"],
      factors: attrs as Record<string, number>,
      update: (i) => `
    average${i}[at] = param${i}[at] + (average${i}[at] - param${i}[at]) * u.decay;`,
    }),
  GlobalNorm: (gradients, backend) => globalNorm(backend, Object.values(gradients)),
};

/** Tensors that a dispatch binds at most, if the device takes as many: a shader for each number of them has to be compiled. */
const MOST_BINDINGS = 32;

function mostBindings(backend: GpuBackend): number {
  return Math.min(MOST_BINDINGS, backend.device.limits.maxStorageBuffersPerShaderStage);
}

/** How each element of some tensors is updated. */
interface Update {
  kernel: string;
  /** What belongs to a parameter: its tensors that change, and those that do not. */
  written: readonly string[];
  read: readonly string[];
  factors: Record<string, number>;
  /** The shader's text for the i-th parameter of a dispatch; `at` is the element. */
  update(i: number): string;
}

/** Updates the tensors param0, gradient0, ... param1, ... and gives those that change, in that order. */
function updateAll(backend: GpuBackend, inputs: Tensors, update: Update): TensorInfo[] {
  const names = [...update.written, ...update.read];
  const count = Object.keys(inputs).length / names.length;
  const all = Array.from({ length: count }, (_, i) => {
    const pick = (some: readonly string[]) => some.map((name) => inputs[name + i]);
    return {
      written: pick(update.written).map((info) => ownMemory(backend, info)),
      read: pick(update.read),
    };
  });
  const perDispatch = Math.floor(mostBindings(backend) / names.length);
  const filled = all.filter(({ written: [info] }) => sizeOf(info) > 0);
  for (let from = 0; from < filled.length; from += perDispatch) {
    updateSome(backend, filled.slice(from, from + perDispatch), update);
  }
  return all.flatMap(({ written }) => written);
}

function updateSome(
  backend: GpuBackend,
  some: readonly { written: TensorInfo[]; read: TensorInfo[] }[],
  { kernel, written, read, factors, update }: Update,
): void {
  const named = (names: readonly string[], key: "written" | "read") =>
    Object.fromEntries(
      some.flatMap((each, i) => names.map((name, at) => [name + i, each[key][at]])),
    );
  const sizes = some.map((each) => sizeOf(each.written[0]));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  backend.run({
    kernel,
    variant: some.length,
    writes: named(written, "written"),
    reads: named(read, "read"),
    counts: Object.fromEntries(sizes.map((size, i) => [`size${i}`, size])),
    factors,
    workgroup: [THREADS, 1, 1],
    grid: flatGrid(Math.ceil(total / THREADS)),
    body: () => `
  var at = ${FLAT_GROUP} * ${THREADS}u + index;
  ${
      some.map((_, i) =>
        `if (at < u.size${i}) {${update(i)}
    return;
  }
  at -= u.size${i};`
      ).join("\n  ")
    }`,
  });
}

/** The tensor itself where nobody else holds its memory, once more; else a copy, since it is going to change. */
function ownMemory(backend: GpuBackend, info: TensorInfo): TensorInfo {
  if (backend.refCount(info.dataId) === 1) {
    backend.incRef(info.dataId);
    // Not the tensor that came in, which belongs to whoever gave it.
    return { dataId: info.dataId, shape: info.shape, dtype: info.dtype };
  }
  const copy = backend.makeFloats(info.shape), size = sizeOf(info);
  backend.run({
    kernel: "Copy",
    writes: { copy },
    reads: { source: info },
    counts: { size },
    workgroup: [THREADS, 1, 1],
    grid: flatGrid(Math.ceil(size / THREADS)),
    body: () => `
  let i = ${FLAT_GROUP} * ${THREADS}u + index;
  if (i < u.size) { copy[i] = source[i]; }`,
  });
  return copy;
}

/** Numbers of a run whose squares a workgroup adds up. */
const RUN = 4096;

/** The sum of what the threads of a workgroup have, always in the same order. */
const SUM_GROUP = `
var<workgroup> shares: array<f32, ${THREADS}>;
fn sumGroup(index: u32, share: f32) -> f32 {
  shares[index] = share;
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < ${THREADS}u && index == 0u; i++) { sum += shares[i]; }
  return sum;
}`;

function globalNorm(backend: GpuBackend, all: readonly TensorInfo[]): TensorInfo {
  const gradients = all.filter((info) => sizeOf(info) > 0);
  const runsOf = (info: TensorInfo) => Math.ceil(sizeOf(info) / RUN);
  const count = gradients.reduce((sum, info) => sum + runsOf(info), 0);
  const squares = backend.makeFloats([count]), norm = backend.makeFloats([]);
  const perDispatch = mostBindings(backend) - 1;
  let offset = 0;
  for (let from = 0; from < gradients.length; from += perDispatch) {
    const some = gradients.slice(from, from + perDispatch);
    backend.run(squaresOf(some, { squares, offset }));
    offset += some.reduce((sum, info) => sum + runsOf(info), 0);
  }
  backend.run({
    kernel: "GlobalNorm",
    writes: { norm },
    reads: { squares },
    counts: { count },
    workgroup: [THREADS, 1, 1],
    grid: [1, 1, 1],
    declare: () => SUM_GROUP,
    body: () => `
  var sum = 0.0;
  for (var i = index; i < u.count; i += ${THREADS}u) { sum += squares[i]; }
  let total = sumGroup(index, sum);
  if (index == 0u) { norm[0] = sqrt(total); }`,
  });
  backend.disposeData(squares.dataId);
  return norm;
}

/** Puts the sum of squares of each run of some tensors at its place, from an offset on. */
function squaresOf(
  some: readonly TensorInfo[],
  { squares, offset }: { squares: TensorInfo; offset: number },
): GpuRun {
  const sizes = some.map(sizeOf);
  const groups = sizes.reduce((sum, size) => sum + Math.ceil(size / RUN), 0);
  return {
    kernel: "GlobalNorm squares",
    variant: some.length,
    writes: { squares },
    reads: Object.fromEntries(some.map((info, i) => [`gradient${i}`, info])),
    counts: { offset, groups, ...Object.fromEntries(sizes.map((size, i) => [`size${i}`, size])) },
    workgroup: [THREADS, 1, 1],
    grid: flatGrid(groups),
    declare: () => SUM_GROUP,
    body: () => `
  var run = ${FLAT_GROUP};
  var sum = 0.0;
  ${
      some.map((_, i) =>
        `let runs${i} = (u.size${i} + ${RUN - 1}u) / ${RUN}u;
  if (run < runs${i}) {
    for (var at = run * ${RUN}u + index; at < min((run + 1u) * ${RUN}u, u.size${i}); at += ${THREADS}u) {
      sum += gradient${i}[at] * gradient${i}[at];
    }
  }
  // Past its own tensor a run is beyond all that follow.
  run = select(run - runs${i}, 0xffffffffu, run < runs${i});`
      ).join("\n  ")
    }
  let total = sumGroup(index, sum);
  if (index == 0u && ${FLAT_GROUP} < u.groups) { squares[u.offset + ${FLAT_GROUP}] = total; }`,
  };
}
