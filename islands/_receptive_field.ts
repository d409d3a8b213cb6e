// What one score of a PatchGAN can see of a picture, and how many scores there are: geometry alone, no numbers of a network.

/** The first and the last pixel along one side, counted from 0; they may lie outside of the picture. */
export interface Span {
  from: number;
  to: number;
}

/** A convolution along one side of the picture. */
interface Layer {
  kernel: number;
  stride: number;
  pad: number;
}

/** The convolutions from the picture to the scores, all of kernel 4 (Isola et al. 2017, appendix 6.1.2). @param halvings layers of stride 2 */
function patchLayers(halvings: number): Layer[] {
  const layer = (stride: number): Layer => ({ kernel: 4, stride, pad: 1 });
  return [...Array.from({ length: halvings }, () => layer(2)), layer(1), layer(1)];
}

/** How many scores there are along a side of so many pixels. @throws {RangeError} if there would be none */
export function countScores(sidePx: number, halvings: number): number {
  const count = patchLayers(halvings).reduce(
    (side, { kernel, stride, pad }) => Math.floor((side + 2 * pad - kernel) / stride) + 1,
    sidePx,
  );
  if (count > 0) return count;
  throw new RangeError(
    `Cannot score patches: a side of ${sidePx} pixels leaves ${count} scores; expected at least 1`,
  );
}

/** The pixels that a score depends on. */
export function receptiveField(score: number, halvings: number): Span {
  return patchLayers(halvings).reduceRight<Span>(
    ({ from, to }, { kernel, stride, pad }) => ({
      from: from * stride - pad,
      to: to * stride - pad + kernel - 1,
    }),
    { from: score, to: score },
  );
}
