// Along one axis, the input gradient of a strided convolution falls apart into phases: the pixels y with
// (y + pad) mod stride = r see only the kernel's taps r, r + stride, ..., in reverse order, of neighbouring outputs.

/** The pixels first, first + stride, ... of one phase, and the taps that reach them. */
export interface StridePhase {
  first: number;
  count: number;
  firstTap: number;
  taps: number;
  /** Where the sum of the first pixel starts in the padded gradient. */
  start: number;
}

/** The phases that have pixels and taps, and the zeros that the gradient needs before and after it. */
export interface StridePhases {
  phases: StridePhase[];
  before: number;
  after: number;
  /** Whether there are pixels that no tap reaches. */
  hasGaps: boolean;
}

/** The phases of an axis of `size` pixels, convolved to `outSize` by `kernel` taps. */
export function stridePhases(
  size: number,
  outSize: number,
  kernel: number,
  stride: number,
  pad: number,
): StridePhases {
  const all = Array.from({ length: stride }, (_, r) => {
    const first = (((r - pad) % stride) + stride) % stride;
    const taps = Math.max(0, Math.ceil((kernel - r) / stride));
    const count = Math.max(0, Math.ceil((size - first) / stride));
    // The first output that the first pixel sees, and the last that the last one sees.
    const lowest = (first + pad - r) / stride - (taps - 1);
    return { first, count, firstTap: r, taps, lowest, highest: lowest + taps + count - 2 };
  }).filter(({ count }) => count > 0);
  const reached = all.filter(({ taps }) => taps > 0);
  const before = Math.max(0, ...reached.map(({ lowest }) => -lowest));
  const after = Math.max(0, ...reached.map(({ highest }) => highest - (outSize - 1)));
  return {
    phases: reached.map(({ lowest, highest: _, ...phase }) => ({
      ...phase,
      start: lowest + before,
    })),
    before,
    after,
    hasGaps: reached.length < all.length,
  };
}
