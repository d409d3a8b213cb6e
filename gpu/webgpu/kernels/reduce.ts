// Sums and means along axes that lie together, without the transposition that tfjs puts before every reduction of other axes than the
// last ones.

import { type NamedAttrMap, type TensorInfo, util } from "../../tf.ts";
import type { GpuBackend } from "../backend.ts";
import {
  FLAT_GROUP,
  flatGrid,
  type GpuKernel,
  sizeOf,
  THREADS,
  typeOf,
  widthOf,
} from "./own_kernel.ts";
import {
  countsOf,
  declareSums,
  FIND_COLUMN,
  gridOf,
  HEIGHT,
  type RowSplit,
  splitRows,
  variantOf,
} from "./rows.ts";

/** tfjs's Sum and Mean along axes that are next to each other, with others behind them. */
export const reduceKernels: Readonly<Record<string, GpuKernel>> = {
  Sum: ({ x }, backend, attrs) => reduce(backend, x, attrs, () => 1),
  Mean: ({ x }, backend, attrs) => reduce(backend, x, attrs, (count) => 1 / count),
};

/** Rows up to which a thread adds up a column alone, and columns from which it does so however long they are. */
const FEW_ROWS = 32, MANY_COLUMNS = 4096;
/** Rows up to which one slice will do: a second dispatch costs more than it saves. */
const ONE_SLICE_ROWS = 8192;

function reduce(
  backend: GpuBackend,
  x: TensorInfo,
  { axis, keepDims }: NamedAttrMap,
  factorOf: (count: number) => number,
): TensorInfo | undefined {
  const axes = util.parseAxisParam(axis as number | number[], x.shape).sort((a, b) => a - b);
  const [first] = axes, behind = first + axes.length;
  const isTogether = axes.every((each, i) => each === first + i);
  // The last axes are tfjs's own case: one workgroup adds up what lies together.
  if (axes.length === 0 || !isTogether || behind === x.shape.length) return undefined;
  const product = (begin: number, end: number) => util.sizeFromShape(x.shape.slice(begin, end));
  const rows = product(first, behind), columns = product(behind, x.shape.length);
  if (sizeOf(x) === 0) return undefined;
  const shape = x.shape.flatMap((size, i) => axes.includes(i) ? (keepDims ? [1] : []) : [size]);
  const result = backend.makeFloats(shape);
  sumRowsInto(backend, x, result, { n: product(0, first), rows, columns, factor: factorOf(rows) });
  return result;
}

/** Matrices whose rows are added up, and what the sums are multiplied by. */
interface RowSums {
  n: number;
  rows: number;
  columns: number;
  factor?: number;
}

/** Puts into `sums` [n, columns] the sums over the rows of `values` [n, rows, columns], always in the same order. */
export function sumRowsInto(
  backend: GpuBackend,
  values: TensorInfo,
  sums: TensorInfo,
  given: RowSums,
): void {
  const { n, rows, columns, factor = 1 } = given;
  if (rows <= FEW_ROWS || n * columns >= MANY_COLUMNS) {
    return sumAlone(backend, values, sums, { ...given, factor });
  }
  if (rows <= ONE_SLICE_ROWS) {
    return sumSlices(backend, values, sums, splitRows(n, rows, columns, 1), factor);
  }
  const split = splitRows(n, rows, columns);
  const partials = backend.makeFloats([n, split.slices, columns]);
  sumSlices(backend, values, partials, split, 1);
  sumAlone(backend, partials, sums, { n, rows: split.slices, columns, factor });
  backend.disposeData(partials.dataId);
}

/** A thread for each column, or for four. */
function sumAlone(
  backend: GpuBackend,
  values: TensorInfo,
  sums: TensorInfo,
  { n, rows, columns, factor }: Required<RowSums>,
): void {
  const width = widthOf(columns), size = n * columns / width;
  backend.run({
    kernel: "Sum",
    writes: { sums },
    reads: { values },
    vectors: width === 4 ? ["sums", "values"] : [],
    counts: { size, rows, columns: columns / width },
    factors: { factor },
    workgroup: [THREADS, 1, 1],
    grid: flatGrid(Math.ceil(size / THREADS)),
    body: () => `
  let i = ${FLAT_GROUP} * ${THREADS}u + index;
  if (i >= u.size) { return; }
  let start = i / u.columns * u.rows * u.columns + i % u.columns;
  var sum = ${typeOf(width)}(0.0);
  for (var row = 0u; row < u.rows; row++) { sum += values[start + row * u.columns]; }
  sums[i] = sum * u.factor;`,
  });
}

/** Many threads for each column: puts into `sums` [n, slices, columns] the sums over slices of the rows. */
function sumSlices(
  backend: GpuBackend,
  values: TensorInfo,
  sums: TensorInfo,
  split: RowSplit,
  factor: number,
): void {
  backend.run({
    kernel: "Sum of slices",
    variant: variantOf(split),
    writes: { sums },
    reads: { values },
    vectors: split.width === 4 ? ["sums", "values"] : [],
    counts: countsOf(split),
    factors: { factor },
    workgroup: [split.lanes, HEIGHT, 1],
    grid: gridOf(split, split.sliceRows),
    declare: () => declareSums(split),
    body: () =>
      `${FIND_COLUMN}
  let end = min((group.x + 1u) * u.sliceRows, u.rows);
  var sum = V(0.0);
  for (var row = group.x * u.sliceRows + lane.y; isIn && row < end; row += HEIGHT) {
    sum += values[start + row * u.columns];
  }
  let total = sumRows(index, sum, V(0.0));
  if (isIn && lane.y == 0u) {
    sums[(group.z * u.slices + group.x) * u.columns + column] = total.first * u.factor;
  }`,
  });
}
