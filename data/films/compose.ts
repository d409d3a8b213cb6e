// Composes a scene from a seed: the mood, then the picture from the back to the front by the rule of thirds.

import { type Random, randomStream } from "../../gpu/random.ts";
import { addPlace, type Ridge } from "./places.ts";
import { addFrame } from "./props.ts";
import {
  type Mood,
  openStage,
  type Scene,
  type Season,
  type Setting,
  type Stage,
  type Time,
} from "./scene.ts";
import { addBalloon, addBirds, addClouds, addFalling, addRainbow, addStars } from "./sky.ts";
import { addLand, addMist, addSnowcaps, addWoods, hills, peaks } from "./terrain.ts";

/**
 * The scene of that seed and name.
 *
 * @param width in units of which the picture is 100 high, so 100 times width over height
 */
export function composeScene(seed: number, name: string, width: number): Scene {
  const stream = (...names: (string | number)[]) => randomStream(seed, "scene", name, ...names);
  const mood = drawMood(stream("mood"), width);
  const { stage, pieces } = openStage(mood, stream);
  if (mood.time === "night") addStars(stage);
  addClouds(stage);
  const random = stage.stream("plan");
  if (random.uniform() < 0.2 && mood.time !== "night") addBalloon(stage);
  if (mood.weather === "rain" && bright.has(mood.time)) addRainbow(stage);
  const behind = addDistance(stage, random);
  if (random.uniform() < 0.55 && mood.time !== "night") addBirds(stage);
  addPlace(stage, random, behind);
  if (random.uniform() < 0.2) addFrame(stage, random);
  addFalling(stage);
  return { ...mood, pieces };
}

/** The hours at which the sun stands high enough for a rainbow. */
const bright: ReadonlySet<Time> = new Set<Time>(["day", "golden"]);

function drawMood(random: Random, width: number): Mood {
  const pick = <Value>(values: readonly Value[]) => values[random.integer(values.length)];
  const time = pick(
    ["dawn", "day", "day", "day", "golden", "golden", "golden", "dusk", "dusk", "night"] as const,
  );
  const season = pick<Season>(["spring", "summer", "summer", "autumn", "winter"]);
  const wet = season === "winter" ? "snow" : "rain";
  const weather = pick(["clear", "clear", "clear", "cloudy", "cloudy", "misty", wet] as const);
  const setting = pick<Setting>(["lake", "coast", "meadow", "village", "forest", "river"]);
  const horizon = pick([42, 52, 62]) + random.uniform(-4, 4);
  const third = pick([0.28, 0.72]) + random.uniform(-0.1, 0.1);
  const up = time === "day"
    ? random.uniform(24, 34)
    : time === "night"
    ? random.uniform(20, 32)
    : random.uniform(5, 15);
  const light = {
    x: third * width,
    y: Math.max(9, horizon - up),
    radius: time === "night"
      ? random.uniform(3, 4.5)
      : time === "day"
      ? 3.4
      : random.uniform(4, 6.5),
  };
  return { width, setting, time, weather, season, horizon, light };
}

/** Two to four ranges up to the horizon. */
function addDistance(stage: Stage, random: Random): Ridge[] {
  const { width, horizon, setting } = stage;
  const ridges: Ridge[] = [];
  const alpine = random.uniform() < 0.6;
  if (alpine && setting !== "coast") {
    const line = peaks(stage.stream("peaks"), width, horizon + 1, random.uniform(14, 26));
    addLand(stage, "ridge", line, 0.08, { smooth: false });
    addSnowcaps(stage, line, horizon - random.uniform(9, 13), 0.08);
    ridges.push({ line, depth: 0.08 });
  }
  const count = setting === "coast" ? random.integer(2) : 1 + random.integer(2);
  for (let i = 0; i < count; i++) {
    const depth = 0.2 + 0.12 * i;
    const line = hills(
      stage.stream("range", i),
      width,
      horizon + 1,
      random.uniform(7, 14) * (1 - 0.3 * i),
    );
    addLand(stage, "ridge", line, depth);
    ridges.push({ line, depth });
    if (stage.weather === "misty") addMist(stage, horizon - 4 + 3 * i, depth + 0.01);
  }
  if (setting !== "coast" && random.uniform() < 0.7) {
    const line = hills(stage.stream("wood line"), width, horizon + 0.5, 3);
    addWoods(stage, line, 0.42, random.uniform(2, 3.4));
    ridges.push({ line: line.map(([x, y]) => [x, y - 1.5]), depth: 0.42 });
  }
  return ridges;
}
