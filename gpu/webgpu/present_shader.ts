// The shader that draws a tensor as a picture: the bytes that reading it back would give, the source left of a line.

/** What the shader is told with each picture and each move of the line. */
export interface View {
  /** Where the line is, in whole percent of the width: left of it is the source. */
  split: number;
  /** How much of the result is mixed into the source, in whole percent. */
  strength: number;
}

/** The numbers of `View`, and sizes: in this order, each a u32. */
export const VIEW_NUMBERS = 4;

/** Steps in a uniform buffer: four to a vector, the first one unused. */
const STEP_COUNT = 256;

/**
 * For each byte from 1 the least float32 that reading a tensor back turns into that byte (`tensorToPictures`: a sum in 64
 * bits, clamped, halves to even). A shader has 32 bits, which alone would be a byte off now and then.
 */
export function findSteps(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: STEP_COUNT }, (_, byte) => byte === 0 ? -1 : findStep(byte));
}

function findStep(byte: number): number {
  const bytes = new Uint8ClampedArray(1);
  let below = -1, from = 1;
  while (true) {
    const middle = Math.fround((below + from) / 2);
    if (middle === below || middle === from) return from;
    bytes[0] = (middle + 1) * 127.5;
    if (bytes[0] >= byte) from = middle;
    else below = middle;
  }
}

/**
 * One triangle over the whole picture. `values` is a tensor [1, rows, rowPixels, 3] in [-1, 1], of which the picture is the
 * top left; `source` has the picture's size. Mixing is in whole bytes, rounded to the nearest, halves up.
 */
export const PRESENT_SHADER = `
struct View { width: u32, rowPixels: u32, split: u32, strength: u32 }
@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<uniform> steps: array<vec4f, ${STEP_COUNT / 4}>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var source: texture_2d<f32>;

@vertex fn cover(@builtin(vertex_index) corner: u32) -> @builtin(position) vec4f {
  return vec4f(f32(corner & 1u) * 4.0 - 1.0, f32(corner >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn stepTo(byte: u32) -> f32 { return steps[byte / 4u][byte % 4u]; }

fn byteOf(value: f32) -> u32 {
  // Not a number: black, as in an array of bytes.
  if ((bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u) { return 0u; }
  let guess = u32(clamp((value + 1.0) * 127.5 + 0.5, 0.0, 255.0));
  if (guess > 0u && value < stepTo(guess)) { return guess - 1u; }
  if (guess < 255u && value >= stepTo(guess + 1u)) { return guess + 1u; }
  return guess;
}

@fragment fn draw(@builtin(position) at: vec4f) -> @location(0) vec4f {
  let x = u32(at.x);
  let before = textureLoad(source, vec2u(at.xy), 0).rgb;
  if ((2u * x + 1u) * 50u < view.split * view.width) { return vec4f(before, 1.0); }
  let first = (u32(at.y) * view.rowPixels + x) * 3u;
  let after = vec3u(byteOf(values[first]), byteOf(values[first + 1u]), byteOf(values[first + 2u]));
  let mixed = (vec3u(round(before * 255.0)) * (100u - view.strength) + after * view.strength + 50u) / 100u;
  return vec4f(vec3f(mixed) / 255.0, 1.0);
}`;
