// Walks several row-major arrays in step where some of them repeat along some axes (broadcasting, reductions).

/** How far an operand moves per step along each axis of the walk; 0 where it repeats. */
export function stridesFor(shape: readonly number[], walked: readonly number[]): number[] {
  const strides = new Array<number>(walked.length).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1, at = walked.length - 1; axis >= 0; axis--, at--) {
    strides[at] = shape[axis] === 1 ? 0 : stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Called for each run along the innermost axis: start of the run in the two operands and in the walk, and its length. */
type VisitRun = (a: number, b: number, start: number, length: number) => void;

/**
 * Visits the runs of a walk over `shape` with two operands' strides; axes along which both move alike are merged first, so
 * that runs are as long as they can be. The visitor is given the innermost strides by `innermost`.
 */
export function walkRuns(
  shape: readonly number[],
  strides: { a: readonly number[]; b: readonly number[] },
): { innermost: { a: number; b: number }; forEachRun: (visit: VisitRun) => void } {
  const axes = mergedAxes(shape, strides);
  const inner = axes.pop() ?? { size: 1, a: 0, b: 0 };
  const outerCount = axes.reduce((product, { size }) => product * size, 1);
  return {
    innermost: { a: inner.a, b: inner.b },
    forEachRun(visit) {
      const index = new Int32Array(axes.length);
      let a = 0, b = 0;
      for (let run = 0; run < outerCount; run++) {
        visit(a, b, run * inner.size, inner.size);
        for (let axis = axes.length - 1; axis >= 0; axis--) {
          a += axes[axis].a;
          b += axes[axis].b;
          if (++index[axis] < axes[axis].size) break;
          a -= axes[axis].a * axes[axis].size;
          b -= axes[axis].b * axes[axis].size;
          index[axis] = 0;
        }
      }
    },
  };
}

/** One axis of a walk: its size, and how far each operand moves per step. */
export interface Axis {
  size: number;
  a: number;
  b: number;
}

/** The axes of a walk, those left out that have one step, and those merged along which both operands move on alike. */
export function mergedAxes(
  shape: readonly number[],
  strides: { a: readonly number[]; b: readonly number[] },
): Axis[] {
  const merged: Axis[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const axis = { size, a: strides.a[i], b: strides.b[i] };
    const outer = merged.at(-1);
    // An outer step that equals a whole inner run continues it.
    const continues = outer && outer.a === axis.a * size && outer.b === axis.b * size;
    if (continues) merged[merged.length - 1] = { ...axis, size: outer.size * size };
    else merged.push(axis);
  });
  return merged;
}
