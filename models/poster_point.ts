// A point of a poster generator's latent space: how it is edited and drawn. Its file: poster_point_file.ts.

import type { Picture } from "../gpu/picture.ts";
import type { Directions } from "./poster/directions.ts";
import { mixLayers, moveAlong } from "./poster/latent_edit.ts";
import type { PosterGenerator, PosterRequest, PosterStyles } from "./poster_generator.ts";

/** One poster: what a generator is given, or what its second half is, of one that draws in styles. */
export type PosterPoint =
  | { kind: "request"; request: PosterRequest }
  | { kind: "styles"; styles: PosterStyles };

/** What is changed of a poster. */
export interface PosterEdit {
  /** Standard deviations along each of the generator's directions. */
  along?: readonly number[];
  /** The poster whose styles the layers have from this one on; of a generator that draws in styles alone. */
  mix?: { other: PosterPoint; from: number };
}

/** Draws one picture for each point. @throws {RangeError} as `draw` of `PosterGenerator`, or if there are styles that it does not draw in */
export async function drawPoints(
  generator: PosterGenerator,
  points: readonly PosterPoint[],
): Promise<Picture[]> {
  const pictures = new Array<Picture>(points.length);
  const requests = points.flatMap((point, i) =>
    point.kind === "request" ? [[i, point.request] as const] : []
  );
  const styled = points.flatMap((point, i) =>
    point.kind === "styles" ? [[i, point.styles] as const] : []
  );
  if (requests.length > 0) {
    const drawn = await generator.draw(requests.map(([, request]) => request));
    requests.forEach(([i], k) => pictures[i] = drawn[k]);
  }
  if (styled.length > 0) {
    const drawn = await stylesDrawing(generator).draw(styled.map(([, styles]) => styles));
    styled.forEach(([i], k) => pictures[i] = drawn[k]);
  }
  return pictures;
}

/**
 * The point after an edit: first mixed, then moved.
 *
 * @param directions those that `along` speaks of
 * @throws {RangeError} if the generator does not draw in styles and they are to be mixed, or something does not fit
 */
export async function editPoint(
  generator: PosterGenerator,
  point: PosterPoint,
  { along = [], mix }: PosterEdit,
  directions: Directions,
): Promise<PosterPoint> {
  if (mix) {
    const { layers } = stylesDrawing(generator);
    const [first, second] = await Promise.all(
      [point, mix.other].map((one) => stylesOf(generator, one)),
    );
    const styles = mixLayers(first, second, { from: mix.from, layers });
    return { kind: "styles", styles: moveAlong(styles, directions, along) };
  }
  if (along.every((amount) => amount === 0)) return point;
  if (point.kind === "request" && directions.of === "latent") {
    const latent = moveAlong(point.request.latent, directions, along);
    return { kind: "request", request: { ...point.request, latent } };
  }
  return { kind: "styles", styles: moveAlong(await stylesOf(generator, point), directions, along) };
}

async function stylesOf(generator: PosterGenerator, point: PosterPoint): Promise<PosterStyles> {
  if (point.kind === "styles") return point.styles;
  const [styles] = await stylesDrawing(generator).of([point.request]);
  return styles;
}

function stylesDrawing({ styles, config }: PosterGenerator) {
  if (styles) return styles;
  throw new RangeError(`Cannot draw styles: ${config.architecture} has none`);
}
