// Writes a PNG file of compressed rows, with its resolution and its colours told, without ever holding it as pixels.

/** What the file says of itself. */
export interface PngFacts {
  width: number;
  height: number;
  dpi: number;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Polynomial of PNG's checksum (PNG, annex D), byte by byte. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/**
 * A PNG file: 8 bits of red, green and blue, sRGB, with its resolution.
 *
 * @param pieces the zlib stream of filtered rows, as `deflateRaster` gives it
 */
export function pngFile(
  { width, height, dpi }: PngFacts,
  pieces: readonly Uint8Array<ArrayBuffer>[],
): Blob {
  const perMetre = Math.round(dpi / 0.0254);
  const parts = [
    SIGNATURE,
    // 8 bits, truecolour, no interlacing.
    ...chunk("IHDR", [Uint8Array.of(...word(width), ...word(height), 8, 2, 0, 0, 0)]),
    // Perceptual intent; the gamma is for readers that do not know sRGB.
    ...chunk("sRGB", [Uint8Array.of(0)]),
    ...chunk("gAMA", [Uint8Array.of(...word(45455))]),
    ...chunk("pHYs", [Uint8Array.of(...word(perMetre), ...word(perMetre), 1)]),
    ...pieces.flatMap((piece) => chunk("IDAT", [piece])),
    ...chunk("IEND", []),
  ];
  return new Blob(parts, { type: "image/png" });
}

function chunk(type: string, data: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer>[] {
  const length = data.reduce((sum, { length }) => sum + length, 0);
  const name = new TextEncoder().encode(type);
  return [
    Uint8Array.of(...word(length)),
    name,
    ...data,
    Uint8Array.of(...word(checksum([name, ...data]))),
  ];
}

function checksum(parts: readonly Uint8Array[]): number {
  let crc = 0xffffffff;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) crc = CRC_TABLE[(crc ^ part[i]) & 255] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function word(value: number): [number, number, number, number] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}
