// The generator's outer layers, computed for a part of their output alone: the numbers are those of the whole map.

import * as tf from "../../gpu/tf.ts";
import { conv, type ConvParams, convTransposeDouble } from "../../gpu/conv.ts";
import { doubleNearest } from "../../gpu/resample.ts";

/** A part of a feature map: rows [top, bottom) and columns [left, right), in its own pixels. */
export interface Region {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Height and width of a feature map. */
export type MapSize = readonly [height: number, width: number];

/** A layer before its norm. */
export interface TiledLayer {
  /** Of its output, by the size of its input. */
  sizeOf(input: MapSize): MapSize;
  /** The part of the input that a part of the output depends on; may reach over the border. */
  needs(region: Region): Region;
  /**
   * The output's `region`, [1, h, w, c].
   *
   * @param x the input's `given` part: what is needed, as far as the input of size `input` goes
   */
  apply(x: tf.Tensor4D, at: { region: Region; given: Region; input: MapSize }): tf.Tensor4D;
}

/** The part that lies inside a map. */
export function clip({ top, bottom, left, right }: Region, [height, width]: MapSize): Region {
  return {
    top: Math.max(0, top),
    bottom: Math.min(height, bottom),
    left: Math.max(0, left),
    right: Math.min(width, right),
  };
}

/** A part of a map of which another part is at hand. */
export function cut(
  x: tf.Tensor4D,
  from: Region,
  { top, bottom, left, right }: Region,
): tf.Tensor4D {
  return tf.slice(
    x,
    [0, top - from.top, left - from.left, 0],
    [1, bottom - top, right - left, x.shape[3]],
  );
}

/** Applies a function to the four borders of a region, rows and columns alike. */
function each(
  { top, bottom, left, right }: Region,
  first: (edge: number) => number,
  last: (edge: number) => number,
): Region {
  return { top: first(top), bottom: last(bottom), left: first(left), right: last(right) };
}

/** A convolution whose border is reflected, or zero where `stride` is 2, as the generator's layers have it. */
export function tiledConv(params: ConvParams, stride: 1 | 2): TiledLayer {
  const [kernel] = params.kernel.shape, pad = (kernel - 1) / 2;
  const needs = (region: Region) =>
    each(region, (edge) => edge * stride - pad, (edge) => (edge - 1) * stride - pad + kernel);
  return {
    sizeOf: ([height, width]) => [height / stride, width / stride],
    needs,
    apply(x, { region, given }) {
      const padded = padTo(x, given, needs(region), stride === 1 ? "reflect" : "zero");
      return conv(params, padded, { stride });
    },
  };
}

/** The transposed convolution that doubles the map. */
export function tiledTranspose(params: ConvParams): TiledLayer {
  return {
    sizeOf: ([height, width]) => [2 * height, 2 * width],
    // Output row o is met by input rows (o - 1) / 2 to (o + 1) / 2.
    needs: (region) =>
      each(region, (edge) => Math.floor((edge - 1) / 2), (edge) => Math.floor(edge / 2) + 1),
    apply(x, { region, given }) {
      const doubled = each(given, (edge) => 2 * edge, (edge) => 2 * edge);
      return cut(convTransposeDouble(params, x), doubled, region);
    },
  };
}

/** Doubling by nearest neighbour, then a convolution whose border is reflected. */
export function tiledResize(params: ConvParams): TiledLayer {
  const around = (region: Region) => each(region, (edge) => edge - 1, (edge) => edge + 1);
  return {
    sizeOf: ([height, width]) => [2 * height, 2 * width],
    needs: (region) =>
      each(around(region), (edge) => Math.floor(edge / 2), (edge) => Math.ceil(edge / 2)),
    apply(x, { region, given, input: [height, width] }) {
      const doubled = each(given, (edge) => 2 * edge, (edge) => 2 * edge);
      const wanted = around(region), inside = clip(wanted, [2 * height, 2 * width]);
      return conv(params, padTo(cut(doubleNearest(x), doubled, inside), inside, wanted, "reflect"));
    },
  };
}

/** Adds what a wanted part has beyond the border. */
function padTo(
  x: tf.Tensor4D,
  given: Region,
  wanted: Region,
  border: "reflect" | "zero",
): tf.Tensor4D {
  const widths: [number, number][] = [
    [0, 0],
    [given.top - wanted.top, wanted.bottom - given.bottom],
    [given.left - wanted.left, wanted.right - given.right],
    [0, 0],
  ];
  if (widths.every(([before, after]) => before === 0 && after === 0)) return x;
  return border === "zero" ? tf.pad(x, widths) : tf.mirrorPad(x, widths, "reflect");
}
