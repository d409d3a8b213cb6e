// Colours as lightness, chroma and hue (OKLCH), in which mixing and grading look even, and their sRGB hex form.

/** A colour of B. Ottosson's OKLCH (2020): lightness 0 to 1, chroma 0 to about 0.37, hue in degrees. */
export type Color = readonly [lightness: number, chroma: number, hue: number];

/** OKLab: lightness, green to red, blue to yellow. */
type Lab = readonly [number, number, number];

/** The colour `share` (0 to 1) of the way from `from` to `to`, straight through OKLab. */
export function mix(from: Color, to: Color, share: number): Color {
  const [a, b] = [toLab(from), toLab(to)];
  return fromLab([0, 1, 2].map((i) => a[i] + (b[i] - a[i]) * share));
}

/** The colour with its lightness moved by `by` and its chroma multiplied. */
export function shift([lightness, chroma, hue]: Color, by: number, chromaScale = 1): Color {
  return [Math.min(1, Math.max(0, lightness + by)), chroma * chromaScale, hue];
}

/** `#rrggbb`, each channel clipped to what sRGB can show. */
export function hex(color: Color): string {
  const [l, a, b] = toLab(color);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
  return "#" + linear.map((value) => byteOf(value).toString(16).padStart(2, "0")).join("");
}

function byteOf(linear: number): number {
  const value = Math.min(1, Math.max(0, linear));
  const encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}

function toLab([lightness, chroma, hue]: Color): Lab {
  const angle = (hue * Math.PI) / 180;
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
}

function fromLab([lightness, a, b]: number[]): Color {
  return [lightness, Math.hypot(a, b), (Math.atan2(b, a) * 180) / Math.PI];
}
