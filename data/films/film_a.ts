// Film A: painterly and muted. Washes of warm grey and green on paper, uneven pigment, edges where the colour pooled.

import type { Random } from "../../gpu/random.ts";
import { type Color, hex, mix, shift } from "./color.ts";
import { localColor } from "./local_color.ts";
import { blob, ellipse } from "./path.ts";
import type { Part, Piece, Scene, Time } from "./scene.ts";
import { cover, type Definitions, definitions, documentOf, shape } from "./svg.ts";
import type { Size } from "../picture_list.ts";

/** The sky from the zenith to the horizon, and what the hour does to every colour. */
interface Hour {
  sky: readonly [Color, Color, Color];
  /** Mixed into every colour. */
  tint: Color;
  /** Added to every lightness. */
  lift: number;
  disc: Color;
}

const hours: Record<Time, Hour> = {
  dawn: {
    sky: [[0.78, 0.035, 300], [0.86, 0.035, 20], [0.93, 0.05, 75]],
    tint: [0.76, 0.035, 20],
    lift: 0.02,
    disc: [0.97, 0.05, 70],
  },
  day: {
    sky: [[0.76, 0.045, 230], [0.87, 0.025, 215], [0.95, 0.02, 95]],
    tint: [0.8, 0.03, 105],
    lift: 0.02,
    disc: [0.98, 0.03, 95],
  },
  golden: {
    sky: [[0.75, 0.03, 190], [0.85, 0.055, 90], [0.93, 0.075, 82]],
    tint: [0.76, 0.07, 78],
    lift: 0,
    disc: [0.98, 0.06, 90],
  },
  dusk: {
    sky: [[0.48, 0.035, 280], [0.63, 0.035, 350], [0.8, 0.07, 58]],
    tint: [0.45, 0.03, 310],
    lift: -0.12,
    disc: [0.9, 0.09, 55],
  },
  night: {
    sky: [[0.32, 0.035, 260], [0.42, 0.035, 245], [0.56, 0.03, 215]],
    tint: [0.33, 0.04, 255],
    lift: -0.22,
    disc: [0.93, 0.025, 95],
  },
};

const paper: Color = [0.94, 0.02, 88];

/** Parts that are thin or airy: no pooled edge, and how much they cover. */
const airy: Partial<Record<Part, number>> = {
  star: 0.5,
  cloud: 0.4,
  cloudLit: 0.72,
  mist: 0.55,
  reflection: 0.4,
  ripple: 0.35,
  glint: 0.75,
  shadow: 0.26,
  smoke: 0.45,
  beam: 0.2,
  patch: 0.42,
  foam: 0.5,
  drop: 0.3,
  flake: 0.75,
  bird: 0.75,
  grass: 0.8,
  flower: 0.85,
  rainbow: 0.16,
};

/** The scene as film A shows it, an SVG document. @param random seeds pigment and paper */
export function filmA(scene: Scene, size: Size, random: Random): string {
  const defs = definitions();
  const hour = hours[scene.time];
  const content = [
    sky(scene, hour, defs, random),
    ...scene.pieces.map((piece) => paint(piece, scene, hour, defs)),
    cover(scene.width, `fill="${vignette(scene, defs)}"`),
  ];
  return documentOf(scene.width, size, defs, content.join(""));
}

function sky(scene: Scene, hour: Hour, defs: Definitions, random: Random): string {
  const { width, horizon, light } = scene;
  const dull = scene.weather === "clear" ? 0 : 0.3;
  const stops = hour.sky.map((color, i) => ({ at: i / 2, color: mix(color, hour.tint, dull) }));
  const washes = Array.from({ length: 6 }, (_, i) => {
    const color = shift(mix(hour.sky[i % 3], paper, 0.3), random.uniform(-0.05, 0.07), 1.4);
    const fill = defs.radial([{ at: 0, color, opacity: 0.6 }, { at: 0.7, color, opacity: 0.45 }, {
      at: 1,
      color,
      opacity: 0,
    }]);
    const wash = blob(
      random,
      random.uniform(0, width),
      horizon * random.uniform(0, 0.9),
      random.uniform(15, 40),
      random.uniform(6, 14),
      0.3,
    );
    return shape(wash, `fill="${fill}"`);
  });
  const halo = defs.radial([{ at: 0, color: hour.disc, opacity: 0.8 }, {
    at: 1,
    color: hour.disc,
    opacity: 0,
  }]);
  const veiled = scene.weather === "clear" ? 0.95 : 0.55;
  return cover(width, `fill="${defs.vertical(stops, { from: 0, to: horizon + 2 })}"`) +
    washes.join("") +
    shape(ellipse(light.x, light.y, light.radius * 3.2), `fill="${halo}" opacity="${veiled}"`) +
    shape(ellipse(light.x, light.y, light.radius), `fill="${hex(hour.disc)}" opacity="${veiled}"`);
}

function paint(piece: Piece, scene: Scene, hour: Hour, defs: Definitions): string {
  const { part, path, tone } = piece;
  const color = grade(piece, scene, hour);
  const thin = airy[part];
  if (part === "mist" || part === "smoke") {
    const fill = defs.radial([{ at: 0, color, opacity: thin }, { at: 1, color, opacity: 0 }]);
    return shape(path, `fill="${fill}"`);
  }
  if (part === "streak") {
    const stops = [0, 0.5, 1].map((at) => ({ at, color, opacity: at === 0.5 ? 0.5 : 0 }));
    return shape(path, `fill="${defs.horizontal(stops)}"`);
  }
  if (thin !== undefined) return shape(path, `fill="${hex(color)}" fill-opacity="${thin}"`);
  if (part === "water") {
    const stops = [{ at: 0, color: hour.sky[2] }, { at: 0.35, color: hour.sky[1] }, {
      at: 1,
      color,
    }];
    return shape(path, `fill="${defs.vertical(stops, { from: scene.horizon, to: 104 })}"`);
  }
  const bleed = shift(mix(color, paper, 0.16), 0.03 + 0.02 * tone);
  const fill = defs.vertical(
    part === "ridge" || part === "woods" || part === "ground"
      ? [{ at: 0, color }, { at: 0.45, color: bleed }, { at: 1, color: shift(color, -0.02) }]
      : [{ at: 0, color: bleed }, { at: 1, color }],
  );
  const pooled = `stroke="${
    hex(shift(color, -0.12, 1.1))
  }" stroke-opacity=".55" stroke-width=".7" paint-order="stroke"`;
  return shape(path, `fill="${fill}" fill-opacity=".94" ${pooled}`);
}

/** Muted, lifted towards paper, tinted by the hour, and lost in the air with distance. */
function grade({ part, depth, tone }: Piece, scene: Scene, hour: Hour): Color {
  const [lightness, chroma, hue] = localColor(part, scene.season, tone);
  const lamp = part === "window" && (scene.time === "night" || scene.time === "dusk");
  const muted: Color = [
    0.2 + 0.71 * lightness + 0.03 * tone - 0.05 * depth + (lamp ? 0 : hour.lift),
    chroma * 0.56,
    hue,
  ];
  const sky = mix(hour.sky[1], hour.sky[2], 0.7);
  if (part === "water") return mix(muted, hour.sky[0], 0.55);
  if (lamp) return mix(muted, [0.86, 0.09, 85], 0.6);
  const air = Math.max(0, 1 - depth) ** 1.2 * (scene.weather === "misty" ? 0.9 : 0.62);
  return mix(mix(muted, hour.tint, 0.18), sky, air);
}

/** The wash runs out into paper towards the borders. */
function vignette({ width }: Scene, defs: Definitions): string {
  return defs.radial([
    { at: 0, color: paper, opacity: 0 },
    { at: 0.75, color: paper, opacity: 0.04 },
    { at: 1, color: paper, opacity: 0.28 },
  ], { x: width / 2, y: 50, radius: 0.5 * Math.hypot(width, 100) });
}
