// Things that stand about on the ground: scattered with a favourite kind of tree, painted from far to near.

import type { Random } from "../../gpu/random.ts";
import { addPerson, addSheep } from "./beings.ts";
import { addHouse } from "./buildings.ts";
import { addBush, addFir, addPoplar, addTree, type Spot } from "./plants.ts";
import type { Stage } from "./scene.ts";
import { heightAt, type Skyline } from "./terrain.ts";

/** Trees, houses, people and sheep on a strip `room` deep below an edge, painted from far to near. */
export function addProps(
  stage: Stage,
  random: Random,
  line: Skyline,
  wanted: { trees: number; houses: number; people: number; sheep: number },
  room = 16,
  banks = false,
): void {
  const { width } = stage;
  const kinds = [addTree, addFir, addPoplar, addBush];
  const favourite = random.integer(3);
  const props: { y: number; draw: () => void }[] = [];
  const place = (height: number, add: (stage: Stage, random: Random, spot: Spot) => void) => {
    let x = random.uniform(0.03, 0.97) * width;
    if (banks && Math.abs(x / width - 0.5) < 0.25) {
      x = x < width / 2 ? x * 0.5 : width - (width - x) * 0.5;
    }
    const y = heightAt(line, x) + 1.5 + room * random.uniform() ** 1.5;
    const spot = { x, y, height: height * stage.scaleAt(y) * random.uniform(0.85, 1.15) };
    props.push({ y, draw: () => add(stage, random, spot) });
  };
  for (let i = 0; i < wanted.trees; i++) {
    const kind = random.uniform() < 0.6 ? favourite : random.integer(4);
    place(kind === 3 ? 5 : 27, kinds[kind]);
  }
  for (let i = 0; i < wanted.houses; i++) place(19, addHouse);
  for (let i = 0; i < wanted.people; i++) if (random.uniform() < 0.6) place(11, addPerson);
  for (let i = 0; i < wanted.sheep; i++) place(4.5, addSheep);
  props.sort((a, b) => a.y - b.y).forEach(({ draw }) => draw());
}

/** A place near the third on the other side from the light. */
export function awayFromLight({ width, light }: Stage, random: Random): number {
  return width * ((light.x > width / 2 ? 0.3 : 0.7) + random.uniform(-0.09, 0.09));
}

/** A tree so near that it is cut by the border on the side away from the light. */
export function addFrame(stage: Stage, random: Random): void {
  const x = stage.light.x > stage.width / 2
    ? random.uniform(-4, 3)
    : stage.width - random.uniform(-4, 3);
  const kind = random.uniform() < 0.5 ? addTree : addFir;
  kind(stage, random, { x, y: 104, height: random.uniform(60, 80) });
}
