// StyleGAN2 in 64 bits by plain loops: the references of its gradient cases. Filters are each picture's own, as published.

import type {
  StyleGan2DiscriminatorConfig,
  StyleGan2GeneratorConfig,
} from "../../../../models/poster/stylegan2/config.ts";
import * as ref from "../../../gpu/_reference.ts";
import type { Grid } from "../../../gpu/_reference.ts";

/** A parameter by its path. */
export type Layer = (path: string) => Grid;

/** Two sizes of two widths. */
export const generator: StyleGan2GeneratorConfig = {
  ...{ architecture: "stylegan2", latent: 3, genres: 2, normalise: true, style: 3, mapping: 2 },
  ...{ width: 2, widest: 3, noise: false, base: [2, 1], stages: 1 },
};
/** Pictures are compared in twos. */
export const discriminator: StyleGan2DiscriminatorConfig = { width: 2, widest: 3, group: 2 };

/** Every element by a number, squared, or the root of it and an epsilon. */
export const times = (x: Grid, factor: number) => ref.map(x, (v) => v * factor);
export const square = (x: Grid) => ref.map(x, (v) => v * v);
export const root = (x: Grid, epsilon: number) => ref.map(x, (v) => Math.sqrt(v + epsilon));
/** The leaky ReLU with its gain. */
export const activate = (x: Grid) => times(ref.leakyRelu(x, 0.2), Math.SQRT2);
/** Each row with a mean square of 1. */
export const normalise = (x: Grid) => ref.div(x, root(ref.mean(square(x), [1]), 1e-8));

/** Vectors [n, in] by a kernel [in, out]. */
export function product(x: Grid, kernel: Grid): Grid {
  const [n, wide] = x.shape, [, out] = kernel.shape;
  const pixels = ref.reshape(x, [n, 1, 1, wide]), flat = ref.reshape(kernel, [1, 1, wide, out]);
  return ref.reshape(ref.conv2d(pixels, flat, 1, 0), [n, out]);
}

/** The equalised layer at a path; `rate` is that of its learning. */
export function dense(layer: Layer, path: string, x: Grid, rate = 1): Grid {
  const kernel = layer(`${path}.kernel`);
  const sums = product(x, times(kernel, rate / Math.sqrt(kernel.shape[0])));
  return ref.add(sums, times(layer(`${path}.bias`), rate));
}

/** The square filter of a sum. */
const filter = (sum: number) => [1, 3, 3, 1].map((a) => [1, 3, 3, 1].map((b) => a * b * sum / 64));

const blur = (x: Grid, around: number, sum: number) =>
  ref.filterPixels(x, filter(sum), { up: 1, down: 1, pad: [around, around] });
const double = (x: Grid) => ref.filterPixels(x, filter(4), { up: 2, down: 1, pad: [2, 1] });
const halve = (x: Grid) => ref.filterPixels(x, filter(1), { up: 1, down: 2, pad: [1, 1] });

/** The modulated convolution by filters of each picture's own. */
export function modulated(
  x: Grid,
  kernel: Grid,
  factors: Grid,
  { doubles = false, demodulates = true }: { doubles?: boolean; demodulates?: boolean } = {},
): Grid {
  const [n, cin] = factors.shape, [, h, w] = x.shape, side = kernel.shape[0];
  const pictures = Array.from({ length: n }, (_, i) => {
    const own = ref.reshape(ref.slice(factors, [i, 0], [1, cin]), doubles ? [cin] : [cin, 1]);
    const scaled = ref.mul(kernel, own);
    const length = root(ref.sum(square(scaled), doubles ? [0, 1, 3] : [0, 1, 2]), 1e-8);
    const filters = demodulates ? ref.div(scaled, length) : scaled;
    const picture = ref.slice(x, [x.shape[0] === 1 ? 0 : i, 0, 0, 0], [1, h, w, cin]);
    if (!doubles) return ref.conv2d(picture, filters, 1, (side - 1) / 2);
    return blur(ref.conv2dTranspose(picture, filters, [2 * h + 1, 2 * w + 1], 2, 0), 1, 4);
  });
  return ref.concat(pictures, 0);
}

function styled(layer: Layer, path: string, x: Grid, style: Grid, doubles: boolean): Grid {
  const factors = dense(layer, `${path}affine`, style);
  const y = modulated(x, layer(`${path}kernel`), factors, { doubles });
  return activate(ref.add(y, layer(`${path}bias`)));
}

export function colours(layer: Layer, path: string, x: Grid, style: Grid): Grid {
  const factors = times(dense(layer, `${path}affine`, style), 1 / Math.sqrt(x.shape[3]));
  const y = modulated(x, layer(`${path}kernel`), factors, { demodulates: false });
  return ref.add(y, layer(`${path}bias`));
}

export function synthesisReference(layer: Layer, styles: readonly Grid[]): Grid {
  let x = styled(layer, "conv.0.", layer("constant"), styles[0], false);
  let picture = colours(layer, "rgb.0.", x, styles[1]);
  for (let stage = 1; stage <= generator.stages; stage++) {
    x = styled(layer, `conv.${2 * stage - 1}.`, x, styles[2 * stage - 1], true);
    x = styled(layer, `conv.${2 * stage}.`, x, styles[2 * stage], false);
    picture = ref.add(double(picture), colours(layer, `rgb.${stage}.`, x, styles[2 * stage + 1]));
  }
  return picture;
}

export const strength = (condition: Grid) =>
  ref.map(ref.sum(condition, [1]), (sum) => Math.min(1, sum * sum));

export function mappingReference(layer: Layer, inputs: Grid): Grid {
  const n = inputs.shape[0], { latent, genres } = generator;
  const condition = ref.slice(inputs, [0, latent], [n, genres]);
  const embedded = normalise(product(condition, layer("mapping.embed.kernel")));
  const z = normalise(ref.slice(inputs, [0, 0], [n, latent]));
  let x = ref.concat([z, ref.mul(embedded, strength(condition))], 1);
  for (let i = 0; i < generator.mapping; i++) {
    x = activate(dense(layer, `mapping.layer.${i}`, x, 0.01));
  }
  return x;
}

function conv(layer: Layer, path: string, x: Grid, stride: number, pad: number): Grid {
  const kernel = layer(`${path}.kernel`), [h, w, cin] = kernel.shape;
  const sums = ref.conv2d(x, times(kernel, 1 / Math.sqrt(h * w * cin)), stride, pad);
  return path.endsWith("skip") ? sums : ref.add(sums, layer(`${path}.bias`));
}

export function blockReference(layer: Layer, path: string, x: Grid): Grid {
  const inner = activate(conv(layer, `${path}first`, x, 1, 1));
  const halved = activate(conv(layer, `${path}second`, blur(inner, 2, 1), 2, 0));
  return times(ref.add(halved, conv(layer, `${path}skip`, halve(x), 1, 0)), Math.SQRT1_2);
}

/** Of a batch of n in groups: picture i is in group i mod (n / group). */
export function deviationReference(x: Grid, group: number): Grid {
  const [n, h, w, c] = x.shape, groups = n / group;
  const levels = Array.from({ length: groups }, (_, i) => {
    const members = Array.from(
      { length: group },
      (_, k) => ref.slice(x, [i + k * groups, 0, 0, 0], [1, h, w, c]),
    );
    const together = ref.concat(members, 0);
    const centred = ref.sub(together, ref.mean(together, [0]));
    return ref.reshape(ref.mean(root(ref.mean(square(centred), [0]), 1e-8)), [1, 1, 1, 1]);
  });
  const column = ref.concat(Array.from({ length: n }, (_, i) => levels[i % groups]), 0);
  return ref.add(column, ref.grid([n, h, w, 1], () => 0));
}

export function discriminatorReference(layer: Layer, [pictures, genres]: Grid[]): Grid {
  let x = activate(conv(layer, "rgb", pictures, 1, 0));
  for (let i = 0; i < generator.stages; i++) x = blockReference(layer, `block.${i}.`, x);
  x = ref.concat([x, deviationReference(x, discriminator.group)], 3);
  x = activate(conv(layer, "conv", x, 1, 1));
  const n = x.shape[0], flat = ref.reshape(x, [n, x.data.length / n]);
  const found = activate(dense(layer, "features", flat)), length = found.shape[1];
  const vector = times(product(genres, layer("embed.kernel")), 1 / Math.sqrt(length));
  return ref.add(dense(layer, "score", found), ref.sum(ref.mul(found, vector), [1]));
}
