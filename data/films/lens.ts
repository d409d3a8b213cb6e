// What light does in film B's air and lens: bloom, rays, flare, the grade of warm and cold, dark corners.

import type { Random } from "../../gpu/random.ts";
import { type Color, hex, mix, shift } from "./color.ts";
import { ellipse, type Point, polygon, round } from "./path.ts";
import type { Part, Piece, Scene } from "./scene.ts";
import { cover, type Definitions, shape } from "./svg.ts";

/** The sky from the zenith to the horizon, and the two lights of the hour. */
export interface Light {
  sky: readonly [Color, Color, Color, Color];
  /** Of what the sun or moon touches. */
  key: Color;
  /** Of what lies in shade. */
  fill: Color;
  /** How much of each goes into a colour. */
  strength: number;
  /** Added to every lightness. */
  lift: number;
}

/** How wide and how strong the rings of light are about what shines by itself. */
const rings: Partial<Record<Part, readonly (readonly [width: number, power: number])[]>> = {
  window: [[4, 0.1], [2, 0.2], [0.7, 0.35]],
  glint: [[2.4, 0.12], [1, 0.25]],
  star: [[0.9, 0.3]],
};

/** The bloom about a lamp, a glint or a star, to be painted right behind it; empty for other parts and by day. */
export function bloom({ part, path }: Piece, { time }: Scene, hour: Light): string {
  if (part === "window" && time === "day") return "";
  const color = hex(mix([0.88, 0.16, 78], hour.key, 0.3));
  const about = rings[part] ?? [];
  return about.map(([width, power]) =>
    shape(
      path,
      `fill="none" stroke="${color}" stroke-linejoin="round" stroke-width="${width}" stroke-opacity="${power}"`,
    )
  ).join("");
}

/** Rays from the sun, a wide bloom about it, and the chain of ghosts through the middle of the picture. */
export function sunlight(scene: Scene, hour: Light, defs: Definitions, random: Random): string {
  const { width, light, time, weather } = scene;
  const power = (time === "night" ? 0.45 : 1) *
    (weather === "clear" || weather === "misty" ? 1 : 0.6);
  const wide = defs.radial([
    { at: 0, color: hour.key, opacity: 0.75 * power },
    { at: 0.3, color: hour.key, opacity: 0.26 * power },
    { at: 1, color: hour.key, opacity: 0 },
  ], { x: light.x, y: light.y, radius: 58 });
  const fading = defs.radial([
    { at: 0, color: hour.key, opacity: 0.2 * power },
    { at: 1, color: hour.key, opacity: 0 },
  ], { x: light.x, y: light.y, radius: 80 });
  const [outer, inner]: Point[][][] = [[], []];
  const count = 8 + random.integer(5);
  for (let i = 0; i < count; i++) {
    const angle = ((i + random.uniform(-0.35, 0.35)) * 2 * Math.PI) / count;
    const half = random.uniform(0.03, 0.1);
    const far = (a: number): Point => [light.x + 110 * Math.cos(a), light.y + 110 * Math.sin(a)];
    outer.push([[light.x, light.y], far(angle - half), far(angle + half)]);
    inner.push([[light.x, light.y], far(angle - half / 2), far(angle + half / 2)]);
  }
  // One wedge in another softens the sides of a ray.
  const rays = [outer, inner].map((wedges) =>
    shape(wedges.map(polygon).join(""), `fill="${fading}"`)
  );
  const bloom = cover(width, `fill="${wide}"`) + rays.join("");
  return time === "night"
    ? bloom
    : bloom + flare(scene, hour, defs, random, power) + star(scene, hour, power);
}

function flare(
  scene: Scene,
  hour: Light,
  defs: Definitions,
  random: Random,
  power: number,
): string {
  const { width, light } = scene;
  const [dx, dy] = [width / 2 - light.x, 50 - light.y];
  const ghosts: { at: number; radius: number; color: Color }[] = [
    { at: 0.45, radius: 2.2, color: [0.75, 0.14, 190] },
    { at: 0.8, radius: 1.2, color: [0.8, 0.15, 140] },
    { at: 1.25, radius: 3.4, color: [0.7, 0.16, 300] },
    { at: 1.6, radius: 1.8, color: hour.key },
    { at: 1.95, radius: 6, color: [0.65, 0.14, 200] },
  ];
  return ghosts.map(({ at, radius, color }) => {
    const fill = defs.radial([
      { at: 0, color, opacity: 0.12 * power },
      { at: 0.8, color, opacity: 0.3 * power },
      { at: 1, color, opacity: 0 },
    ]);
    const size = radius * random.uniform(0.8, 1.2);
    return shape(ellipse(light.x + dx * at, light.y + dy * at, size), `fill="${fill}"`);
  }).join("");
}

/** The six-pointed star of the aperture. */
function star({ light }: Scene, hour: Light, power: number): string {
  let spikes = "";
  for (let i = 0; i < 6; i++) {
    const angle = (i * Math.PI) / 3 + 0.26;
    const reach = light.radius * (i % 3 ? 3 : 4.4);
    const side: Point = [-Math.sin(angle) * 0.35, Math.cos(angle) * 0.35];
    spikes += polygon([
      [light.x + side[0], light.y + side[1]],
      [light.x + Math.cos(angle) * reach, light.y + Math.sin(angle) * reach],
      [light.x - side[0], light.y - side[1]],
    ]);
  }
  return shape(spikes, `fill="${hex(shift(hour.key, 0.08))}" opacity="${round(0.85 * power)}"`);
}

/** Warm above the horizon's light, cold at the viewer's feet. */
export function gradeOverlay({ horizon }: Scene, hour: Light, defs: Definitions): string {
  return defs.vertical([
    { at: 0, color: shift(hour.fill, 0.1), opacity: 0.3 },
    { at: 0.5, color: hour.key, opacity: 0.35 },
    { at: 1, color: hour.fill, opacity: 0.5 },
  ], { from: horizon - 50, to: horizon + 50 });
}

/** Darker towards the corners. */
export function vignette({ width }: Scene, defs: Definitions): string {
  const dark: Color = [0.1, 0.05, 280];
  return defs.radial([
    { at: 0, color: dark, opacity: 0 },
    { at: 0.6, color: dark, opacity: 0 },
    { at: 1, color: dark, opacity: 0.6 },
  ], { x: width / 2, y: 48, radius: 0.52 * Math.hypot(width, 100) });
}
