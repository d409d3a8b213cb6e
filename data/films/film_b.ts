// Film B: saturated, with sharp light. Vivid skies, rim light, long shadows, sun rays, bloom and a lens that flares.

import type { Random } from "../../gpu/random.ts";
import type { Size } from "../picture_list.ts";
import { type Color, hex, mix, shift } from "./color.ts";
import { localColor } from "./local_color.ts";
import { ellipse, round } from "./path.ts";
import { bloom, gradeOverlay, type Light, sunlight, vignette } from "./lens.ts";
import type { Part, Piece, Scene, Time } from "./scene.ts";
import { cover, type Definitions, definitions, documentOf, shape, type Stop } from "./svg.ts";

const hours: Record<Time, Light> = {
  dawn: {
    sky: [[0.38, 0.17, 285], [0.58, 0.21, 340], [0.76, 0.17, 45], [0.92, 0.13, 90]],
    key: [0.85, 0.16, 40],
    fill: [0.36, 0.15, 300],
    strength: 0.36,
    lift: -0.06,
  },
  day: {
    sky: [[0.5, 0.19, 258], [0.64, 0.17, 245], [0.8, 0.11, 225], [0.93, 0.06, 200]],
    key: [0.97, 0.09, 100],
    fill: [0.42, 0.13, 260],
    strength: 0.2,
    lift: 0.02,
  },
  golden: {
    sky: [[0.46, 0.13, 245], [0.66, 0.1, 235], [0.83, 0.12, 62], [0.93, 0.14, 88]],
    key: [0.88, 0.18, 75],
    fill: [0.4, 0.11, 215],
    strength: 0.36,
    lift: -0.02,
  },
  dusk: {
    sky: [[0.26, 0.14, 285], [0.44, 0.21, 320], [0.65, 0.23, 30], [0.84, 0.18, 75]],
    key: [0.74, 0.21, 40],
    fill: [0.26, 0.13, 285],
    strength: 0.45,
    lift: -0.14,
  },
  night: {
    sky: [[0.15, 0.1, 275], [0.24, 0.13, 268], [0.38, 0.13, 250], [0.55, 0.12, 215]],
    key: [0.72, 0.12, 225],
    fill: [0.18, 0.1, 275],
    strength: 0.55,
    lift: -0.2,
  },
};

/** Parts that let through what is behind them. */
const airy: Partial<Record<Part, number>> = {
  cloud: 0.82,
  mist: 0.6,
  reflection: 0.55,
  ripple: 0.4,
  shadow: 0.5,
  smoke: 0.6,
  beam: 0.6,
  patch: 0.5,
  rainbow: 0.3,
  drop: 0.55,
};

/** Parts on which the light lies. */
const keyParts: ReadonlySet<Part> = new Set<Part>(
  [
    "cloudLit",
    "snow",
    "leavesLit",
    "needlesLit",
    "wall",
    "roofLit",
    "sail",
    "path",
    "sand",
    "foam",
    "grass",
    "wool",
    "skin",
    "flower",
    "ripple",
  ],
);

/** The scene as film B shows it, an SVG document. @param random seeds the rays and the flare */
export function filmB(scene: Scene, size: Size, random: Random): string {
  const defs = definitions();
  const hour = hours[scene.time];
  const { width, pieces } = scene;
  const draw = (piece: Piece) => paint(piece, scene, hour, defs);
  const content = [
    sky(scene, hour, defs),
    ...pieces.map(draw),
    `<g style="mix-blend-mode:screen">${sunlight(scene, hour, defs, random)}</g>`,
    cover(width, `fill="${gradeOverlay(scene, hour, defs)}" style="mix-blend-mode:soft-light"`),
    cover(width, `fill="${vignette(scene, defs)}"`),
  ];
  return documentOf(width, size, defs, content.join(""));
}

function sky(
  { width, horizon, light, weather, time }: Scene,
  hour: Light,
  defs: Definitions,
): string {
  const stormy = weather === "rain" || weather === "snow" ? 0.3 : weather === "cloudy" ? 0.1 : 0;
  const stops = hour.sky.map((color, i) => ({
    at: [0, 0.42, 0.8, 1][i],
    color: mix(color, hour.fill, stormy),
  }));
  const warm = hour.sky[3];
  const halo = defs.radial([
    { at: 0, color: shift(warm, 0.06), opacity: 0.95 },
    { at: 0.25, color: hour.key, opacity: 0.5 },
    { at: 1, color: hour.key, opacity: 0 },
  ], { x: light.x, y: light.y, radius: time === "night" ? 20 : 46 });
  const disc: Color = time === "night" ? [0.97, 0.03, 220] : [0.99, 0.05, 95];
  return cover(width, `fill="${defs.vertical(stops, { from: 0, to: horizon + 2 })}"`) +
    cover(width, `fill="${halo}"`) +
    shape(ellipse(light.x, light.y, light.radius), `fill="${hex(disc)}"`);
}

function paint(piece: Piece, scene: Scene, hour: Light, defs: Definitions): string {
  const { part, path, depth } = piece;
  const color = grade(piece, scene, hour);
  const through = airy[part];
  if (part === "mist" || part === "smoke" || part === "beam") {
    return shape(
      path,
      `fill="${defs.radial([{ at: 0, color, opacity: through }, { at: 1, color, opacity: 0 }])}"`,
    );
  }
  if (part === "streak") {
    const bright = mix(color, hour.sky[3], 0.6);
    const stops = [0, 0.5, 1].map((at) => ({ at, color: bright, opacity: at === 0.5 ? 0.75 : 0 }));
    return shape(path, `fill="${defs.horizontal(stops)}"`);
  }
  if (part === "water") return shape(path, `fill="${waterFill(scene, hour, defs)}"`);
  if (through !== undefined && part !== "cloud") {
    return shape(path, `fill="${hex(color)}" fill-opacity="${through}"`);
  }
  const [lit, shaded] = [mix(color, hour.key, 0.3), mix(shift(color, -0.1), hour.fill, 0.3)];
  const stops: Stop[] = part === "ground" || part === "sand"
    ? [{ at: 0, color: lit }, { at: 0.12, color }, { at: 1, color: shift(shaded, -0.08) }]
    : [{ at: 0, color: lit }, { at: 0.55, color }, { at: 1, color: shaded }];
  const fill = `fill="${defs.vertical(stops)}"`;
  if (part === "cloud") return shape(path, `${fill} fill-opacity="${through}"`);
  if (part === "ridge" || part === "woods" || part === "ground") {
    const rim = rimLight(scene, hour, defs);
    return shape(path, `${fill} stroke="${rim}" stroke-width="${round(0.3 + 0.45 * depth)}"`);
  }
  return bloom(piece, scene, hour) + shape(path, fill);
}

/** The edge that the low light draws around land, fading away from it. */
function rimLight({ light }: Scene, hour: Light, defs: Definitions): string {
  const color = shift(hour.key, 0.08);
  return defs.radial([
    { at: 0, color, opacity: 1 },
    { at: 0.4, color, opacity: 0.6 },
    { at: 1, color, opacity: 0 },
  ], { x: light.x, y: light.y, radius: 75 });
}

/** Saturated and contrasty, the lit parts pulled to the key light, the others to the fill light. */
function grade({ part, depth, tone }: Piece, scene: Scene, hour: Light): Color {
  const [lightness, chroma, hue] = localColor(part, scene.season, tone);
  const vivid: Color = [
    Math.min(0.99, 0.5 + (lightness - 0.52) * 1.2 + 0.03 * tone + hour.lift),
    Math.min(0.26, chroma * 1.5),
    hue,
  ];
  if (part === "window") return scene.time === "day" ? [0.45, 0.08, 245] : [0.9, 0.17, 82];
  if (part === "glint" || part === "star") return mix([0.99, 0.04, 95], hour.key, 0.25);
  if (part === "beam") return [0.95, 0.12, 95];
  if (part === "reflection") return mix(mix(vivid, hour.fill, 0.6), hour.sky[1], (1 - depth) * 0.4);
  const light = keyParts.has(part) ? hour.key : hour.fill;
  const toned = mix(vivid, light, hour.strength * (part === "shadow" ? 1.6 : 1));
  const air = Math.max(0, 1 - depth) ** 1.5 * (scene.weather === "misty" ? 0.85 : 0.6);
  if (part === "cloudLit") return mix(toned, hour.key, 0.35);
  if (part === "cloud") return mix(toned, hour.sky[1], 0.35);
  return mix(toned, mix(hour.sky[2], hour.fill, 0.25), air);
}

/** The sky turned over. */
function waterFill({ horizon }: Scene, hour: Light, defs: Definitions): string {
  const stops = hour.sky.toReversed().map((color, i) => ({
    at: [0, 0.15, 0.5, 1][i],
    color: mix(shift(color, -0.05), hour.fill, 0.18 + 0.1 * i),
  }));
  return defs.vertical(stops, { from: horizon, to: 100 });
}
