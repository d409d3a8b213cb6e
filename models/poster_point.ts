// A point of a poster generator's latent space: how it is edited and drawn. Its file: poster_point_file.ts.

import type { Picture } from "../gpu/picture.ts";
import type { Directions } from "./poster/directions.ts";
import { mixLayers, moveAlong } from "./poster/latent_edit.ts";
import {
  type PosterGenerator,
  type PosterRequest,
  type PosterStyles,
  requestBetween,
} from "./poster_generator.ts";

/** One poster: what a generator is given, or what its second half is, of one that draws in styles. */
export type PosterPoint =
  | { kind: "request"; request: PosterRequest }
  | { kind: "styles"; styles: PosterStyles };

/** What is changed of a poster. */
export interface PosterEdit {
  /** How many standard deviations it is moved along each of the generator's directions. */
  along?: { directions: Directions; amounts: readonly number[] };
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
 * @throws {RangeError} if the generator does not draw in styles and they are to be mixed, or something does not fit
 */
export async function editPoint(
  generator: PosterGenerator,
  point: PosterPoint,
  { along, mix }: PosterEdit,
): Promise<PosterPoint> {
  const mixed = mix ? await mixPoints(generator, point, mix) : point;
  if (!along || along.amounts.every((amount) => amount === 0)) return mixed;
  const { directions, amounts } = along;
  if (mixed.kind === "request" && directions.of === "latent") {
    const latent = moveAlong(mixed.request.latent, directions, amounts);
    return { kind: "request", request: { ...mixed.request, latent } };
  }
  const styles = await stylesOf(generator, mixed);
  return { kind: "styles", styles: moveAlong(styles, directions, amounts) };
}

/**
 * The point on the way from one to another, `t` from 0 to 1: of two requests as `requestBetween` has it, of styles along a line (Karras
 * et al. 2019, section 4.1).
 *
 * @throws {RangeError} as `editPoint`
 */
export async function pointBetween(
  generator: PosterGenerator,
  [a, b]: readonly [PosterPoint, PosterPoint],
  t: number,
): Promise<PosterPoint> {
  if (a.kind === "request" && b.kind === "request") {
    return { kind: "request", request: requestBetween(a.request, b.request, t) };
  }
  const [from, to] = await Promise.all([a, b].map((one) => stylesOf(generator, one)));
  return { kind: "styles", styles: from.map((value, i) => (1 - t) * value + t * to[i]) };
}

async function mixPoints(
  generator: PosterGenerator,
  point: PosterPoint,
  { other, from }: Required<PosterEdit>["mix"],
): Promise<PosterPoint> {
  const { layers } = stylesDrawing(generator);
  const [first, second] = await Promise.all([point, other].map((one) => stylesOf(generator, one)));
  return { kind: "styles", styles: mixLayers(first, second, { from, layers }) };
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
