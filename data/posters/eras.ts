// How the decades print: their tone, their ornaments, and the age of the paper.

import type { Picture } from "../../gpu/picture.ts";
import type { Random } from "../../gpu/random.ts";
import { type Color, mix, shift } from "../films/color.ts";
import { ellipse, polygon } from "../films/path.ts";
import { cover } from "../films/svg.ts";
import { fill, type Ink, line, repeat, type Stage } from "./pen.ts";

/** A decade's way of printing. */
export interface Era {
  /** Plain areas instead of gradients. */
  flat: boolean;
  /** What the inks lean to, and how far, 0 to 1. */
  tone: Color;
  toneShare: number;
  chroma: number;
  /** Share of posters with a paper margin. */
  margin: number;
  /** Deviation of the grain in bytes. */
  grain: number;
  /** How far black has faded and white yellowed, 0 to 1. */
  fading: number;
  ornament(stage: Stage): string;
}

const eras: readonly Era[] = [
  {
    flat: true,
    tone: [0.7, 0.1, 65],
    toneShare: 0.12,
    chroma: 0.9,
    margin: 0.7,
    grain: 5,
    fading: 0.1,
    ornament: stripes,
  },
  {
    flat: false,
    tone: [0.6, 0.2, 330],
    toneShare: 0.05,
    chroma: 1.15,
    margin: 0.25,
    grain: 3.5,
    fading: 0.05,
    ornament: airbrush,
  },
  {
    flat: false,
    tone: [0.45, 0.1, 255],
    toneShare: 0.1,
    chroma: 1,
    margin: 0.1,
    grain: 2.5,
    fading: 0.02,
    ornament: heads,
  },
  {
    flat: false,
    tone: [0.5, 0.08, 200],
    toneShare: 0.07,
    chroma: 1.08,
    margin: 0,
    grain: 1.5,
    fading: 0,
    ornament: flare,
  },
  {
    flat: true,
    tone: [0.6, 0.1, 260],
    toneShare: 0,
    chroma: 1,
    margin: 0.15,
    grain: 1,
    fading: 0,
    ornament: () => "",
  },
];

/** The era of a year from 1970. */
export function eraOf(year: number): Era {
  return eras[Math.min(eras.length - 1, Math.floor((year - 1970) / 10))];
}

/** A genre's colours as one print of an era shows them. */
export function printInk(ink: Ink, era: Era, random: Random): Ink {
  const hue = random.uniform(-12, 12);
  const light = random.uniform(-0.025, 0.025);
  const chroma = era.chroma * random.uniform(0.88, 1.12);
  const print = ([l, c, h]: Color) =>
    mix(shift([l, c, h + hue], light, chroma), era.tone, era.toneShare * (0.3 + 0.7 * l));
  return {
    top: print(ink.top),
    bottom: print(ink.bottom),
    ground: print(ink.ground),
    main: print(ink.main),
    accent: print(ink.accent),
    dark: print(ink.dark),
    light: print(ink.light),
  };
}

/** Grain and fading over an opaque picture, in place. */
export function agePicture({ data }: Picture, era: Era, random: Random): void {
  const gain = 1 - era.fading;
  const lift = [era.fading * 0.62, era.fading * 0.54, era.fading * 0.42].map((share) =>
    share * 255
  );
  for (let i = 0; i < data.length; i += 4) {
    const bits = random.uint32();
    // Two bytes added: near enough to a normal draw, at a quarter of its cost.
    const noise = (((bits & 255) + ((bits >>> 8) & 255)) / 255 - 1) * era.grain * 2.4;
    for (let c = 0; c < 3; c++) {
      data[i + c] = Math.min(255, Math.max(0, data[i + c] * gain + lift[c] + noise));
    }
    data[i + 3] = 255;
  }
}

/** The seventies: three bent stripes. */
function stripes({ width, random, ink }: Stage): string {
  if (random.integer(2)) return "";
  const x = random.integer(2) ? -6 : width + 6, r = random.uniform(20, 34);
  return repeat(
    3,
    (i) => line(ellipse(x, 100, r - i * 4.5), [ink.accent, ink.main, ink.light][i], 3.2, 0.7),
  );
}

/** The eighties: a sheen across the page, and scan lines. */
function airbrush({ width, random, ink }: Stage): string {
  const x = random.uniform(-0.2, 0.6) * width;
  return fill(polygon([[x, -2], [x + 9, -2], [x + 44, 102], [x + 24, 102]]), ink.light, 0.16) +
    repeat(12, (i) => line(`M-5 ${i * 8 + 4}H${width + 5}`, ink.dark, 0.5, 0.25));
}

/** The nineties: two heads that look past each other. */
function heads({ width, random, ink, focus: [x, y] }: Stage): string {
  // Two ghosts over a bright meadow would be out of place.
  if (ink.top[0] > 0.66 || random.integer(2)) return "";
  const head = (at: number, way: number, color: Color) => {
    const p = (dx: number, dy: number) => `${(at + dx * way).toFixed(1)} ${(y + dy).toFixed(1)}`;
    return fill(
      `M${p(-12, -20)}C${p(-6, -30)} ${p(10, -28)} ${p(11, -16)}L${p(12, -10)}L${p(16, -3)}L${
        p(12, -1)
      }L${p(12, 7)}L${p(4, 10)}L${p(8, 24)}L${p(-16, 24)}L${p(-12, 6)}Z`,
      color,
      0.4,
    );
  };
  return head(x - width * 0.24, -1, ink.light) + head(x + width * 0.24, 1, ink.dark);
}

/** The two thousands: dark corners and a streak of light. */
function flare({ width, random, ink, defs, focus: [x, y] }: Stage): string {
  const shade = defs.radial(
    [{ at: 0.45, color: ink.dark, opacity: 0 }, { at: 1, color: ink.dark, opacity: 0.6 }],
    { x, y, radius: 80 },
  );
  const at = y + random.uniform(-18, 18);
  return cover(width, `fill="${shade}"`) +
    fill(ellipse(x, at, width * 0.7, 0.7), [0.85, 0.12, 60], 0.7) +
    fill(ellipse(x + random.uniform(-20, 20), at, 4, 1.8), [0.95, 0.06, 80], 0.5);
}
