// What draws the eye from afar: lighthouses and windmills.

import type { Random } from "../../gpu/random.ts";
import { type Point, polygon, rectangle } from "./path.ts";
import { addShadow, lightSide, type Spot } from "./plants.ts";
import type { Stage } from "./scene.ts";

/** A striped lighthouse; after dark its beam goes out to both sides. */
export function addLighthouse(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const side = lightSide(stage, x);
  const half = (up: number) => height * (0.1 - 0.045 * up);
  const band = (from: number, to: number, share = 1): string =>
    polygon([
      [x - (share < 1 && side > 0 ? 0 : half(from)), y - height * from * 0.8],
      [x + (share < 1 && side < 0 ? 0 : half(from)), y - height * from * 0.8],
      [x + (share < 1 && side < 0 ? 0 : half(to)), y - height * to * 0.8],
      [x - (share < 1 && side > 0 ? 0 : half(to)), y - height * to * 0.8],
    ]);
  const tone = random.uniform() < 0.6 ? 0.2 : -0.8;
  addShadow(stage, { x, y, height }, height * 0.1);
  stage.add("wall", band(0, 1), depth, 0.9);
  for (let i = 0; i < 3; i++) {
    stage.add("stripe", band(0.16 + i * 0.3, 0.31 + i * 0.3), depth, tone);
  }
  stage.add("shadow", band(0, 1, 0.5), depth);
  const lamp: Point = [x, y - height * 0.86];
  if (stage.time === "night" || stage.time === "dusk") {
    const reach = stage.width * 0.8;
    for (const way of [-1, 1]) {
      const far = lamp[0] + way * reach;
      stage.add("beam", polygon([lamp, [far, lamp[1] - 9], [far, lamp[1] + 5]]), depth);
    }
  }
  stage.add(
    "dark",
    rectangle(x - height * 0.075, y - height * 0.815, height * 0.15, height * 0.02),
    depth,
  );
  stage.add(
    "window",
    rectangle(x - height * 0.04, y - height * 0.9, height * 0.08, height * 0.085),
    depth,
  );
  stage.add(
    "roof",
    polygon([[x - height * 0.055, y - height * 0.9], [x, y - height], [
      x + height * 0.055,
      y - height * 0.9,
    ]]),
    depth,
    tone,
  );
}

/** A windmill with four sails. */
export function addWindmill(stage: Stage, random: Random, { x, y, height }: Spot): void {
  const depth = stage.depthAt(y);
  const side = lightSide(stage, x);
  const [foot, neck] = [height * 0.17, height * 0.1];
  const top = y - height * 0.66;
  addShadow(stage, { x, y, height }, foot);
  stage.add(
    "wall",
    polygon([[x - foot, y], [x + foot, y], [x + neck, top], [x - neck, top]]),
    depth,
    0.5,
  );
  stage.add(
    "wallShade",
    polygon([[x - side * foot, y], [x, y], [x, top], [x - side * neck, top]]),
    depth,
    0.5,
  );
  const cap = `M${x - neck * 1.2} ${top}Q${x} ${top - height * 0.24} ${x + neck * 1.2} ${top}Z`;
  stage.add("roof", cap, depth, random.uniform(-1, 1));
  stage.add(
    "door",
    rectangle(x - height * 0.03, y - height * 0.14, height * 0.06, height * 0.14),
    depth,
  );
  stage.add(
    "window",
    rectangle(x - height * 0.025, y - height * 0.42, height * 0.05, height * 0.07),
    depth,
  );
  const hub: Point = [x, top - height * 0.03];
  const start = random.uniform(0, Math.PI / 2);
  for (let i = 0; i < 4; i++) {
    const angle = start + (i * Math.PI) / 2;
    const [along, across] = [[Math.cos(angle), Math.sin(angle)], [
      -Math.sin(angle),
      Math.cos(angle),
    ]];
    const at = (reach: number, aside: number): Point => [
      hub[0] + height * (along[0] * reach + across[0] * aside),
      hub[1] + height * (along[1] * reach + across[1] * aside),
    ];
    stage.add(
      "sail",
      polygon([at(0.09, 0), at(0.44, 0), at(0.44, 0.08), at(0.09, 0.07)]),
      depth,
      0.4,
    );
    stage.add("wood", polygon([at(0, -0.01), at(0.46, -0.01), at(0.46, 0.01), at(0, 0.01)]), depth);
  }
}
