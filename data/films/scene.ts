// What a scene of the two films is: its mood, and its shapes in the order in which they are painted.

import type { Random } from "../../gpu/random.ts";

/** When the scene plays. */
export type Time = "dawn" | "day" | "golden" | "dusk" | "night";
/** What the air is like. */
export type Weather = "clear" | "cloudy" | "misty" | "rain" | "snow";
/** What the plants wear. */
export type Season = "spring" | "summer" | "autumn" | "winter";
/** What kind of place it is. */
export type Setting = "lake" | "coast" | "meadow" | "village" | "forest" | "river";

/** What a shape shows. An art direction decides what that looks like. */
export type Part =
  | "star"
  | "cloud"
  | "cloudLit"
  | "streak"
  | "bird"
  | "rainbow"
  | "ridge"
  | "snow"
  | "woods"
  | "mist"
  | "water"
  | "reflection"
  | "ripple"
  | "glint"
  | "ground"
  | "patch"
  | "sand"
  | "foam"
  | "path"
  | "grass"
  | "flower"
  | "stone"
  | "shadow"
  | "trunk"
  | "leaves"
  | "leavesLit"
  | "needles"
  | "needlesLit"
  | "wall"
  | "wallShade"
  | "roof"
  | "roofLit"
  | "window"
  | "door"
  | "smoke"
  | "stripe"
  | "beam"
  | "wood"
  | "coat"
  | "skin"
  | "dark"
  | "wool"
  | "sail"
  | "sailShade"
  | "silk"
  | "silkStripe"
  | "drop"
  | "flake";

/** One shape. */
export interface Piece {
  part: Part;
  /** An SVG path in scene units. */
  path: string;
  /** 0 at the horizon to 1 at the viewer: how much air lies between. */
  depth: number;
  /** -1 to 1: darker or lighter than its like, or which of several colours. */
  tone: number;
}

/** What holds for the whole scene. The picture is `width` x 100 units, y grows downwards. */
export interface Mood {
  width: number;
  setting: Setting;
  time: Time;
  weather: Weather;
  season: Season;
  /** Where land or sea meets the sky. */
  horizon: number;
  /** The sun, or at night the moon. */
  light: { x: number; y: number; radius: number };
}

/** A scene, the same for both films. */
export interface Scene extends Mood {
  /** From the back to the front. */
  pieces: Piece[];
}

/** What the builders of a scene work on. */
export interface Stage extends Mood {
  /** The stream of that name; streams of different names do not disturb each other. */
  stream(...names: (string | number)[]): Random;
  /** Puts a shape in front of all that is there. */
  add(part: Part, path: string, depth: number, tone?: number): void;
  /** How large a thing is that stands on the ground at `y`: 1 in the near middle. */
  scaleAt(y: number): number;
  /** How near the ground at `y` is, from 0 at the horizon to 1. */
  depthAt(y: number): number;
}

/** A stage without shapes and the list that fills as the builders add to it. */
export function openStage(mood: Mood, stream: Stage["stream"]): { stage: Stage; pieces: Piece[] } {
  const pieces: Piece[] = [];
  const { horizon, width } = mood;
  const nearness = (y: number) => Math.min(1, Math.max(0, (y - horizon) / (100 - horizon)));
  const room = Math.min(1.15, Math.max(0.6, width / 100));
  const stage: Stage = {
    ...mood,
    stream,
    // Coarse steps, so that things alike share a colour and the drawing has few gradients.
    add: (part, path, depth, tone = 0) =>
      pieces.push({
        part,
        path,
        depth: Math.round(depth * 20) / 20,
        tone: Math.round(tone * 4) / 4,
      }),
    scaleAt: (y) => (0.22 + 1.1 * nearness(y)) * room,
    depthAt: (y) => 0.35 + 0.65 * nearness(y),
  };
  return { stage, pieces };
}
