// What the parts of a poster are drawn with: filled shapes, lines, and the stage that they stand on.

import type { Random } from "../../gpu/random.ts";
import { type Color, hex } from "../films/color.ts";
import { type Point, round } from "../films/path.ts";
import type { Definitions } from "../films/svg.ts";

/** The colours of one genre on one poster. */
export interface Ink {
  /** The backdrop's upper end. */
  top: Color;
  /** The backdrop's lower end. */
  bottom: Color;
  ground: Color;
  /** The emblem's body. */
  main: Color;
  accent: Color;
  dark: Color;
  light: Color;
}

/** One way to draw a genre's sign, about 0, 0 with a radius of 50. */
export type Emblem = (ink: Ink, random: Random) => string;

/** Where a backdrop is drawn; the page is `width` x 100 units, y grows downwards. */
export interface Stage {
  width: number;
  /** Seeds placement and shapes. */
  random: Random;
  ink: Ink;
  defs: Definitions;
  /** Where the first emblem stands. */
  focus: Point;
  /** Plain areas instead of gradients. */
  flat: boolean;
}

/** A filled shape. `opacity` is 0 to 1. */
export function fill(path: string, color: Color, opacity = 1): string {
  return `<path d="${path}" fill="${hex(color)}"${opacityText(opacity)}/>`;
}

/** A line with round ends. `opacity` is 0 to 1. */
export function line(path: string, color: Color, width: number, opacity = 1): string {
  return `<path d="${path}" fill="none" stroke="${hex(color)}" stroke-width="${round(width)}" ` +
    `stroke-linecap="round" stroke-linejoin="round"${opacityText(opacity)}/>`;
}

/** The place at an angle, in turns clockwise from the top, and a distance from a centre. */
export function around(x: number, y: number, turns: number, distance: number): Point {
  const angle = turns * 2 * Math.PI;
  return [x + Math.sin(angle) * distance, y - Math.cos(angle) * distance];
}

/** The corners of a star about a centre, `points` outer ones and as many inner ones. */
export function starPoints(
  x: number,
  y: number,
  points: number,
  outer: number,
  inner: number,
): Point[] {
  return Array.from(
    { length: 2 * points },
    (_, i) => around(x, y, i / (2 * points), i % 2 === 0 ? outer : inner),
  );
}

/** `count` things in a row as one text. */
export function repeat(count: number, draw: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => draw(i)).join("");
}

function opacityText(opacity: number): string {
  return opacity < 1 ? ` opacity="${round(opacity)}"` : "";
}
