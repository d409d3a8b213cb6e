// Histogram matching: the redrawing without any learning that a style transfer has to beat.

import { assertPicture, type Picture } from "../../gpu/picture.ts";

/** For each of red, green and blue the value that becomes of each byte. */
export type ColorCurves = readonly Uint8ClampedArray[];

/**
 * The rising curve of each colour that carries the histogram of one film's pictures to that of another's (Gonzalez and Woods 2018,
 * section 3.3): a value becomes the one below which as large a share of the other film's pixels lies. Alpha is ignored.
 *
 * @throws {RangeError} if a film has no picture
 */
export function matchHistograms(from: readonly Picture[], to: readonly Picture[]): ColorCurves {
  return [0, 1, 2].map((channel) => {
    const source = shares(from, channel), target = shares(to, channel);
    return Uint8ClampedArray.from({ length: 256 }, (_, value) => {
      // Pixels of one value are spread over others by no curve: the middle of their share decides.
      const middle = (source[value] + (source[value - 1] ?? 0)) / 2;
      const found = target.findIndex((share) => share >= middle);
      return found;
    });
  });
}

/** The picture with each colour put through its curve; alpha stays. */
export function applyCurves({ width, height, data }: Picture, curves: ColorCurves): Picture {
  const changed = Uint8ClampedArray.from(
    data,
    (value, i) => i % 4 === 3 ? value : curves[i % 4][value],
  );
  return { width, height, data: changed };
}

/** The share of pixels at or below each value. */
function shares(pictures: readonly Picture[], channel: number): number[] {
  if (pictures.length === 0) {
    throw new RangeError("Cannot match histograms: a film has no picture, expected at least one");
  }
  const counts = new Array<number>(256).fill(0);
  for (const picture of pictures) {
    assertPicture(picture);
    for (let i = channel; i < picture.data.length; i += 4) counts[picture.data[i]]++;
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  return counts.map((count) => (below += count) / all);
}
