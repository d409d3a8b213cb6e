// What several backdrops share: the sky, hills and clouds.

import { type Color, mix } from "../films/color.ts";
import { curve, ellipse, type Point, polygon } from "../films/path.ts";
import { cover } from "../films/svg.ts";
import { fill, repeat, type Stage } from "./pen.ts";

/** What lies behind a genre's emblem, over the whole page. */
export type Backdrop = (stage: Stage) => string;

/** The page from the upper colour to the lower one; a plain area where gradients are out of fashion. */
export function sky({ width, defs, flat, ink }: Stage, from = ink.top, to = ink.bottom): string {
  const stops = flat
    ? [{ at: 0, color: mix(from, to, 0.4) }, { at: 1, color: mix(from, to, 0.6) }]
    : [{ at: 0, color: from }, { at: 1, color: to }];
  return cover(width, `fill="${defs.vertical(stops, { from: 0, to: 100 })}"`);
}

/** Hills from one edge to the other, down to the foot of the page. */
export function hills(
  { width, random }: Stage,
  y: number,
  rise: number,
  color: Color,
  sharp = false,
): string {
  const count = sharp ? 8 : 5;
  const tops = Array.from({ length: count + 1 }, (_, i): Point => [
    -4 + ((width + 8) * i) / count,
    y + random.uniform(-rise, rise) * (sharp && i % 2 ? 0.3 : 1),
  ]);
  const ends: Point[] = [[width + 6, 106], [-6, 106]];
  return fill(sharp ? polygon([...tops, ...ends]) : curve([...tops, ...ends], true), color);
}

/** Clouds of round puffs. */
export function clouds(
  { width, random }: Stage,
  count: number,
  lowest: number,
  color: Color,
): string {
  return repeat(count, () => {
    const x = random.uniform(0, width), y = random.uniform(6, lowest), r = random.uniform(3, 6);
    return fill(
      ellipse(x, y, r * 2.4, r * 0.8) + ellipse(x - r, y - r * 0.6, r) +
        ellipse(x + r * 0.6, y - r * 0.9, r * 1.2),
      color,
      0.85,
    );
  });
}
