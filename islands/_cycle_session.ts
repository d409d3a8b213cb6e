// One scene after another through both generators of a CycleGAN: there, back, and beside the true answer.

import { signal } from "@preact/signals";
import { type Picture, resizePicture } from "../gpu/picture.ts";
import { SceneSession } from "./_scene_session.ts";

/** The stations of a scene, as far as they are there. All are of one size. */
export interface CycleStations {
  /** The scene in film A, as the generator got it. */
  real?: Picture;
  /** What the generator into film B made of it. */
  redrawn?: Picture;
  /** What the generator into film A made of that. */
  back?: Picture;
  /** The same scene as film B shows it, which no network has seen. */
  truth?: Picture;
}

/** The figure's scenes. */
export class CycleSession extends SceneSession {
  readonly stations = signal<CycleStations>({});

  protected override async show(seed: number): Promise<void> {
    const { drawFrame, fileOf } = this.surroundings;
    const drawn = await drawFrame(seed, "A");
    this.stations.value = { real: drawn };
    const { before: real, after: redrawn } = await this.runner.restyle(
      await fileOf(drawn),
      "AtoB",
    );
    const answer = await drawFrame(seed, "B");
    const truth = resizePicture(answer, real.width, real.height);
    this.stations.value = { real, redrawn, truth };
    const { after: back } = await this.runner.restyle(await fileOf(redrawn), "BtoA");
    this.stations.value = { real, redrawn, truth, back };
  }
}

/** Mean absolute difference of two pictures at the first one's size, in parts of the whole range of a colour. */
export function meanDifference(picture: Picture, other: Picture): number {
  const { width, height, data } = picture;
  const { data: others } = resizePicture(other, width, height);
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    if (i % 4 < 3) sum += Math.abs(data[i] - others[i]);
  }
  return sum / (255 * 3 * width * height);
}
