// SVG path strings from points.

import type { Random } from "../../gpu/random.ts";

/** A place in the picture: its height is 100 units, y grows downwards. */
export type Point = readonly [x: number, y: number];

/** A straight-edged closed shape. */
export function polygon(points: Point[]): string {
  return `M${points.map(pair).join("L")}Z`;
}

/** An open line of straight parts. */
export function polyline(points: Point[]): string {
  return `M${points.map(pair).join("L")}`;
}

/** A curve through the points (Catmull and Rom 1974), closed into a shape or open. */
export function curve(points: Point[], closed: boolean): string {
  const count = points.length;
  const at = (i: number) =>
    closed ? points[(i + count) % count] : points[Math.min(count - 1, Math.max(0, i))];
  let path = `M${pair(points[0])}`;
  for (let i = 0; i < (closed ? count : count - 1); i++) {
    const [before, from, to, after] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const leave: Point = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const arrive: Point = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    path += `C${coarse(leave)} ${coarse(arrive)} ${coarse(to)}`;
  }
  return closed ? path + "Z" : path;
}

/** An ellipse about a centre. */
export function ellipse(x: number, y: number, rx: number, ry = rx): string {
  return `M${pair([x - rx, y])}a${round(rx)} ${round(ry)} 0 1 1 ${round(2 * rx)} 0` +
    `a${round(rx)} ${round(ry)} 0 1 1 ${round(-2 * rx)} 0Z`;
}

/** A rectangle from its top left corner. */
export function rectangle(x: number, y: number, width: number, height: number): string {
  return `M${pair([x, y])}h${round(width)}v${round(height)}h${round(-width)}Z`;
}

/** A round shape with an uneven outline. `wobble` is the share by which its radius varies. */
export function blob(
  random: Random,
  x: number,
  y: number,
  rx: number,
  ry: number,
  wobble = 0.15,
): string {
  const count = 7;
  const turn = random.uniform(0, Math.PI);
  const points = Array.from({ length: count }, (_, i): Point => {
    const angle = turn + (i * 2 * Math.PI) / count;
    const reach = 1 + random.uniform(-wobble, wobble);
    return [x + Math.cos(angle) * rx * reach, y + Math.sin(angle) * ry * reach];
  });
  return curve(points, true);
}

/** One decimal is enough for what is round and uneven anyhow, and reading paths is a third of the drawing time. */
function coarse([x, y]: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

/** The number with two decimals at most. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function pair([x, y]: Point): string {
  return `${round(x)} ${round(y)}`;
}
