// The ICC profile of sRGB, made from its definition: printers are told by it what the numbers of a picture mean.

/** Primaries and white of sRGB (IEC 61966-2-1), adapted to the profile's white by Bradford's matrix, as X, Y, Z. */
const COLUMNS = {
  rXYZ: [0.43607, 0.22249, 0.01392],
  gXYZ: [0.38515, 0.71687, 0.09708],
  bXYZ: [0.14307, 0.06061, 0.7141],
} as const;

/** The white of every profile (ICC.1:2022, 7.2.16): D50. */
const WHITE = [0.9642, 1, 0.8249] as const;

/** The curve of sRGB as a parametric curve of type 3 (ICC.1:2022, 10.18): gamma, a, b, c, d. */
const CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045] as const;

const HEADER = 128, ENTRY = 12;

/** A display profile of version 4 (ICC.1:2022): matrix and curve, some 500 bytes. */
export function srgbProfile(): Uint8Array<ArrayBuffer> {
  const curve = tag("para", [u16(3), u16(0), ...CURVE.map(fixed)]);
  const tags: [string, number[]][] = [
    ["desc", localised("sRGB")],
    ["cprt", localised("Public domain")],
    ["wtpt", tag("XYZ ", WHITE.map(fixed))],
    ...Object.entries(COLUMNS).map(([name, xyz]): [string, number[]] => [
      name,
      tag("XYZ ", xyz.map(fixed)),
    ]),
    ["rTRC", curve],
    ["gTRC", curve],
    ["bTRC", curve],
  ];
  let end = HEADER + 4 + ENTRY * tags.length;
  const table: number[] = u32(tags.length), bodies: number[] = [];
  const placed = new Map<number[], number>();
  for (const [name, body] of tags) {
    // The three curves are one, told three times.
    const at = placed.get(body) ?? end;
    if (at === end) {
      bodies.push(...body);
      end += body.length;
      placed.set(body, at);
    }
    table.push(...ascii(name), ...u32(at), ...u32(body.length));
  }
  return Uint8Array.of(...header(end), ...table, ...bodies);
}

function header(size: number): number[] {
  const date = [2026, 1, 1, 0, 0, 0].flatMap(u16);
  const head = [
    ...u32(size),
    ...u32(0),
    ...u32(0x04400000),
    ...ascii("mntrRGB XYZ "),
    ...date,
    ...ascii("acsp"),
  ];
  // Platform, flags, maker, model, attributes: none. Then the perceptual intent and the white.
  head.push(...Array(28).fill(0), ...u32(0), ...WHITE.flatMap(fixed));
  return [...head, ...Array(HEADER - head.length).fill(0)];
}

/** A tag's body, filled up to whole words. */
function tag(type: string, values: number[][]): number[] {
  const body = [...ascii(type), ...u32(0), ...values.flat()];
  while (body.length % 4 > 0) body.push(0);
  return body;
}

function localised(text: string): number[] {
  const units = Array.from(text, (character) => u16(character.charCodeAt(0)));
  const at = 28;
  return tag("mluc", [u32(1), u32(12), ascii("enUS"), u32(2 * text.length), u32(at), ...units]);
}

function fixed(value: number): number[] {
  return u32(Math.round(value * 65536));
}

function u16(value: number): number[] {
  return [value >> 8, value & 255];
}

function u32(value: number): number[] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
