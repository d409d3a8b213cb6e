// The colour that each thing has by itself, in even white light, before a film's art direction grades it.

import { type Color, mix } from "./color.ts";
import type { Part, Season } from "./scene.ts";

const grass: Record<Season, Color> = {
  spring: [0.76, 0.14, 128],
  summer: [0.66, 0.14, 135],
  autumn: [0.68, 0.11, 95],
  winter: [0.94, 0.015, 240],
};

/** Between the two by tone. */
const leaves: Record<Season, readonly [Color, Color]> = {
  spring: [[0.72, 0.15, 130], [0.82, 0.1, 355]],
  summer: [[0.5, 0.12, 140], [0.62, 0.14, 125]],
  autumn: [[0.55, 0.16, 40], [0.75, 0.16, 80]],
  winter: [[0.45, 0.03, 150], [0.55, 0.03, 120]],
};

const flowers: Color[] = [[0.95, 0.02, 100], [0.85, 0.17, 90], [0.65, 0.2, 20], [0.62, 0.17, 300], [
  0.75,
  0.14,
  350,
]];
const roofs: Color[] = [[0.52, 0.14, 35], [0.45, 0.05, 260], [0.48, 0.09, 55], [0.5, 0.1, 190]];
const walls: Color[] = [[0.92, 0.03, 85], [0.85, 0.06, 60], [0.78, 0.05, 230], [0.86, 0.08, 95]];
const coats: Color[] = [[0.52, 0.19, 28], [0.5, 0.13, 255], [0.78, 0.16, 85], [0.5, 0.1, 165], [
  0.42,
  0.13,
  320,
]];
const silks: Color[] = [[0.6, 0.22, 28], [0.62, 0.15, 245], [0.7, 0.17, 150], [0.68, 0.19, 330], [
  0.75,
  0.17,
  60,
]];

const fixed: Partial<Record<Part, Color>> = {
  star: [0.98, 0.02, 90],
  cloud: [0.86, 0.015, 260],
  cloudLit: [0.98, 0.01, 90],
  streak: [0.93, 0.015, 80],
  bird: [0.32, 0.02, 260],
  ridge: [0.52, 0.07, 240],
  snow: [0.96, 0.01, 250],
  woods: [0.4, 0.07, 165],
  mist: [0.93, 0.01, 230],
  water: [0.6, 0.09, 235],
  reflection: [0.42, 0.06, 230],
  ripple: [0.8, 0.05, 230],
  glint: [0.99, 0.04, 95],
  sand: [0.84, 0.07, 82],
  foam: [0.97, 0.01, 220],
  path: [0.8, 0.05, 80],
  stone: [0.62, 0.02, 260],
  shadow: [0.3, 0.04, 270],
  trunk: [0.38, 0.045, 55],
  needles: [0.4, 0.08, 155],
  needlesLit: [0.54, 0.1, 145],
  window: [0.86, 0.12, 88],
  door: [0.42, 0.08, 50],
  smoke: [0.88, 0.01, 260],
  stripe: [0.55, 0.2, 28],
  beam: [0.97, 0.08, 95],
  wood: [0.55, 0.06, 65],
  skin: [0.8, 0.07, 55],
  dark: [0.3, 0.03, 280],
  wool: [0.93, 0.02, 85],
  sail: [0.97, 0.02, 90],
  sailShade: [0.86, 0.03, 80],
  silkStripe: [0.95, 0.05, 95],
  drop: [0.9, 0.02, 230],
  flake: [0.99, 0.005, 230],
};

/** The colour of a thing in a season; where things of a kind differ, the tone (-1 to 1) chooses. */
export function localColor(part: Part, season: Season, tone: number): Color {
  const known = fixed[part];
  if (known) return known;
  const [dark, bright] = leaves[season];
  switch (part) {
    case "grass":
      return mix(grass[season], [0.45, 0.1, 140], 0.35);
    case "patch":
      return mix(
        grass[season],
        tone > 0 ? [0.85, 0.13, 100] : [0.45, 0.09, 150],
        0.3 * Math.abs(tone),
      );
    case "leaves":
      return mix(dark, bright, 0.25 + 0.25 * tone);
    case "leavesLit":
      return mix(dark, bright, 0.75 + 0.25 * tone);
    case "flower":
      return among(flowers, tone);
    case "wall":
      return among(walls, tone);
    case "wallShade":
      return mix(among(walls, tone), [0.4, 0.05, 280], 0.45);
    case "roof":
      return among(roofs, tone);
    case "roofLit":
      return mix(among(roofs, tone), [0.85, 0.1, 70], 0.3);
    case "coat":
      return among(coats, tone);
    case "rainbow":
      return [0.75, 0.19, 150 - 130 * tone];
    case "silk":
      return among(silks, tone);
    default:
      return grass[season];
  }
}

function among(colors: Color[], tone: number): Color {
  const share = Math.min(0.999, Math.max(0, (tone + 1) / 2));
  return colors[Math.floor(share * colors.length)];
}
