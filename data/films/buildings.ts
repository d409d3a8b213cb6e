// What people build: houses, churches, fences, jetties.

import type { Random } from "../../gpu/random.ts";
import { blob, ellipse, type Point, polygon, rectangle } from "./path.ts";
import { addShadow, lightSide, type Spot } from "./plants.ts";
import type { Stage } from "./scene.ts";

/** A gabled house seen from a corner; `height` is that of the ridge of its roof. */
export function addHouse(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const tone = random.uniform(-1, 1);
  const turn = random.uniform() < 0.5 ? 1 : -1;
  const wide = height * random.uniform(0.42, 0.55);
  const long = height * random.uniform(0.7, 1.05);
  const eaves = y - height * 0.5;
  const at = (across: number, up: number): Point => [x + turn * across, up];
  addShadow(
    stage,
    { x: x + (turn * (long - wide)) / 2, y, height: height * 0.9 },
    (long + wide) * 0.5,
  );
  const frontLit = lightSide(stage, x) !== turn;
  const front = [at(-wide, y), at(0, y + height * 0.03), at(0, eaves), at(-wide, eaves)];
  const gable = [at(-wide, eaves), at(-wide / 2, y - height), at(0, eaves)];
  stage.add(frontLit ? "wall" : "wallShade", polygon(front) + polygon(gable), depth, tone);
  const flank = [at(0, y + height * 0.03), at(long, y), at(long, eaves), at(0, eaves)];
  stage.add(frontLit ? "wallShade" : "wall", polygon(flank), depth, tone);
  addChimney(stage, random, at(long * 0.7, y - height * 0.9), height, depth);
  const roof = [
    at(height * 0.04, eaves + height * 0.05),
    at(-wide / 2, y - height * 1.02),
    at(long - wide / 2 + height * 0.08, y - height * 1.02),
    at(long + height * 0.07, eaves + height * 0.05),
  ];
  stage.add(frontLit ? "roof" : "roofLit", polygon(roof), depth, tone);
  const verge = [
    at(-wide * 1.1, eaves + height * 0.05),
    at(-wide / 2, y - height * 1.03),
    at(-wide / 2, y - height * 0.92),
    at(-wide * 0.95, eaves + height * 0.07),
  ];
  stage.add("roof", polygon(verge), depth, tone);
  addOpenings(stage, at, { y, height, wide, long }, depth);
  if (stage.season === "winter") {
    const drift = roof.map(([px, py], i): Point => [px, py - (i % 3 ? 0.2 : height * 0.16)]);
    stage.add("snow", polygon(drift), depth);
  }
}

function addOpenings(
  stage: Stage,
  at: (across: number, up: number) => Point,
  { y, height, wide, long }: { y: number; height: number; wide: number; long: number },
  depth: number,
): void {
  const pane = (across: number, up: number, half: number, tall: number) =>
    polygon([
      at(across - half, up),
      at(across + half, up),
      at(across + half, up - tall),
      at(across - half, up - tall),
    ]);
  const tall = height * 0.17;
  const low = y - height * 0.18;
  const panes = [
    pane(-wide * 0.72, low, wide * 0.13, tall),
    pane(-wide * 0.5, y - height * 0.62, wide * 0.12, tall * 0.85),
    pane(long * 0.25, low, long * 0.09, tall),
    pane(long * 0.75, low, long * 0.09, tall),
  ];
  stage.add("window", panes.join(""), depth);
  stage.add("door", pane(-wide * 0.26, y, wide * 0.13, height * 0.3), depth);
}

function addChimney(
  stage: Stage,
  random: Random,
  foot: Point,
  height: number,
  depth: number,
): void {
  const [x, y] = foot;
  const wide = height * 0.1;
  stage.add(
    "wallShade",
    rectangle(x - wide / 2, y - height * 0.28, wide, height * 0.34),
    depth,
    -0.4,
  );
  if (random.uniform() < 0.55) return;
  const wind = random.uniform(-0.35, 0.35);
  for (let i = 0; i < 5; i++) {
    const radius = height * (0.06 + 0.045 * i);
    const puff: Point = [x + wind * height * 0.3 * i ** 1.2, y - height * (0.36 + 0.15 * i)];
    stage.add("smoke", blob(random, puff[0], puff[1], radius * 1.2, radius, 0.1), depth, -i / 5);
  }
}

/** A church: nave like a house and a tower with a spire. */
export function addChurch(stage: Stage, random: Random, spot: Spot): void {
  const { x, y, height } = spot;
  addHouse(stage, random, { x, y, height: height * 0.62 });
  const depth = stage.depthAt(y);
  const side = lightSide(stage, x);
  const half = height * 0.11;
  const left = x - height * 0.3;
  const top = y - height * 0.68;
  stage.add("wall", rectangle(left - half, top, 2 * half, y - top), depth, 0.2);
  stage.add("wallShade", rectangle(side > 0 ? left - half : left, top, half, y - top), depth, 0.2);
  const spire: Point[] = [[left - half * 1.15, top], [left, y - height * 1.12], [
    left + half * 1.15,
    top,
  ]];
  stage.add("roof", polygon(spire), depth, -0.6);
  stage.add(
    "roofLit",
    polygon([[left + side * half * 1.15, top], spire[1], [left, top]]),
    depth,
    -0.6,
  );
  stage.add("window", ellipse(left, top + height * 0.12, half * 0.32, half * 0.55), depth);
}

/** A fence of posts and two rails along a line on the ground. */
export function addFence(stage: Stage, random: Random, from: Point, to: Point): void {
  const steps = 9;
  const posts = Array.from({ length: steps + 1 }, (_, i) => {
    const along = i / steps;
    const y = from[1] + (to[1] - from[1]) * along;
    const size = stage.scaleAt(y);
    return {
      x: from[0] + (to[0] - from[0]) * along,
      y,
      size,
      tall: size * random.uniform(5.4, 6.4),
    };
  });
  const depth = stage.depthAt(Math.max(from[1], to[1]));
  let path = "";
  posts.forEach(({ x, y, size, tall }, i) => {
    path += rectangle(x - 0.32 * size, y - tall, 0.64 * size, tall);
    const next = posts[i + 1];
    if (!next) return;
    for (const up of [0.38, 0.75]) {
      const rail = 0.22;
      path += polygon([
        [x, y - tall * up - rail * size],
        [next.x, next.y - next.tall * up - rail * next.size],
        [next.x, next.y - next.tall * up + rail * next.size],
        [x, y - tall * up + rail * size],
      ]);
    }
  });
  stage.add("wood", path, depth, random.uniform(-0.5, 0.8));
}

/** A wooden jetty that reaches from the shore into the water. */
export function addJetty(stage: Stage, shore: Point, end: Point): void {
  const depth = stage.depthAt(shore[1]);
  const [near, far] = [stage.scaleAt(shore[1]) * 2.6, stage.scaleAt(end[1]) * 2.6];
  for (let i = 0; i < 4; i++) {
    const along = 0.2 + i * 0.26;
    const [x, y] = [shore[0] + (end[0] - shore[0]) * along, shore[1] + (end[1] - shore[1]) * along];
    const half = near + (far - near) * along;
    const tall = half * 1.3;
    stage.add(
      "dark",
      rectangle(x - half, y, half * 0.22, tall) + rectangle(x + half * 0.8, y, half * 0.22, tall),
      depth,
    );
  }
  stage.add(
    "wood",
    polygon([
      [shore[0] - near, shore[1]],
      [end[0] - far, end[1]],
      [end[0] + far, end[1]],
      [shore[0] + near, shore[1]],
    ]),
    depth,
    0.4,
  );
}
