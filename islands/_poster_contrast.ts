// Where words can stand on a picture and in which ink: calm areas, and contrast as WCAG defines it.

import type { Picture } from "../gpu/picture.ts";

/** A colour, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** A part of a picture, in shares of its sides. */
export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The colours of an area. */
export interface AreaColours {
  mean: Rgb;
  /** Mean colour of its brightest quarter. */
  bright: Rgb;
  /** Mean colour of its darkest quarter. */
  dark: Rgb;
}

/** An ink for an area. */
export interface Ink {
  colour: "#ffffff" | "#000000";
  /** The contrast to the area's mean, at least 4.58. */
  contrast: number;
  /** How much of the other colour has to lie under the words so that even the worst quarter has the contrast that text needs; 0 to 1. */
  scrim: number;
}

/** The least contrast of text (WCAG 2.2, 1.4.3). */
export const TEXT_CONTRAST = 4.5;

/** Relative luminance (WCAG 2.2), 0 to 1. */
export function luminanceOf([red, green, blue]: Rgb): number {
  const linear = (value: number) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** The contrast of two colours (WCAG 2.2), 1 to 21. */
export function contrastOf(a: Rgb, b: Rgb): number {
  const [low, high] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** The colours of a part of a picture; at least one pixel of it. */
export function coloursOf(picture: Picture, area: Area): AreaColours {
  const pixels = pixelsOf(picture, area).map((colour) => ({ colour, light: luminanceOf(colour) }));
  pixels.sort((a, b) => a.light - b.light);
  const colours = pixels.map(({ colour }) => colour);
  const quarter = Math.ceil(colours.length / 4);
  return {
    mean: meanOf(colours),
    dark: meanOf(colours.slice(0, quarter)),
    bright: meanOf(colours.slice(-quarter)),
  };
}

/** The ink that stands out more from an area's mean, and the scrim that its worst quarter needs. */
export function chooseInk({ mean, bright, dark }: AreaColours): Ink {
  const [white, black]: Rgb[] = [[255, 255, 255], [0, 0, 0]];
  const isWhite = contrastOf(white, mean) >= contrastOf(black, mean);
  const [ink, ground, worst] = isWhite ? [white, black, bright] : [black, white, dark];
  let scrim = 0;
  while (scrim < 1 && contrastOf(ink, blend(worst, ground, scrim)) < TEXT_CONTRAST) {
    scrim = Math.round(100 * scrim + 1) / 100;
  }
  const colour = isWhite ? "#ffffff" : "#000000";
  return { colour, contrast: contrastOf(ink, mean), scrim };
}

/** The third of a picture in which less happens; the lower one if they are alike. */
export function calmerThird(picture: Picture): "top" | "bottom" {
  const across = { left: 0, right: 1 };
  const top = unrestOf(picture, { ...across, top: 0, bottom: 1 / 3 });
  const bottom = unrestOf(picture, { ...across, top: 2 / 3, bottom: 1 });
  return top < bottom ? "top" : "bottom";
}

/** How much an area's lightness changes from pixel to pixel, on average. */
function unrestOf(picture: Picture, area: Area): number {
  const { left, top, right, bottom } = boundsOf(picture, area);
  const light = (x: number, y: number) => {
    const [red, green, blue] = pixelAt(picture, x, y);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  };
  let sum = 0, count = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (x > left) sum += Math.abs(light(x, y) - light(x - 1, y));
      if (y > top) sum += Math.abs(light(x, y) - light(x, y - 1));
      count += 1;
    }
  }
  return sum / count;
}

function pixelsOf(picture: Picture, area: Area): Rgb[] {
  const { left, top, right, bottom } = boundsOf(picture, area);
  const pixels: Rgb[] = [];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) pixels.push(pixelAt(picture, x, y));
  }
  return pixels;
}

/** An area in whole pixels, grown to at least one each way and kept within the picture. */
function boundsOf({ width, height }: Picture, area: Area): Area {
  const within = (from: number, to: number, side: number) => {
    const start = Math.min(side - 1, Math.max(0, Math.floor(from * side)));
    return [start, Math.min(side, Math.max(start + 1, Math.ceil(to * side)))];
  };
  const [left, right] = within(area.left, area.right, width);
  const [top, bottom] = within(area.top, area.bottom, height);
  return { left, top, right, bottom };
}

function pixelAt({ width, data }: Picture, x: number, y: number): Rgb {
  const at = 4 * (y * width + x);
  return [data[at], data[at + 1], data[at + 2]];
}

function meanOf(colours: readonly Rgb[]): Rgb {
  const mean = (c: number) => colours.reduce((sum, colour) => sum + colour[c], 0) / colours.length;
  return [mean(0), mean(1), mean(2)];
}

function blend(colour: Rgb, over: Rgb, share: number): Rgb {
  const mix = (c: number) => colour[c] + (over[c] - colour[c]) * share;
  return [mix(0), mix(1), mix(2)];
}
