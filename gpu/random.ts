// Named, reproducible random streams: the same seed and names give the same numbers on every device and after every resume.

/** A seeded stream of random numbers. Every draw advances it; two streams with different names are independent. */
export interface Random {
  /** The next 32 bits, an integer in [0, 2^32). */
  uint32(): number;
  /** A float uniform in [min, max), 32 bits of resolution. */
  uniform(min?: number, max?: number): number;
  /** An integer uniform in [0, bound). @throws {RangeError} if bound is not a positive integer up to 2^32. */
  integer(bound: number): number;
  /** A draw from the normal distribution (Box and Muller 1958). */
  normal(mean?: number, deviation?: number): number;
  /** The integers 0 to count - 1 in random order (Fisher and Yates). */
  permutation(count: number): Uint32Array;
  /** `count` draws of `normal`, as a new array. */
  normals(count: number, mean?: number, deviation?: number): Float32Array;
}

/**
 * The stream that belongs to a seed and a list of names, such as `randomStream(42, "crop", imagesSeen)`.
 *
 * A stream is derived from its names, never from another stream's position, so a resumed run that asks for the
 * same names continues as if it had not stopped, and nothing of a stream has to be saved (the scheme of EDM2's loop).
 * Generator: sfc32 (C. Doty-Humphrey, PractRand), seeded by a 128-bit mix of the names' UTF-16 units.
 */
export function randomStream(seed: number, ...names: (string | number)[]): Random {
  const state = hashNames([seed, ...names].join("\u0000"));
  const uint32 = () => advance(state);
  for (let i = 0; i < 12; i++) uint32();
  const uniform = (min = 0, max = 1) => min + (max - min) * (uint32() / 2 ** 32);
  const integer = (bound: number) => boundedInteger(uint32, bound);
  const normal = (mean = 0, deviation = 1) => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * uniform());
  };
  return {
    uint32,
    uniform,
    integer,
    normal,
    permutation: (count) => shuffle(count, integer),
    normals: (count, mean, deviation) =>
      Float32Array.from({ length: count }, () => normal(mean, deviation)),
  };
}

/** One step of sfc32: three mixing words and a counter, period at least 2^32 blocks per seed. */
function advance(state: Uint32Array): number {
  const result = (state[0] + state[1] + state[3]) >>> 0;
  state[3] += 1;
  state[0] = state[1] ^ (state[1] >>> 9);
  state[1] = state[2] + (state[2] << 3);
  state[2] = ((state[2] << 21) | (state[2] >>> 11)) + result;
  return result;
}

/** Four words from a string: four FNV-1a style lanes with different odd multipliers, each finished by an avalanche. */
function hashNames(text: string): Uint32Array {
  const multipliers = [0x01000193, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  return Uint32Array.from(multipliers, (multiplier, lane) => {
    let hash = 0x811c9dc5 ^ (lane * 0x9e3779b9);
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), multiplier);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
    return (hash ^ (hash >>> 16)) >>> 0;
  });
}

/** Draws until the value falls in the largest multiple of the bound, so that no residue is favoured. */
function boundedInteger(uint32: () => number, bound: number): number {
  if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
    throw new RangeError(`Cannot draw an integer: bound is ${bound}, expected 1 to 2^32`);
  }
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let value = uint32();
  while (value >= limit) value = uint32();
  return value % bound;
}

function shuffle(count: number, integer: (bound: number) => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
