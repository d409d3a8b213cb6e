// Who lives in a scene: people, sheep, sailing boats and rowing boats.

import type { Random } from "../../gpu/random.ts";
import { blob, ellipse, type Point, polygon, rectangle } from "./path.ts";
import { addShadow, lightSide, type Spot } from "./plants.ts";
import type { Stage } from "./scene.ts";

/** Somebody in a coat and a hat, with an umbrella when it rains, now and then with a balloon on a string. */
export function addPerson(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const tone = random.uniform(-1, 1);
  const up = (share: number) => y - height * share;
  addShadow(stage, { x, y, height }, height * 0.12);
  const stride = height * random.uniform(0.05, 0.11);
  const leg = (foot: number) =>
    polygon([[x + foot - height * 0.04, y], [x + foot + height * 0.05, y], [
      x + height * 0.03,
      up(0.4),
    ], [x - height * 0.03, up(0.4)]]);
  stage.add("dark", leg(-stride) + leg(stride), depth);
  const coat: Point[] = [
    [x - height * 0.15, up(0.28)],
    [x + height * 0.15, up(0.28)],
    [x + height * 0.1, up(0.8)],
    [x - height * 0.1, up(0.8)],
  ];
  stage.add("coat", polygon(coat), depth, tone);
  stage.add("skin", ellipse(x, up(0.88), height * 0.075, height * 0.085), depth);
  stage.add(
    "dark",
    ellipse(x, up(0.93), height * 0.13, height * 0.025) +
      rectangle(x - height * 0.07, up(1.02), height * 0.14, height * 0.09),
    depth,
    tone,
  );
  const side = random.uniform() < 0.5 ? -1 : 1;
  if (stage.weather === "rain" || stage.weather === "snow") {
    stage.add(
      "wood",
      rectangle(x + side * height * 0.1, up(1.25), height * 0.02, height * 0.65),
      depth,
    );
    const [left, right] = [
      x + side * height * 0.1 - height * 0.33,
      x + side * height * 0.1 + height * 0.35,
    ];
    const dome = `M${left} ${up(1.12)}Q${(left + right) / 2} ${up(1.66)} ${right} ${up(1.12)}Z`;
    stage.add("silk", dome, depth, -tone);
  } else if (random.uniform() < 0.3) {
    const top: Point = [x + side * height * 0.3, up(1.75)];
    const string = polygon([[x + side * height * 0.13, up(0.55)], top, [
      top[0] + height * 0.012,
      top[1],
    ]]);
    stage.add("dark", string, depth);
    stage.add(
      "silk",
      ellipse(top[0], top[1] - height * 0.16, height * 0.15, height * 0.18),
      depth,
      -tone,
    );
  }
}

/** A sheep that grazes. */
export function addSheep(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const way = random.uniform() < 0.5 ? -1 : 1;
  const legs = [-0.45, -0.25, 0.3, 0.5].map((at) =>
    rectangle(x + at * height, y - height * 0.4, height * 0.1, height * 0.4)
  );
  addShadow(stage, { x, y, height }, height * 0.6);
  stage.add("dark", legs.join(""), depth);
  stage.add("wool", blob(random, x, y - height * 0.62, height * 0.75, height * 0.42, 0.1), depth);
  stage.add(
    "dark",
    ellipse(x + way * height * 0.75, y - height * 0.55, height * 0.2, height * 0.26),
    depth,
  );
}

/** A boat under sail with its mirror image. */
export function addSailboat(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const way = random.uniform() < 0.5 ? -1 : 1;
  const tone = random.uniform(-1, 1);
  const side = lightSide(stage, x);
  const long = height * 0.36;
  const at = (across: number, up: number): Point => [x + way * across * height, y - up * height];
  stage.add(
    "sailShade",
    polygon([at(0.02, -0.1), at(0.42, -0.12), at(0.02, -0.85), at(-0.3, -0.12)]),
    depth,
    -1,
  );
  stage.add(
    side === way ? "sail" : "sailShade",
    polygon([at(0.02, 0.14), at(0.4, 0.15), at(0.02, 0.95)]),
    depth,
    tone,
  );
  stage.add(
    side === way ? "sailShade" : "sail",
    polygon([at(-0.01, 0.17), at(-0.3, 0.18), at(-0.01, 0.86)]),
    depth,
    tone,
  );
  stage.add("wood", rectangle(x - height * 0.012, y - height, height * 0.024, height), depth);
  const hull: Point[] = [[x - long, y - height * 0.1], [x + long, y - height * 0.1], [
    x + long * 0.68,
    y,
  ], [x - long * 0.7, y]];
  stage.add("coat", polygon(hull), depth, tone);
}

/** A rowing boat, empty, at the shore or on the water. */
export function addRowboat(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const tone = random.uniform(-1, 1);
  const long = height * 1.6;
  const [bow, stern] = [x - long, x + long];
  const hull =
    `M${bow} ${y - height * 0.55}Q${x} ${y - height * 0.2} ${stern} ${y - height * 0.5}` +
    `L${x + long * 0.75} ${y}L${x - long * 0.7} ${y}Z`;
  stage.add("shadow", ellipse(x, y + height * 0.08, long * 0.95, height * 0.18), depth);
  stage.add(
    "dark",
    `M${bow} ${y - height * 0.55}Q${x} ${y - height * 0.75} ${stern} ${y - height * 0.5}Q${x} ${
      y - height * 0.1
    } ${bow} ${y - height * 0.55}Z`,
    depth,
  );
  stage.add("coat", hull, depth, tone);
}
