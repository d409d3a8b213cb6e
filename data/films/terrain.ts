// Land and water: mountain ranges, hills, shores, paths, meadows.

import type { Random } from "../../gpu/random.ts";
import { blob, curve, ellipse, type Point, polygon, round } from "./path.ts";
import type { Part, Stage } from "./scene.ts";

/** The upper edge of some land, from left to right, reaching beyond both borders. */
export type Skyline = Point[];

/** A jagged range `height` above `base`, by midpoint displacement (Fournier et al. 1982). */
export function peaks(random: Random, width: number, base: number, height: number): Skyline {
  let heights = Array.from({ length: 6 }, () => random.uniform(0.15, 1));
  for (let step = 0.26; heights.length < 80; step *= 0.52) {
    heights = heights.flatMap((value, i) =>
      i === heights.length - 1
        ? [value]
        : [value, (value + heights[i + 1]) / 2 + random.uniform(-step, step)]
    );
  }
  const highest = Math.max(...heights);
  return heights.map((value, i): Point => [
    -4 + ((width + 8) * i) / (heights.length - 1),
    base - (height * Math.max(0.04, value)) / highest,
  ]);
}

/** Soft hills: three waves of random phase, at most `height` above `base`. */
export function hills(random: Random, width: number, base: number, height: number): Skyline {
  const waves = [0.8, 1.9, 3.7].map((turns) => ({
    turns: turns * random.uniform(0.75, 1.25) * Math.max(0.7, width / 130),
    phase: random.uniform(0, 2 * Math.PI),
    size: 1 / turns ** 0.9,
  }));
  const total = waves.reduce((sum, { size }) => sum + size, 0);
  return Array.from({ length: 25 }, (_, i): Point => {
    const at = i / 24;
    const wave = waves.reduce(
      (sum, { turns, phase, size }) => sum + size * Math.sin(phase + at * turns * 2 * Math.PI),
      0,
    );
    return [-4 + (width + 8) * at, base - height * (0.5 + (0.5 * wave) / total)];
  });
}

/** The edge's height at `x`. */
export function heightAt(line: Skyline, x: number): number {
  const next = Math.max(1, line.findIndex((point) => point[0] >= x));
  const [[x0, y0], [x1, y1]] = [line[next - 1], line[next]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** The land under an edge, from its first to its last point, down to `bottom`. */
export function addLand(
  stage: Stage,
  part: Part,
  line: Skyline,
  depth: number,
  { bottom = 104, smooth = true, tone = 0 } = {},
): void {
  const down = `L${round(line[line.length - 1][0])} ${bottom}L${round(line[0][0])} ${bottom}Z`;
  const edge = smooth ? curve(line, false) : polygon(line).slice(0, -1);
  stage.add(part, edge + down, depth, tone);
}

/** Snow on what rises above a line, its lower border ragged. */
export function addSnowcaps(stage: Stage, line: Skyline, snowline: number, depth: number): void {
  const random = stage.stream("snow", depth);
  let run: Skyline = [];
  for (const point of [...line, [stage.width + 9, 200] as const]) {
    if (point[1] < snowline) {
      run.push(point);
      continue;
    }
    if (run.length > 1) {
      const lower = run.toReversed().map(([x, y]): Point => [
        x + random.uniform(-0.6, 0.6),
        y + (snowline - y) * random.uniform(0.35, 1.1),
      ]);
      stage.add("snow", polygon([...run, ...lower]), depth);
    }
    run = [];
  }
}

/** A far edge of woods: firs as a jagged seam on a line of hills. */
export function addWoods(stage: Stage, line: Skyline, depth: number, height: number): void {
  const random = stage.stream("woods", depth);
  const edge: Skyline = [];
  for (let x = -4; x < stage.width + 4;) {
    const step = height * random.uniform(0.3, 0.55);
    const y = heightAt(line, Math.min(x, stage.width + 3.9));
    const tall = height * random.uniform(0.5, 1.1);
    edge.push([x, y - tall * 0.15], [x + step / 2, y - tall]);
    x += step;
  }
  edge.push([stage.width + 4, heightAt(line, stage.width + 3.9)]);
  addLand(stage, "woods", edge, depth, { smooth: false });
}

/** Banks of mist lying in front of what is there. */
export function addMist(stage: Stage, y: number, depth: number): void {
  const random = stage.stream("mist", depth);
  for (let i = 0; i < 3; i++) {
    const x = random.uniform(-0.1, 1.1) * stage.width;
    const long = random.uniform(0.35, 0.7) * stage.width;
    stage.add("mist", ellipse(x, y + random.uniform(-3, 3), long, random.uniform(2, 5)), depth);
  }
}

/**
 * Water from the horizon down to `bottom`, what stands behind it mirrored in it, with ripples and the light's road.
 *
 * @param mirrored the edges behind the water with their depths, from the back to the front
 */
export function addWater(
  stage: Stage,
  bottom: number,
  mirrored: { line: Skyline; depth: number }[],
): void {
  const { width, horizon } = stage;
  stage.add("water", `M-4 ${horizon}H${width + 4}V104H-4Z`, 0.5);
  for (const { line, depth } of mirrored) {
    const mirror = line.map(([x, y]): Point => [x, Math.max(horizon, 2 * horizon - y * 0.999)]);
    const low = mirror.map(([x, y]): Point => [x, horizon + (y - horizon) * 0.8]);
    stage.add("reflection", polygon([[-4, horizon], ...low, [width + 4, horizon]]), depth);
  }
  addRipples(stage, bottom);
  addLightRoad(stage, bottom);
}

function addRipples(stage: Stage, bottom: number): void {
  const { width, horizon } = stage;
  const random = stage.stream("ripples");
  const tones = [-0.8, 0, 0.8];
  const paths = tones.map(() => "");
  for (let i = 0; i < 30; i++) {
    const near = random.uniform() ** 0.7;
    const y = horizon + 1 + near * (bottom - horizon);
    const long = (2 + 13 * near) * random.uniform(0.5, 1.2);
    const x = random.uniform(-0.05, 1.05) * width;
    paths[i % 3] += ellipse(x, y, long, 0.16 + 0.5 * near);
  }
  tones.forEach((tone, i) => stage.add("ripple", paths[i], 0.5, tone));
}

function addLightRoad(stage: Stage, bottom: number): void {
  const { horizon, light } = stage;
  const random = stage.stream("glints");
  const low = stage.time === "day" ? 0.5 : 1;
  let road = "";
  for (let i = 0; i < 26 * low; i++) {
    const near = (i + random.uniform()) / (26 * low);
    const y = horizon + 0.6 + near * (bottom - horizon);
    const spread = (0.8 + 5 * near) / low;
    const x = light.x + random.normal(0, spread);
    road += ellipse(x, y, random.uniform(0.6, 1.6) + 3 * near * low, 0.22 + 0.5 * near);
  }
  stage.add("glint", road, 0.5);
}

/** A band that winds from `from` near the viewer to `to` far away, narrowing as it goes: a path or a river. */
export function addRibbon(
  stage: Stage,
  part: Part,
  random: Random,
  from: { x: number; width: number },
  to: { x: number; y: number },
): void {
  const sway = random.uniform(8, 20) * (random.uniform() < 0.5 ? 1 : -1);
  const left: Point[] = [];
  const right: Point[] = [];
  for (let i = 0; i <= 12; i++) {
    const along = i / 12;
    const y = 103 - (103 - to.y) * (1 - (1 - along) ** 1.8);
    const x = from.x + (to.x - from.x) * along +
      sway * Math.sin(along * Math.PI * 1.7) * (1 - along);
    const half = (from.width / 2) * (1 - along) ** 1.5 + 0.25;
    left.push([x - half, y]);
    right.push([x + half, y]);
  }
  const back = curve(right.toReversed(), false).replace("M", "L");
  stage.add(part, `${curve(left, false)}${back}Z`, 0.75, random.uniform(-0.3, 0.3));
}

/** Uneven flat patches on the ground below an edge: fields, moss, drifts. */
export function addPatches(stage: Stage, line: Skyline, depth: number, bottom: number): void {
  const random = stage.stream("patches", depth);
  for (let i = 0; i < 5; i++) {
    const x = random.uniform(0, stage.width);
    const top = heightAt(line, x) + 3;
    const y = top + random.uniform(0, Math.max(2, bottom - top));
    const long = random.uniform(8, 24) * (0.5 + depth / 2);
    const shape = blob(random, x, y, long, long * random.uniform(0.1, 0.18), 0.2);
    stage.add("patch", shape, depth, random.uniform(-1, 1));
  }
}

/** Blades of grass, flowers and stones at the viewer's feet, thicker towards the bottom. */
export function addUndergrowth(stage: Stage, line: Skyline, amount: number): void {
  const random = stage.stream("undergrowth");
  const flowers = stage.season === "spring" || stage.season === "summer" ? 0.35 : 0;
  const tones = [random.uniform(-1, 0), random.uniform(0, 1)];
  const grass = ["", ""];
  const petals = ["", ""];
  for (let i = 0; i < amount; i++) {
    const x = random.uniform(0, stage.width);
    const y = 101 - (101 - heightAt(line, x) - 3) * random.uniform() ** 1.6;
    const size = stage.scaleAt(y);
    const kind = random.uniform();
    if (kind < flowers) petals[i % 2] += bloom(random, x, y, size);
    else if (kind < 0.93) grass[i % 2] += tuft(random, x, y, size);
    else {stage.add(
        "stone",
        blob(random, x, y, 1.8 * size, 1.1 * size),
        0.95,
        random.uniform(-1, 1),
      );}
  }
  tones.forEach((tone, i) => {
    if (grass[i]) stage.add("grass", grass[i], 0.97, tone);
    if (petals[i]) stage.add("flower", petals[i], 1, tone);
  });
}

function bloom(random: Random, x: number, y: number, size: number): string {
  const petals = [0, 1, 2].map(() =>
    ellipse(x + random.normal(0, 1.6) * size, y + random.normal(0, 0.8) * size, 0.55 * size)
  );
  return petals.join("");
}

function tuft(random: Random, x: number, y: number, size: number): string {
  let blades = "";
  for (let k = 0; k < 4; k++) {
    const root = x + random.uniform(-1.2, 1.2) * size;
    const tip: Point = [root + random.uniform(-1.6, 1.6) * size, y - random.uniform(2, 4.4) * size];
    blades += polygon([[root - 0.28 * size, y], tip, [root + 0.28 * size, y]]);
  }
  return blades;
}
