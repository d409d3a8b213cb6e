// Paper for print: its sizes, the bleed around it, crop marks, and which part of a picture covers it.

/** A size of paper. */
export interface Paper {
  id: string;
  label: string;
  /** In millimetres, as all lengths here. */
  width: number;
  height: number;
}

const INCH = 25.4;

/** All sizes, the smallest first: ISO 216, and the one sheet of American cinemas. */
export const PAPERS: readonly [Paper, ...Paper[]] = [
  { id: "a4", label: "A4", width: 210, height: 297 },
  { id: "a3", label: "A3", width: 297, height: 420 },
  { id: "a2", label: "A2", width: 420, height: 594 },
  { id: "a1", label: "A1", width: 594, height: 841 },
  { id: "one-sheet", label: "27 × 40 in", width: 27 * INCH, height: 40 * INCH },
];

/** Dots per inch that a print may have. */
export const RESOLUTIONS: readonly number[] = [150, 300];

/** What is printed beyond the trimmed edge, so that no white shows where the knife strays. */
const BLEED_MM = 3;

/** Crop marks begin where the bleed ends, and are so long and so thick. */
export const MARK_MM = { length: 5, width: 0.1 } as const;

/** Free outside of the marks. */
const EDGE_MM = 2;

/** A rectangle, from the top left of the sheet. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A sheet that comes out of the press. */
export interface Sheet {
  /** All of it. */
  media: Box;
  /** What the picture covers. */
  bleed: Box;
  /** What is left when it is cut. */
  trim: Box;
  /** Crop marks, each from one point to another. */
  marks: readonly [x1: number, y1: number, x2: number, y2: number][];
}

/** The sheet for a paper: with bleed and marks around it, or the paper alone. */
export function sheetOf({ width, height }: Paper, withBleed: boolean): Sheet {
  if (!withBleed) {
    const all = { x: 0, y: 0, width, height };
    return { media: all, bleed: all, trim: all, marks: [] };
  }
  const margin = BLEED_MM + MARK_MM.length + EDGE_MM;
  const around = (by: number): Box => ({
    ...{ x: margin - by, y: margin - by },
    ...{ width: width + 2 * by, height: height + 2 * by },
  });
  const [left, right, top, bottom] = [margin, margin + width, margin, margin + height];
  const near = BLEED_MM, far = BLEED_MM + MARK_MM.length;
  const across = [top, bottom].flatMap((y): Sheet["marks"] => [
    [left - far, y, left - near, y],
    [right + near, y, right + far, y],
  ]);
  const down = [left, right].flatMap((x): Sheet["marks"] => [
    [x, top - far, x, top - near],
    [x, bottom + near, x, bottom + far],
  ]);
  return {
    media: around(margin),
    bleed: around(BLEED_MM),
    trim: around(0),
    marks: [...across, ...down],
  };
}

/** Which part of a picture, in its pixels, lies on a box, so that the middle of the picture covers all of `bleed`. */
export function partOn(
  box: Box,
  bleed: Box,
  picture: { width: number; height: number },
): { left: number; right: number; top: number; bottom: number } {
  const perMm = Math.min(picture.width / bleed.width, picture.height / bleed.height);
  const middle = (from: number, side: number, pixels: number) =>
    pixels / 2 + (from - side / 2) * perMm;
  const [x, y] = [box.x - bleed.x, box.y - bleed.y];
  return {
    left: middle(x, bleed.width, picture.width),
    right: middle(x + box.width, bleed.width, picture.width),
    top: middle(y, bleed.height, picture.height),
    bottom: middle(y + box.height, bleed.height, picture.height),
  };
}

/** A length in whole pixels. */
export function toPixels(mm: number, dpi: number): number {
  return Math.round(mm * dpi / INCH);
}

/** A length in points of PDF. */
export function toPoints(mm: number): number {
  return 72 * mm / INCH;
}
