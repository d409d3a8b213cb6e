// The generator over pictures of any size in bounded memory, with the very numbers that the whole picture would give.
//
// Instance norms look at the whole map, so tiles that are normalised each by itself differ in colour. Here every norm of a large map
// is measured over all tiles first, then fixed (exact, not estimated on a smaller picture); a tile is computed with as much
// around it as its layers reach, so tiles fit together without blending. The maps of a quarter of the side, between the outer
// layers, are held whole.

import * as tf from "../../gpu/tf.ts";
import { fixedNorm, instanceNorm, type Norm, type NormStatistics } from "../../gpu/norm.ts";
import { type NormMemory, rememberedNorm } from "../../gpu/norm_memory.ts";
import type { GeneratorConfig } from "./config.ts";
import { type GeneratorParams, residualBlock } from "./generator.ts";
import {
  clip,
  cut,
  type MapSize,
  type Region,
  tiledConv,
  type TiledLayer,
  tiledResize,
  tiledTranspose,
} from "./tiled_layer.ts";

/** Layers in a row over one whole map, and the statistics of those that are measured already. */
interface Stack {
  /** [1, h, w, c]; owned by the caller. */
  source: tf.Tensor4D;
  layers: readonly TiledLayer[];
  norms: NormStatistics[];
  /** Of the film that the image is a frame of. */
  memory?: NormMemory;
}

/**
 * Redraws one image [1, h, w, 3] in [-1, 1], sides multiples of 4, as `applyGenerator` does.
 *
 * @param tile side of the tiles in pixels, a multiple of 4 of at least 16: memory grows with its square
 * @param onTile called with the share that is done, 0 to 1
 * @param memory of the film that the image is a frame of
 * @returns [1, h, w, 3]; the caller owns it
 */
export async function applyTiled(
  params: GeneratorParams,
  image: tf.Tensor4D,
  { config, tile, onTile, memory }: {
    config: Pick<GeneratorConfig, "upsample">;
    tile: number;
    onTile?: (share: number) => void;
    memory?: NormMemory;
  },
): Promise<tf.Tensor4D> {
  if (!Number.isInteger(tile / 4) || tile < 16) {
    throw new RangeError(`Cannot tile: a side is ${tile}, expected a multiple of 4 of at least 16`);
  }
  memory?.begin();
  const norm: Norm = memory ? (x, options) => rememberedNorm(memory, x, options) : instanceNorm;
  let done = 0;
  const passed = () => onTile?.(++done / PASSES);
  const { stem, down, up, head } = params;
  const inward: Stack = {
    source: image,
    layers: [tiledConv(stem.conv, 1), ...down.map((layer) => tiledConv(layer.conv, 2))],
    norms: [],
    memory,
  };
  const raw = await evaluateWhole(inward, tile, passed);
  let inner = tf.tidy(() => norm(raw, { negativeSlope: 0 }));
  raw.dispose();
  for (const block of params.block ?? []) {
    // One at a time: of a large picture, the maps of all blocks together would not fit.
    const next = tf.tidy(() => residualBlock(block, inner, norm));
    inner.dispose();
    inner = next;
  }
  const double = config.upsample === "convt" ? tiledTranspose : tiledResize;
  const outward: Stack = {
    source: inner,
    layers: [...up.map((layer) => double(layer.conv)), tiledConv(head.conv, 1)],
    norms: [],
    memory,
  };
  const output = await evaluateWhole(outward, tile, passed);
  inner.dispose();
  const colours = tf.tanh(output);
  output.dispose();
  return colours;
}

/** Three each way: two norms are measured, then the third layer is computed. */
const PASSES = 6;

/** The last layer's output before its norm, all earlier norms measured on the way. */
async function evaluateWhole(
  stack: Stack,
  tile: number,
  passed: () => void,
): Promise<tf.Tensor4D> {
  const last = stack.layers.length - 1;
  for (let k = 0; k < last; k++) {
    const measured = await measure(stack, k, tile), { memory } = stack;
    if (memory === undefined) stack.norms.push(measured);
    else {
      stack.norms.push(memory.average(measured));
      tf.dispose([measured.mean, measured.variance]);
    }
    passed();
  }
  const output = await assemble(stack, last, tile);
  passed();
  disposeNorms(stack);
  return output;
}

function disposeNorms({ norms, memory }: Stack): void {
  // A memory's are its own.
  if (memory === undefined) norms.forEach(({ mean, variance }) => tf.dispose([mean, variance]));
}

/** Mean and variance of each channel of a layer's output, merged tile by tile (Chan et al. 1979). */
async function measure(stack: Stack, k: number, tile: number): Promise<NormStatistics> {
  let count = 0, means = new Float64Array(), squares = new Float64Array();
  for (const region of tilesOf(stack, k, tile)) {
    const [mean, variance] = tf.tidy(() => {
      const moments = tf.moments(evaluate(stack, k, region), [0, 1, 2]);
      return [moments.mean, moments.variance];
    });
    const [tileMeans, tileVariances] = [await mean.data(), await variance.data()];
    tf.dispose([mean, variance]);
    const pixels = (region.bottom - region.top) * (region.right - region.left);
    if (count === 0) {
      means = new Float64Array(tileMeans.length);
      squares = new Float64Array(tileMeans.length);
    }
    const total = count + pixels;
    tileMeans.forEach((value, c) => {
      const apart = value - means[c];
      means[c] += apart * pixels / total;
      squares[c] += tileVariances[c] * pixels + apart * apart * count * pixels / total;
    });
    count = total;
  }
  return {
    mean: tf.tensor1d(Float32Array.from(means)),
    variance: tf.tensor1d(Float32Array.from(squares, (sum) => sum / count)),
  };
}

/** A layer's whole output, put together in plain memory. */
async function assemble(stack: Stack, k: number, tile: number): Promise<tf.Tensor4D> {
  const [height, width] = sizesOf(stack)[k + 1];
  let values = new Float32Array(), channels = 0;
  for (const region of tilesOf(stack, k, tile)) {
    const part = tf.tidy(() => evaluate(stack, k, region));
    const data = await part.data<"float32">();
    if (values.length === 0) {
      channels = part.shape[3];
      values = new Float32Array(height * width * channels);
    }
    part.dispose();
    const row = (region.right - region.left) * channels;
    for (let y = region.top; y < region.bottom; y++) {
      const from = (y - region.top) * row;
      values.set(data.subarray(from, from + row), (y * width + region.left) * channels);
    }
  }
  return tf.tensor4d(values, [1, height, width, channels]);
}

/** A part of a layer's output before its norm. */
function evaluate(stack: Stack, k: number, region: Region): tf.Tensor4D {
  const { source, layers, norms } = stack, input = sizesOf(stack)[k];
  const given = clip(layers[k].needs(region), input);
  const x = k === 0
    ? cut(source, { top: 0, left: 0, bottom: input[0], right: input[1] }, given)
    : fixedNorm(evaluate(stack, k - 1, given), norms[k - 1], { negativeSlope: 0 });
  return layers[k].apply(x, { region, given, input });
}

/** Sizes of the source and of each layer's output. */
function sizesOf({ source, layers }: Stack): MapSize[] {
  const [, height, width] = source.shape;
  return layers.reduce<MapSize[]>(
    (sizes, layer) => [...sizes, layer.sizeOf(sizes[sizes.length - 1])],
    [[height, width]],
  );
}

/** The tiles of a layer's output: as large as `tile` is in the largest map of the stack. */
function* tilesOf(stack: Stack, k: number, tile: number): Generator<Region> {
  const sizes = sizesOf(stack), [height, width] = sizes[k + 1];
  const side = tile * height / Math.max(...sizes.map(([rows]) => rows));
  for (let top = 0; top < height; top += side) {
    for (let left = 0; left < width; left += side) {
      yield clip({ top, left, bottom: top + side, right: left + side }, [height, width]);
    }
  }
}
