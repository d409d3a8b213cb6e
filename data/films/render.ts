// Draws a scene as one of the two films shows it.

import type { Picture } from "../../gpu/picture.ts";
import type { Random } from "../../gpu/random.ts";
import type { Size } from "../picture_list.ts";
import { rasterize } from "../rasterize.ts";
import type { Side } from "../unpaired.ts";
import { filmA } from "./film_a.ts";
import { filmB } from "./film_b.ts";
import type { Scene } from "./scene.ts";
import { washPicture } from "./wash.ts";

/** The scene in that film at a size in pixels, opaque. @param random seeds what differs between two prints of it */
export async function renderScene(
  scene: Scene,
  film: Side,
  size: Size,
  random: Random,
): Promise<Picture> {
  if (film === "B") return await rasterize(filmB(scene, size, random));
  return washPicture(await rasterize(filmA(scene, size, random)), random);
}
