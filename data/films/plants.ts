// Trees and bushes, lit from the side of the sun or moon.

import type { Random } from "../../gpu/random.ts";
import { blob, ellipse, type Point, polygon } from "./path.ts";
import type { Stage } from "./scene.ts";

/** Where a thing stands and how high it is, in units. */
export interface Spot {
  x: number;
  /** Of its foot. */
  y: number;
  height: number;
}

/** +1 if the light is to the right of `x`, -1 to the left. */
export function lightSide(stage: Stage, x: number): 1 | -1 {
  return stage.light.x > x ? 1 : -1;
}

/** The shadow that a thing throws on the ground, away from the light, longer when the light is low. */
export function addShadow(stage: Stage, { x, y, height }: Spot, width: number): void {
  const low = stage.time === "day" ? 0.35 : 0.7;
  const away = -lightSide(stage, x) * Math.min(1, Math.abs(stage.light.x - x) / 30 + 0.25);
  const reach = away * height * low;
  const rise = height * 0.07;
  const shape = polygon([
    [x - width, y - 0.2],
    [x + width, y - 0.2],
    [x + reach + width * 0.7, y + rise],
    [x + reach - width * 0.7, y + rise],
  ]);
  stage.add("shadow", shape + ellipse(x, y, width * 1.15, width * 0.22), stage.depthAt(y));
}

/** A fir: drooping tiers, the side towards the light brighter, snow on it in winter. */
export function addFir(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const tone = random.uniform(-1, 1);
  const wide = height * random.uniform(0.2, 0.27);
  addShadow(stage, { x, y, height }, wide * 0.6);
  stage.add(
    "trunk",
    polygon([
      [x - height * 0.025, y + 0.2],
      [x + height * 0.025, y + 0.2],
      [x + height * 0.015, y - height * 0.2],
      [x - height * 0.015, y - height * 0.2],
    ]),
    depth,
  );
  const tiers = 4 + random.integer(3);
  const side = lightSide(stage, x);
  let [all, lit, snow] = ["", "", ""];
  for (let i = 0; i < tiers; i++) {
    const foot = y - height * (0.1 + (0.72 * i) / tiers);
    const tip = Math.max(y - height, foot - (height * 1.35) / tiers);
    const half = wide * (1 - (0.86 * i) / tiers) * random.uniform(0.9, 1.1);
    const droop = half * 0.22;
    const hang = (share: number): Point => [x + half * share, foot + droop * Math.abs(share)];
    all += polygon([[x, tip], hang(1), hang(0.45), [x, foot + droop * 0.7], hang(-0.5), hang(-1)]);
    lit += polygon([[x, tip], hang(side), hang(side * 0.5), [
      x + side * half * 0.12,
      foot - droop,
    ]]);
    if (stage.season === "winter") {
      snow += polygon([
        [x, tip],
        hang(0.75),
        [x + half * 0.2, foot - droop],
        [x, foot],
        hang(-0.8),
      ]);
    }
  }
  stage.add("needles", all, depth, tone);
  stage.add("needlesLit", lit, depth, tone);
  if (snow) stage.add("snow", snow, depth);
}

/** A tree with a round crown of several clumps; bare twigs in winter. */
export function addTree(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const tone = random.uniform(-1, 1);
  const lean = random.uniform(-0.05, 0.05) * height;
  const wide = height * random.uniform(0.26, 0.38);
  addShadow(stage, { x, y, height }, wide * 0.6);
  addTrunk(stage, { x, y, height }, lean, depth);
  if (stage.season === "winter") {
    return addTwigs(stage, random, { x: x + lean, y, height }, wide, depth);
  }
  const side = lightSide(stage, x);
  const [cx, cy] = [x + lean, y - height * 0.66];
  let all = blob(random, cx, cy, wide * 0.85, height * 0.27, 0.1);
  let lit = "";
  for (let i = 0; i < 7; i++) {
    const angle = ((i + random.uniform(-0.2, 0.2)) * 2 * Math.PI) / 7;
    const [ax, ay] = [cx + Math.cos(angle) * wide * 0.66, cy + Math.sin(angle) * height * 0.22];
    const radius = wide * random.uniform(0.36, 0.52);
    all += ellipse(ax, ay, radius, radius * 0.9);
    // Clumps that face the light are lit nearly whole, those behind only at their top.
    const facing = 0.5 + 0.5 * (side * Math.cos(angle) * 0.7 - Math.sin(angle) * 0.7);
    const bright = radius * (0.35 + 0.42 * facing);
    lit += blob(
      random,
      ax + side * (radius - bright) * 0.7,
      ay - (radius - bright) * 0.8,
      bright,
      bright * 0.8,
      0.2,
    );
  }
  stage.add("leaves", all, depth, tone);
  stage.add("leavesLit", lit, depth, tone);
}

/** A slender tall tree, as they stand along roads. */
export function addPoplar(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const tone = random.uniform(-1, 1);
  const wide = height * 0.11;
  addShadow(stage, { x, y, height }, wide * 0.7);
  addTrunk(stage, { x, y, height: height * 0.5 }, 0, depth);
  const side = lightSide(stage, x);
  let [all, lit] = ["", ""];
  for (let i = 0; i < 5; i++) {
    const share = i / 4;
    const half = wide * (0.62 + 0.5 * Math.sin(Math.PI * (0.25 + 0.6 * share)) - 0.42 * share ** 3);
    const cy = y - height * (0.2 + 0.68 * share);
    all += blob(random, x, cy, half, height * 0.15, 0.12);
    lit += blob(
      random,
      x + side * half * 0.42,
      cy - height * 0.03,
      half * 0.42,
      height * 0.12,
      0.2,
    );
  }
  stage.add("leaves", all, depth, tone);
  stage.add("leavesLit", lit, depth, tone);
}

/** A low bush of a few clumps. */
export function addBush(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const tone = random.uniform(-1, 1);
  const side = lightSide(stage, x);
  let [all, lit] = ["", ""];
  for (let i = -1; i <= 1; i++) {
    const [cx, radius] = [x + i * height * 0.75, height * random.uniform(0.5, 0.75)];
    all += blob(random, cx, y - radius * 0.55, radius, radius * 0.75, 0.15);
    lit += blob(
      random,
      cx + side * radius * 0.25,
      y - radius * 0.85,
      radius * 0.5,
      radius * 0.35,
      0.2,
    );
  }
  stage.add("leaves", all, depth, tone);
  stage.add(stage.season === "winter" ? "snow" : "leavesLit", lit, depth, tone);
}

function addTrunk(stage: Stage, { x, y, height }: Spot, lean: number, depth: number): void {
  const half = height * 0.032;
  const fork = y - height * 0.42;
  stage.add(
    "trunk",
    polygon([
      [x - half * 1.5, y + 0.3],
      [x + half * 1.5, y + 0.3],
      [x + lean + half * 0.8, fork],
      [x + lean + height * 0.12, fork - height * 0.2],
      [x + lean + height * 0.09, fork - height * 0.2],
      [x + lean, fork - height * 0.05],
      [x + lean - height * 0.1, fork - height * 0.18],
      [x + lean - height * 0.12, fork - height * 0.17],
      [x + lean - half * 0.8, fork],
    ]),
    depth,
  );
}

function addTwigs(
  stage: Stage,
  random: Random,
  { x, y, height }: Spot,
  wide: number,
  depth: number,
): void {
  let twigs = "";
  for (let i = 0; i < 13; i++) {
    const angle = Math.PI * (0.08 + (0.84 * i) / 12);
    const reach = random.uniform(0.75, 1.05);
    const tip: Point = [
      x - Math.cos(angle) * wide * reach,
      y - height * (0.42 + 0.55 * Math.sin(angle) * reach),
    ];
    const root: Point = [
      x + random.uniform(-0.06, 0.06) * height,
      y - height * random.uniform(0.36, 0.6),
    ];
    twigs += polygon([[root[0] - height * 0.016, root[1]], tip, [
      root[0] + height * 0.016,
      root[1],
    ]]);
  }
  stage.add("trunk", twigs, depth);
}
