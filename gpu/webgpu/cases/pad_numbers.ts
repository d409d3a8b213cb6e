// Images with reflected borders, and the adjoint, by their definitions.

import { type Numbers, series, zerosLike } from "./case.ts";

/** Where each pixel of [n, h, w, c] with a reflected border comes from; borders are top, bottom, left, right. */
function reflections(
  [n, h, w, c]: readonly number[],
  [top, bottom, left, right]: readonly number[],
): number[] {
  const within = (at: number, size: number) => {
    const back = Math.abs(at);
    return back < size ? back : 2 * (size - 1) - back;
  };
  const [outHeight, outWidth] = [h + top + bottom, w + left + right];
  return Array.from({ length: n * outHeight * outWidth * c }, (_, i) => {
    const pixel = Math.floor(i / c), image = Math.floor(pixel / (outHeight * outWidth));
    const y = within(Math.floor(pixel / outWidth) % outHeight - top, h);
    return ((image * h + y) * w + within(pixel % outWidth - left, w)) * c + i % c;
  });
}

/** Images [n, h, w, c] and their border: top, bottom, left, right. */
export interface PadCase {
  shape: readonly number[];
  border: readonly number[];
}

/** In fours and not; borders of each side alone, as wide as a reflection can be. */
export const paddings: readonly PadCase[] = [
  { shape: [2, 5, 4, 3], border: [2, 1, 3, 2] },
  { shape: [1, 4, 5, 4], border: [3, 0, 1, 4] },
];

/** What a border is given and has to give. */
export interface PadNumbers {
  attrs: Readonly<Record<string, unknown>>;
  x: Numbers;
  dy: Numbers;
  moved: number[];
  folded: number[];
}

/** The numbers of a border. */
export function padNumbers({ shape, border }: PadCase): PadNumbers {
  const [n, h, w, c] = shape, [top, bottom, left, right] = border;
  const places = reflections(shape, border);
  const x = series(shape, 3), dy = series([n, h + top + bottom, w + left + right, c], 4);
  const folded = zerosLike(x);
  places.forEach((place, i) => folded[place] += dy.values[i]);
  const attrs = { mode: "reflect", paddings: [[0, 0], [top, bottom], [left, right], [0, 0]] };
  const moved = places.map((place) => x.values[place]);
  return { attrs, x, dy, moved, folded };
}
