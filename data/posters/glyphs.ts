// The letters as strokes on a grid of 4 x 6, from which every style of title is drawn: no font is needed.

/** A stroke's corners, x 0 to 4 from the left and y 0 to 6 from the top. */
export type Stroke = readonly (readonly [x: number, y: number])[];

/** A letter: its strokes, and how far it reaches to the right. */
export interface Glyph {
  strokes: readonly Stroke[];
  width: number;
}

// Two digits a corner, strokes parted by a bar.
const table: Readonly<Record<string, string>> = {
  A: "06 20 46|14 34",
  B: "03 33 44 45 36 06 00 30 41 42 33",
  C: "41 30 10 01 05 16 36 45",
  D: "00 06 26 44 42 20 00",
  E: "40 00 06 46|03 33",
  F: "40 00 06|03 33",
  G: "41 30 10 01 05 16 36 45 43 23",
  H: "00 06|40 46|03 43",
  I: "00 06",
  J: "40 45 36 16 05",
  K: "00 06|40 03 46",
  L: "00 06 46",
  M: "06 00 23 40 46",
  N: "06 00 46 40",
  O: "10 01 05 16 36 45 41 30 10",
  P: "06 00 30 41 42 33 03",
  Q: "10 01 05 16 36 45 41 30 10|24 46",
  R: "06 00 30 41 42 33 03|23 46",
  S: "41 30 10 01 02 13 33 44 45 36 16 05",
  T: "00 40|20 26",
  U: "00 05 16 36 45 40",
  V: "00 26 40",
  W: "00 16 23 36 40",
  X: "00 46|40 06",
  Y: "00 23 40|23 26",
  Z: "00 40 06 46",
  0: "10 01 05 16 36 45 41 30 10",
  1: "01 10 16",
  2: "01 10 30 41 42 06 46",
  3: "01 10 30 41 42 33 44 45 36 16 05|13 33",
  4: "36 30 04 44",
  5: "40 00 02 32 43 45 36 06",
  6: "40 20 02 05 16 36 45 44 33 03",
  7: "00 40 16",
  8: "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33",
  9: "06 26 44 41 30 10 01 02 13 43",
};

const glyphs = new Map<string, Glyph>(
  Object.entries(table).map(([letter, text]) => {
    const strokes = text.split("|").map((stroke) =>
      stroke.split(" ").map(([x, y]) => [Number(x), Number(y)] as const)
    );
    return [letter, { strokes, width: Math.max(...strokes.flat().map(([x]) => x)) }];
  }),
);

/** The letter's strokes, or undefined for what stands between words. */
export function findGlyph(letter: string): Glyph | undefined {
  return glyphs.get(letter);
}
