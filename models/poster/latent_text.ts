// A latent vector as a short text that gives exactly the same numbers back: for links and stored recipes of posters without a seed.

/** The form of the text; another one needs another digit. */
const VERSION = "1";

/** Steps in one: fixed point with 12 binary digits, finer than what moves a pixel by one of its 255 values. */
const SCALE = 4096;

/** Beyond this no number fits 16 bits; N(0, 1) goes there once in 10^15 draws. */
const LARGEST = 32767 / SCALE;

/** A latent vector rounded to what its text can hold: multiples of 1/4096 within ±8. */
export function roundLatent(latent: Float32Array): Float32Array {
  return latent.map((value) =>
    Math.round(SCALE * Math.min(LARGEST, Math.max(-LARGEST, value))) / SCALE
  );
}

/** The text of a latent vector, four characters for three bytes of base64url: 267 for 100 numbers. The vector is rounded by it. */
export function formatLatent(latent: Float32Array): string {
  const bytes = new Uint8Array(2 * latent.length), view = new DataView(bytes.buffer);
  roundLatent(latent).forEach((value, i) => view.setInt16(2 * i, SCALE * value, true));
  const text = btoa(String.fromCharCode(...bytes));
  return VERSION + text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The latent vector of a text; undefined if it is none of `length` numbers in a form that is known. */
export function parseLatent(text: string, length: number): Float32Array | undefined {
  // The form is told by the length, before anything is decoded.
  if (text[0] !== VERSION || text.length !== 1 + Math.ceil(8 * length / 3)) return;
  const code = text.slice(1);
  if (!/^[\w-]*$/.test(code)) return;
  const bytes = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
  const view = new DataView(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)).buffer);
  return Float32Array.from({ length }, (_, i) => view.getInt16(2 * i, true) / SCALE);
}
