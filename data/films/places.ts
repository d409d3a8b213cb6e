// The kinds of place a scene can be, each composed from the horizon to the viewer's feet.

import type { Random } from "../../gpu/random.ts";
import { addPerson, addRowboat, addSailboat } from "./beings.ts";
import { addChurch, addFence, addHouse, addJetty } from "./buildings.ts";
import { addLighthouse, addWindmill } from "./landmarks.ts";
import { type Point, round } from "./path.ts";
import { addFir, addTree, type Spot } from "./plants.ts";
import { addProps, awayFromLight } from "./props.ts";
import type { Setting, Stage } from "./scene.ts";
import {
  addLand,
  addMist,
  addPatches,
  addRibbon,
  addUndergrowth,
  addWater,
  heightAt,
  hills,
  type Skyline,
} from "./terrain.ts";

/** An edge of land behind the place, and how far off it is. */
export interface Ridge {
  line: Skyline;
  depth: number;
}

const settings: Record<Setting, (stage: Stage, random: Random, behind: Ridge[]) => void> = {
  lake: addLake,
  coast: addCoast,
  meadow: (stage, random) => addMeadow(stage, random, 1),
  village: (stage, random) => addMeadow(stage, random, 4),
  forest: addForest,
  river: addRiver,
};

/** Adds the place that the stage is set for. @param behind what stands at the horizon, mirrored in still water */
export function addPlace(stage: Stage, random: Random, behind: Ridge[]): void {
  settings[stage.setting](stage, random, behind);
}

function addLake(stage: Stage, random: Random, behind: Ridge[]): void {
  const { width, horizon } = stage;
  const bottom = 100 - (100 - horizon) * random.uniform(0.18, 0.38);
  addWater(stage, bottom, behind);
  if (random.uniform() < 0.6) {
    const y = horizon + (bottom - horizon) * random.uniform(0.15, 0.5);
    addSailboat(stage, random, {
      x: awayFromLight(stage, random),
      y,
      height: 26 * stage.scaleAt(y),
    });
  }
  if (stage.weather === "misty") addMist(stage, horizon + 2, 0.5);
  const shore = hills(stage.stream("shore"), width, bottom + 5, 9);
  addLand(stage, "ground", shore, 0.85);
  addPatches(stage, shore, 0.86, 100);
  if (random.uniform() < 0.6) {
    const x = awayFromLight(stage, random);
    const y = heightAt(shore, x) + 3;
    addJetty(stage, [x, y], [x + random.uniform(-8, 8), y - 11]);
    if (random.uniform() < 0.6) {
      addPerson(stage, random, { x, y: y - 1, height: 9 * stage.scaleAt(y) });
    }
  }
  addProps(stage, random, shore, { trees: 5, houses: random.integer(2), people: 1, sheep: 0 });
  addUndergrowth(stage, shore, 34);
}

function addCoast(stage: Stage, random: Random, behind: Ridge[]): void {
  const { width, horizon } = stage;
  const bottom = 100 - (100 - horizon) * random.uniform(0.2, 0.36);
  addWater(stage, bottom, behind);
  const boats = 1 + random.integer(3);
  for (let i = 0; i < boats; i++) {
    const y = horizon + 1 + (bottom - horizon) * random.uniform(0.05, 0.45);
    addSailboat(stage, random, {
      x: random.uniform(0.1, 0.9) * width,
      y,
      height: 22 * stage.scaleAt(y),
    });
  }
  const side = stage.light.x > width / 2 ? 0 : 1;
  const cliff = headland(stage, side);
  addLand(stage, "ground", cliff, 0.62, { bottom: round(horizon + 4), tone: -0.3 });
  const x = width * (side ? 0.86 : 0.14);
  const tower = { x, y: heightAt(cliff, x) + 1, height: random.uniform(20, 27) };
  if (random.uniform() < 0.75) addLighthouse(stage, random, tower);
  else addHouse(stage, random, { ...tower, height: 10 });
  const beach = hills(stage.stream("beach"), width, bottom + 4, 7);
  addLand(stage, "foam", beach.map(([px, py]) => [px, py - 1.2]), 0.8);
  addLand(stage, "sand", beach, 0.85);
  addPatches(stage, beach, 0.86, 100);
  addUndergrowth(stage, beach, 12);
  if (random.uniform() < 0.6) {
    const [bx, y] = [random.uniform(0.2, 0.8) * width, bottom + 8];
    addRowboat(stage, random, { x: bx, y, height: 4.5 * stage.scaleAt(y) });
  }
  addProps(stage, random, beach, { trees: 0, houses: 0, people: 2, sheep: 0 });
}

/** A cape that falls to the sea from one border: 0 the left, 1 the right. */
function headland(stage: Stage, side: number): Skyline {
  const { width, horizon } = stage;
  const random = stage.stream("headland");
  const reach = width * random.uniform(0.36, 0.5) + 4;
  const high = random.uniform(7, 12);
  const steep = random.uniform(2, 4);
  const line = Array.from({ length: 15 }, (_, i): Point => {
    const inland = 1 - i / 14;
    const rise = high * Math.min(1, inland * steep) + (i < 14 ? random.uniform(-0.4, 0.4) : 0);
    return [-4 + reach * (i / 14), horizon + 4 - rise * 1.2];
  });
  return side ? line.map(([x, y]): Point => [width - x, y]).toReversed() : line;
}

function addMeadow(stage: Stage, random: Random, houses: number): void {
  const { width, horizon } = stage;
  const rest = 100 - horizon;
  const layers = [0.02, 0.3, 0.62].map((share, i) => {
    const base = horizon + rest * share + 2;
    return {
      line: hills(stage.stream("hill", i), width, base, rest * 0.16 + 1),
      depth: 0.48 + 0.18 * i,
    };
  });
  const hero = random.uniform();
  layers.forEach(({ line, depth }, i) => {
    addLand(stage, "ground", line, depth, { tone: 0.3 - 0.3 * i });
    addPatches(stage, line, depth, horizon + rest * (0.35 + 0.33 * i));
    if (i === 1) {
      const x = awayFromLight(stage, random);
      addRibbon(stage, "path", random, { x: width * random.uniform(0.3, 0.7), width: 17 }, {
        x,
        y: heightAt(line, x) + 1,
      });
      const y = heightAt(line, x) + 2.5;
      const height = 24 * stage.scaleAt(y) + 6;
      if (houses > 1) addChurch(stage, random, { x, y, height: height * 1.25 });
      else if (hero < 0.45) addWindmill(stage, random, { x, y, height: height * 1.2 });
      else addHouse(stage, random, { x, y, height });
    }
    if (i === 2 && hero > 0.3) {
      addRibbon(stage, "path", random, { x: width * 0.5, width: 22 }, {
        x: width * random.uniform(0.35, 0.65),
        y: heightAt(line, width / 2) + 1,
      });
    }
    const wanted = {
      trees: 5 - i,
      houses: i < 2 ? houses - 1 : 0,
      people: i,
      sheep: i === 1 && houses < 2 ? 5 : 0,
    };
    addProps(stage, stage.stream("props", i), line, wanted, i < 2 ? rest * 0.2 : rest * 0.3);
  });
  if (random.uniform() < 0.65) {
    const [from, to] = random.uniform() < 0.5 ? [-2, 0.45 * width] : [width + 2, 0.55 * width];
    addFence(stage, random, [from, 97], [to, 88 - random.uniform(0, 6)]);
  }
  addUndergrowth(stage, layers[2].line, 42);
}

function addForest(stage: Stage, random: Random): void {
  const { width, horizon } = stage;
  const ground = hills(stage.stream("floor"), width, horizon + 3, 5);
  addLand(stage, "ground", ground, 0.5);
  addPatches(stage, ground, 0.6, 100);
  const clearing = awayFromLight(stage, random);
  const brook = random.uniform() < 0.35;
  addRibbon(stage, brook ? "water" : "path", random, {
    x: width * random.uniform(0.35, 0.65),
    width: brook ? 26 : 18,
  }, { x: clearing, y: horizon + 4 });
  const spots: Spot[] = [];
  for (let row = 0; row < 5; row++) {
    const y = horizon + 4 + (96 - horizon) * (row / 5) ** 1.3;
    const count = Math.round((12 - 2 * row) * Math.max(0.6, width / 100));
    for (let i = 0; i < count; i++) {
      const x = ((i + random.uniform(0.1, 0.9)) / count) * width;
      const open = (4 + 9 * row) * Math.max(0.5, width / 120);
      const middle = clearing + (width / 2 - clearing) * (row / 4);
      if (Math.abs(x - middle) < open) continue;
      spots.push({
        x,
        y: y + random.uniform(-1, 2),
        height: 30 * stage.scaleAt(y) * random.uniform(0.75, 1.25),
      });
    }
  }
  const leafy = random.uniform();
  spots.sort((a, b) => a.y - b.y).forEach((spot, i) => {
    (random.uniform() < leafy ? addTree : addFir)(stage, random, spot);
    if (stage.weather === "misty" && i % 12 === 11) addMist(stage, spot.y, stage.depthAt(spot.y));
  });
  const y = horizon + (100 - horizon) * 0.62;
  if (random.uniform() < 0.75) {
    addPerson(stage, random, { x: (clearing + width / 2) / 2, y, height: 11 * stage.scaleAt(y) });
  }
  addUndergrowth(stage, ground.map(([x, py]) => [x, py + 20]), 44);
}

function addRiver(stage: Stage, random: Random): void {
  const { width, horizon } = stage;
  const ground = hills(stage.stream("plain"), width, horizon + 2, 4);
  addLand(stage, "ground", ground, 0.6);
  addPatches(stage, ground, 0.65, 100);
  const far = width * random.uniform(0.35, 0.65);
  addRibbon(stage, "water", random, { x: width * random.uniform(0.3, 0.7), width: 60 }, {
    x: far,
    y: horizon + 2,
  });
  addProps(stage, random, ground, { trees: 9, houses: 2, people: 1, sheep: 3 }, 34, true);
  if (random.uniform() < 0.5) addRowboat(stage, random, { x: width * 0.5, y: 92, height: 5 });
  addUndergrowth(stage, ground.map(([x, y]) => [x, y + 24]), 30);
}
