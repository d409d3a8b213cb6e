// What hangs and flies above the land: stars, clouds, birds, balloons, rain and snow.

import type { Random } from "../../gpu/random.ts";
import { ellipse, type Point, polygon, polyline, round } from "./path.ts";
import type { Stage } from "./scene.ts";

/** Stars, more of them high up. */
export function addStars(stage: Stage): void {
  const random = stage.stream("stars");
  const stars = Array.from({ length: 46 }, () => {
    const y = stage.horizon * random.uniform() ** 1.5;
    return ellipse(random.uniform(0, stage.width), y, 0.16 + 0.42 * random.uniform() ** 4);
  });
  stage.add("star", stars.join(""), 0);
}

/** Clouds as the weather has them: heaps with flat bases, or long thin layers near the horizon. */
export function addClouds(stage: Stage): void {
  const random = stage.stream("clouds");
  const overcast = stage.weather !== "clear" && stage.weather !== "misty";
  const heaps = random.integer(3) + (overcast ? 4 : stage.weather === "misty" ? 0 : 2);
  const layers = random.integer(3) + (overcast ? 3 : 2);
  for (let i = 0; i < layers; i++) {
    const y = stage.horizon * random.uniform(0.3, 0.95);
    const long = random.uniform(12, 34);
    const x = random.uniform(0, stage.width);
    stage.add("streak", ellipse(x, y, long, random.uniform(0.7, 2)), 0.1);
  }
  for (let i = 0; i < heaps; i++) {
    const high = random.uniform();
    const y = stage.horizon * (0.12 + 0.68 * (1 - high));
    addHeap(stage, random, random.uniform(-0.05, 1.05) * stage.width, y, 0.45 + 0.75 * high);
  }
}

function addHeap(stage: Stage, random: Random, x: number, y: number, size: number): void {
  const puffs = 5 + random.integer(3);
  const long = size * random.uniform(9, 15);
  const side = stage.light.x > x ? 1 : -1;
  let body = ellipse(x, y, long, 1.6 * size);
  let lit = "";
  for (let i = 0; i < puffs; i++) {
    const at = (2 * (i + 0.5)) / puffs - 1;
    const radius = size * (1.6 + 3.6 * (1 - at * at)) * random.uniform(0.75, 1.15);
    const centre: Point = [x + at * long * 0.8, y - radius * 0.55];
    body += ellipse(centre[0], centre[1], radius, radius * 0.9);
    const bright = radius * 0.68;
    lit += ellipse(
      centre[0] + side * radius * 0.2,
      centre[1] - radius * 0.2,
      bright,
      bright * 0.85,
    );
  }
  stage.add("cloud", body, 0.15, random.uniform(-0.3, 0.3));
  stage.add("cloudLit", lit, 0.15);
}

/** A loose flock that flies one way. */
export function addBirds(stage: Stage): void {
  const random = stage.stream("birds");
  const centre: Point = [
    stage.width * random.uniform(0.2, 0.8),
    stage.horizon * random.uniform(0.2, 0.65),
  ];
  let flock = "";
  for (let i = 0; i < 4 + random.integer(5); i++) {
    const [x, y] = [centre[0] + random.normal(0, 8), centre[1] + random.normal(0, 4)];
    const span = random.uniform(1, 1.9);
    const lift = span * random.uniform(0.35, 0.7);
    const wing = (way: number, thick: number) =>
      `Q${round(x + way * span * 0.45)} ${round(y - lift * 1.5 + thick)} `;
    flock +=
      `M${round(x - span)} ${round(y - lift)}${wing(-1, 0)}${round(x)} ${round(y)}${wing(1, 0)}` +
      `${round(x + span)} ${round(y - lift)}${wing(1, 0.5)}${round(x)} ${round(y + 0.35)}` +
      `${wing(-1, 0.5)}${round(x - span)} ${round(y - lift)}Z`;
  }
  stage.add("bird", flock, 0.6);
}

/** A rainbow on the side away from the sun, as bands. */
export function addRainbow(stage: Stage): void {
  const { width, horizon, light } = stage;
  const x = width - light.x;
  const radius = Math.min(0.5 * width, 0.85 * horizon);
  for (let i = 0; i < 5; i++) {
    const [outer, inner] = [radius - i * 1.1, radius - (i + 1) * 1.1];
    const arc = (reach: number, sweep: number, to: number) =>
      `A${round(reach)} ${round(reach)} 0 0 ${sweep} ${round(to)} ${horizon}`;
    const band = `M${round(x - outer)} ${horizon}${arc(outer, 1, x + outer)}` +
      `L${round(x + inner)} ${horizon}${arc(inner, 0, x - inner)}Z`;
    stage.add("rainbow", band, 0.3, 1 - i / 2);
  }
}

/** A hot-air balloon: gores in two colours, ropes and a basket. */
export function addBalloon(stage: Stage): void {
  const random = stage.stream("balloon");
  const x = stage.width * random.uniform(0.15, 0.85);
  const y = stage.horizon * random.uniform(0.25, 0.6);
  const radius = random.uniform(4, 8);
  const tone = random.uniform(-1, 1);
  const gore = (share: number) => {
    const reach = radius * share;
    const foot = y + radius * 1.55;
    return `M${x} ${y - radius}C${x + reach * 1.35} ${y - radius} ${x + reach * 1.3} ${
      y + radius * 0.5
    } ${x + reach * 0.22} ${foot}L${x - reach * 0.22} ${foot}C${x - reach * 1.3} ${
      y + radius * 0.5
    } ${x - reach * 1.35} ${y - radius} ${x} ${y - radius}Z`;
  };
  [1, 0.72, 0.4].forEach((share, i) =>
    stage.add(i % 2 ? "silkStripe" : "silk", gore(share), 0.6, i === 2 ? tone * 0.9 : tone)
  );
  const [foot, floor] = [y + radius * 1.55, y + radius * 2];
  const ropes = polyline([[x - radius * 0.2, foot], [x - radius * 0.16, floor]]) +
    polyline([[x + radius * 0.2, foot], [x + radius * 0.16, floor]]);
  stage.add(
    "wood",
    ropes + polygon([
      [x - radius * 0.2, floor],
      [x + radius * 0.2, floor],
      [x + radius * 0.15, floor + radius * 0.3],
      [x - radius * 0.15, floor + radius * 0.3],
    ]),
    0.65,
  );
}

/** Slanted streaks of rain, or flakes, before everything. */
export function addFalling(stage: Stage): void {
  const { width, weather } = stage;
  if (weather !== "rain" && weather !== "snow") return;
  const random = stage.stream("falling");
  const slant = random.uniform(-0.35, 0.35);
  let all = "";
  for (let i = 0; i < 70; i++) {
    const [x, y] = [random.uniform(-5, width + 5), random.uniform(-5, 100)];
    if (weather === "snow") {
      all += ellipse(x, y, 0.25 + 0.75 * random.uniform() ** 2.5);
      continue;
    }
    const long = random.uniform(3, 7);
    const wide = random.uniform(0.08, 0.2);
    const foot = x + slant * long;
    all += polygon([[x - wide, y], [x + wide, y], [foot + wide, y + long], [foot, y + long]]);
  }
  stage.add(weather === "snow" ? "flake" : "drop", all, 1);
}
