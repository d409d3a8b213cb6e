// The engine walks a fixed number of axes at a time; what goes beyond them is walked here.

import type { Axis } from "../../cpu/strides.ts";

/** Axes split for the engine: `inner`, filled up in front to just `count`, and a walk over those before them. */
export interface SplitAxes {
  inner: Axis[];
  /** Visits all places of the outer axes in order, once if there are none, with the offsets of both operands. */
  forEachOuter(visit: (a: number, b: number) => void): void;
}

/** Splits off the last `count` axes. */
export function splitAxes(axes: readonly Axis[], count: number): SplitAxes {
  const last = axes.slice(-count), outer = axes.slice(0, -count);
  const missing = Array.from({ length: count - last.length }, () => ({ size: 1, a: 0, b: 0 }));
  return { inner: [...missing, ...last], forEachOuter: (visit) => visitAll(outer, visit) };
}

function visitAll(axes: readonly Axis[], visit: (a: number, b: number) => void): void {
  const [first, ...others] = axes;
  if (first === undefined) return visit(0, 0);
  for (let i = 0; i < first.size; i++) {
    visitAll(others, (a, b) => visit(a + i * first.a, b + i * first.b));
  }
}
