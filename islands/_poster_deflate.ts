// Rows of pixels as PNG and PDF both hold them: each with a filter that makes it small, then compressed as one zlib stream.

import type { Raster } from "./_poster_raster.ts";

/** PNG's filter by the pixel above (PNG, section 9.2): enlarged pictures change least from row to row. */
const UP = 2;

/**
 * A raster compressed, in pieces; its pixels are never in memory as a whole.
 *
 * @param onRows is told after each strip how many rows are done
 */
export async function deflateRaster(
  { width, height, strips }: Raster,
  onRows: (rows: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const { readable, writable } = new CompressionStream("deflate");
  const collected = Array.fromAsync(readable);
  const writer = writable.getWriter();
  const bytesInRow = width * 3;
  let above = new Uint8Array(bytesInRow), done = 0;
  try {
    for (const strip of strips()) {
      const rows = strip.length / bytesInRow;
      const filtered = new Uint8Array(rows * (bytesInRow + 1));
      for (let y = 0; y < rows; y++) {
        const row = strip.subarray(y * bytesInRow, (y + 1) * bytesInRow);
        const target = y * (bytesInRow + 1);
        filtered[target] = UP;
        for (let i = 0; i < bytesInRow; i++) filtered[target + 1 + i] = row[i] - above[i];
        above = row;
      }
      await writer.write(filtered);
      done += rows;
      onRows(done);
    }
    await writer.close();
  } catch (error) {
    // Else the pieces would be waited for in vain, and their error be nobody's.
    await writer.abort(error).catch(() => {});
    await collected.catch(() => {});
    throw error;
  }
  if (done !== height) throw new Error(`Cannot compress: ${done} rows came; expected ${height}`);
  return await collected;
}

/** Bytes compressed at once. */
export async function deflateBytes(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
