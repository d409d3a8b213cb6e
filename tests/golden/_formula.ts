// Numbers made of a name and a place: the inputs of golden files that would be too long with them. make_trunk_goldens.py has the same.

/** Uniform in [low, high): 32 mixed bits of the place, from a start that is FNV-1a of the name. */
export function formulaNumbers(
  name: string,
  count: number,
  [low, high]: readonly [number, number],
): Float32Array {
  let start = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) start = Math.imul(start ^ byte, 0x01000193);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let mixed = Math.imul(i, 0x9e3779b1) ^ start;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
    values[i] = low + (high - low) * (((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32);
  }
  return values;
}
