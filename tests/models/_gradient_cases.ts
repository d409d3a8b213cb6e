// The functions of models/ that training differentiates, each with its 64-bit reference.

import { randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import { applyChanges, type ImageChange } from "../../models/adaptive_augment.ts";
import { augment, type Augmentation } from "../../models/augment.ts";
import type { GeneratorConfig, PatchConfig } from "../../models/cyclegan/config.ts";
import {
  applyDiscriminator,
  type DiscriminatorParams,
  discriminatorShapes,
} from "../../models/cyclegan/discriminator.ts";
import {
  applyGenerator,
  type GeneratorParams,
  generatorShapes,
  residualBlock,
} from "../../models/cyclegan/generator.ts";
import {
  adversarialLoss,
  discriminatorLoss,
  type GanKind,
  meanAbsoluteError,
} from "../../models/cyclegan/loss.ts";
import { gradientPenalty, penalisedScores, zeroCentredPenalty } from "../../models/penalty.ts";
import type { GradientCase } from "../gpu/_differences.ts";
import { caseAt } from "../gpu/_gradient_cases.ts";
import * as ref from "../gpu/_reference.ts";
import type { Grid } from "../gpu/_reference.ts";
import { networkCase } from "./_network_case.ts";

const scalar = (x: Grid) => ref.reshape(ref.mean(x), []);
const meanOf = (fn: (value: number) => number) => (x: Grid) => scalar(ref.map(x, fn));

const adversarial: Record<GanKind, (fake: Grid) => Grid> = {
  lsgan: meanOf((score) => (score - 1) ** 2),
  wgangp: meanOf((score) => -score),
  hinge: meanOf((score) => -score),
};

const judging: Record<GanKind, (real: Grid, fake: Grid) => Grid> = {
  lsgan: (real, fake) =>
    ref.add(meanOf((s) => (s - 1) ** 2 / 2)(real), meanOf((s) => s ** 2 / 2)(fake)),
  wgangp: (real, fake) => ref.sub(scalar(fake), scalar(real)),
  hinge: (real, fake) =>
    ref.add(meanOf((s) => Math.max(0, 1 - s))(real), meanOf((s) => Math.max(0, 1 + s))(fake)),
};

function lossCases(): GradientCase[] {
  const SCORES = [3, 7], IMAGES = [2, 5, 3, 3];
  const perKind = (["lsgan", "wgangp", "hinge"] as const).flatMap((kind) => [
    caseAt(`models/cyclegan/loss.ts adversarialLoss: ${kind}`, [SCORES], {
      apply: ([fake]) => adversarialLoss(kind, fake as tf.Tensor2D),
      reference: ([fake]) => adversarial[kind](fake),
    }, { most: 2 }),
    caseAt(`models/cyclegan/loss.ts discriminatorLoss: ${kind}`, [SCORES, SCORES], {
      apply: ([real, fake]) => discriminatorLoss(kind, real as tf.Tensor2D, fake as tf.Tensor2D),
      reference: ([real, fake]) => judging[kind](real, fake),
    }, { most: 2 }),
  ]);
  const distance = caseAt("models/cyclegan/loss.ts meanAbsoluteError", [IMAGES, IMAGES], {
    apply: ([a, b]) => meanAbsoluteError(a as tf.Tensor4D, b as tf.Tensor4D),
    reference: ([a, b]) => scalar(ref.map(ref.sub(a, b), Math.abs)),
  });
  return [...perKind, distance];
}

const stream = () => randomStream(5, "augment");

/** The published definition, with the draws of a fresh stream in the order that `augment` takes them. */
const augmentations: Record<Augmentation, (x: Grid) => Grid> = {
  color(x) {
    const random = stream();
    const draw = (min: number, max: number) =>
      ref.grid([x.shape[0], 1, 1, 1], () => Math.fround(random.uniform(min, max)));
    const [light, colour, contrast] = [draw(-0.5, 0.5), draw(0, 2), draw(0.5, 1.5)];
    const stretch = (y: Grid, axes: number[], factor: Grid) => {
      const middle = ref.mean(y, axes);
      return ref.add(ref.mul(ref.sub(y, middle), factor), middle);
    };
    return stretch(stretch(ref.add(x, light), [3], colour), [1, 2, 3], contrast);
  },
  translation(x) {
    const random = stream(), [n, h, w] = x.shape;
    const [down, right] = [Math.round(h / 8), Math.round(w / 8)];
    const shifts = Array.from({ length: n }, () => {
      const y = random.integer(2 * down + 1) - down;
      return [y, random.integer(2 * right + 1) - right];
    });
    return ref.pick(x, x.shape, ([i, y, u, c]) => [i, y + shifts[i][0], u + shifts[i][1], c]);
  },
  cutout(x) {
    const random = stream(), [n, h, w] = x.shape;
    const [high, wide] = [Math.round(h / 2), Math.round(w / 2)];
    const corners = Array.from({ length: n }, () => {
      const y = random.integer(h) - Math.floor(high / 2);
      return [y, random.integer(w) - Math.floor(wide / 2)];
    });
    return ref.pick(x, x.shape, ([i, y, u, c]) => {
      const [top, left] = corners[i];
      const inside = y >= top && y < top + high && u >= left && u < left + wide;
      return inside ? [-1, -1, -1, -1] : [i, y, u, c];
    });
  },
};

function augmentCases(): GradientCase[] {
  return (["color", "translation", "cutout"] as const).map((kind) =>
    caseAt(`models/augment.ts augment: ${kind}`, [[2, 9, 7, 3]], {
      apply: ([x]) => augment(x as tf.Tensor4D, [kind], stream()),
      reference: ([x]) => augmentations[kind](x),
    })
  );
}

/** Neither image is left as it is, and no grid point of the one is met exactly by the other. */
const CHANGED: ImageChange[] = [
  {
    ...{ shift: [1, -1], zoom: [1, 1], brightness: 0.25, contrast: 1.5, saturation: 0.5 },
    hole: [2, 6],
  },
  {
    ...{ shift: [0, 1], zoom: [1.25, 0.75], brightness: -0.125, contrast: 0.75, saturation: 2 },
    hole: null,
  },
];

/** The changes pixel by pixel. */
function changedReference(x: Grid): Grid {
  const [, h, w] = x.shape, middle = [(h - 1) / 2, (w - 1) / 2];
  const half = [Math.round(h / 2), Math.round(w / 2)];
  // A shift and a zoom look at up to four pixels: each is picked with its share of the distance.
  const corners = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([dy, dx]) => {
    const place = (i: number, to: number, axis: 0 | 1) => {
      const { shift, zoom } = CHANGED[i];
      return (to - shift[axis] - middle[axis]) / zoom[axis] + middle[axis];
    };
    const moved = ref.pick(x, x.shape, ([i, y, u, c]) => [
      ...[i, Math.floor(place(i, y, 0)) + dy, Math.floor(place(i, u, 1)) + dx, c],
    ]);
    const shares = ref.grid(x.shape, (at) => {
      const u = Math.floor(at / 3) % w, y = Math.floor(at / 3 / w) % h;
      const i = Math.floor(at / 3 / w / h);
      const part = (from: number, step: number) => {
        const after = from - Math.floor(from);
        return step === 1 ? after : 1 - after;
      };
      return part(place(i, y, 0), dy) * part(place(i, u, 1), dx);
    });
    return ref.mul(moved, shares);
  });
  const moved = corners.reduce((sum, corner) => ref.add(sum, corner));
  const of = (value: (change: ImageChange) => number) =>
    ref.grid([2, 1, 1, 1], (i) => value(CHANGED[i]));
  const lit = ref.mul(ref.add(moved, of((c) => c.brightness)), of((c) => c.contrast));
  const grey = ref.mean(lit, [3]);
  const coloured = ref.add(ref.mul(ref.sub(lit, grey), of((c) => c.saturation)), grey);
  return ref.pick(coloured, x.shape, ([i, y, u, c]) => {
    const { hole } = CHANGED[i];
    if (!hole) return [i, y, u, c];
    const top = hole[0] - Math.floor(half[0] / 2), left = hole[1] - Math.floor(half[1] / 2);
    const inside = y >= top && y < top + half[0] && u >= left && u < left + half[1];
    return inside ? [-1, -1, -1, -1] : [i, y, u, c];
  });
}

function changeCases(): GradientCase[] {
  return [
    caseAt("models/adaptive_augment.ts applyChanges", [[2, 9, 7, 3]], {
      apply: ([x]) => applyChanges(x as tf.Tensor4D, CHANGED),
      reference: ([x]) => changedReference(x),
    }),
  ];
}

/** A critic of one hidden layer, whose gradient in the image can be written down: its activation and that one's slope. */
interface CriticActivation {
  name: string;
  apply: (x: tf.Tensor4D) => tf.Tensor4D;
  value: (x: number) => number;
  slope: (x: number) => number;
}

const activations: CriticActivation[] = [
  {
    name: "leaky ReLU critic",
    apply: (x) => tf.leakyRelu(x, 0.2),
    value: (x) => x > 0 ? x : 0.2 * x,
    slope: (x) => x > 0 ? 1 : 0.2,
  },
  {
    name: "tanh critic",
    apply: (x) => tf.tanh(x),
    value: Math.tanh,
    slope: (x) => 1 - Math.tanh(x) ** 2,
  },
];

const CRITIC_IMAGES = [2, 6, 5, 3];

/** Scores of two layers: first [3, 3, 3, 5] of stride 2 with a bias, then second [3, 3, 5, 1]. */
function criticOf(apply: CriticActivation["apply"], [first, bias, second]: tf.Tensor[]) {
  return (x: tf.Tensor4D) => {
    const hidden = apply(tf.add(tf.conv2d(x, first as tf.Tensor4D, 2, 1), bias));
    const scores = tf.conv2d(hidden, second as tf.Tensor4D, 1, 1);
    return tf.reshape(scores, [x.shape[0], -1]) as tf.Tensor2D;
  };
}

/** The squared length of the critic's slope at each image. */
function squaredSlopes(
  slope: CriticActivation["slope"],
  images: Grid,
  [first, bias, second]: Grid[],
): Grid {
  const hidden = ref.add(ref.conv2d(images, first, 2, 1), bias);
  const [n, h, w] = hidden.shape;
  // Backwards by hand: the mean over h x w scores, the second layer, the activation, the first layer.
  const scores = ref.grid([n, h, w, 1], () => 1 / (h * w));
  const back = ref.conv2dTranspose(scores, second, [h, w], 1, 1);
  const inner = ref.mul(back, ref.map(hidden, slope));
  const slopes = ref.conv2dTranspose(inner, first, [CRITIC_IMAGES[1], CRITIC_IMAGES[2]], 2, 1);
  return ref.sum(ref.map(slopes, (v) => v * v), [1, 2, 3]);
}

function penaltyCases(): GradientCase[] {
  const LAYERS = [[3, 3, 3, 5], [5], [3, 3, 5, 1]], MIX = [0.25, 0.625];
  const toOne = activations.map(({ name, apply, slope }) =>
    caseAt(
      `models/penalty.ts gradientPenalty: ${name}`,
      [CRITIC_IMAGES, CRITIC_IMAGES, ...LAYERS],
      {
        orders: 1,
        apply: ([real, fake, ...layers]) =>
          gradientPenalty(criticOf(apply, layers), {
            real: real as tf.Tensor4D,
            fake: fake as tf.Tensor4D,
            mix: tf.tensor4d(MIX, [2, 1, 1, 1]),
          }),
        reference: ([real, fake, ...layers]) => {
          const mix = ref.grid([2, 1, 1, 1], (i) => MIX[i]);
          const between = ref.add(fake, ref.mul(mix, ref.sub(real, fake)));
          const lengths = squaredSlopes(slope, between, layers);
          return meanOf((v) => (Math.sqrt(v + 1e-12) - 1) ** 2)(lengths);
        },
      },
      { most: 0.6 },
    )
  );
  const toZero = activations.map(({ name, apply, slope }) =>
    caseAt(
      `models/penalty.ts zeroCentredPenalty: ${name}`,
      [CRITIC_IMAGES, ...LAYERS],
      {
        orders: 1,
        apply: ([real, ...layers]) =>
          zeroCentredPenalty(criticOf(apply, layers), real as tf.Tensor4D),
        reference: ([real, ...layers]) => meanOf((v) => v / 2)(squaredSlopes(slope, real, layers)),
      },
      { most: 0.6 },
    )
  );
  const scored = activations.map(({ name, apply, value, slope }) =>
    caseAt(
      `models/penalty.ts penalisedScores: ${name}`,
      [CRITIC_IMAGES, ...LAYERS],
      {
        orders: 1,
        apply: ([shown, ...layers]) => {
          const patches = criticOf(apply, layers);
          const critic = (x: tf.Tensor4D): tf.Tensor2D => tf.mean(patches(x), 1, true);
          const { scores, penalties } = penalisedScores(critic, shown as tf.Tensor4D);
          return tf.concat([scores, penalties], 1);
        },
        reference: ([shown, ...layers]) => {
          const [first, bias, second] = layers, n = CRITIC_IMAGES[0];
          const hidden = ref.map(ref.add(ref.conv2d(shown, first, 2, 1), bias), value);
          const scores = ref.mean(ref.conv2d(hidden, second, 1, 1), [1, 2, 3]);
          const halves = ref.map(squaredSlopes(slope, shown, layers), (v) => v / 2);
          return ref.concat([ref.reshape(scores, [n, 1]), ref.reshape(halves, [n, 1])], 1);
        },
      },
      { most: 0.6 },
    )
  );
  return [...toOne, ...toZero, ...scored];
}

const relu = (x: Grid) => ref.leakyRelu(x, 0);
const norm = (x: Grid) => ref.instanceNorm(x, 1e-5);

function generatorReference(
  layer: (path: string) => Grid,
  images: Grid,
  { blocks, upsample }: GeneratorConfig,
): Grid {
  const conv = (path: string, x: Grid, stride: number, pad: number) =>
    ref.add(ref.conv2d(x, layer(`${path}.kernel`), stride, pad), layer(`${path}.bias`));
  let x = relu(norm(conv("stem.conv", ref.reflectPad(images, 3), 1, 0)));
  for (const i of [0, 1]) x = relu(norm(conv(`down.${i}.conv`, x, 2, 1)));
  for (let i = 0; i < blocks; i++) {
    const inner = relu(norm(conv(`block.${i}.conv1`, ref.reflectPad(x, 1), 1, 0)));
    x = ref.add(x, norm(conv(`block.${i}.conv2`, ref.reflectPad(inner, 1), 1, 0)));
  }
  for (const i of [0, 1]) {
    const path = `up.${i}.conv`, size = [2 * x.shape[1], 2 * x.shape[2]] as const;
    const wide = upsample === "resize"
      ? conv(path, ref.reflectPad(ref.repeatPixels(x, 2), 1), 1, 0)
      : ref.add(
        ref.conv2dTranspose(x, layer(`${path}.kernel`), size, 2, 1),
        layer(`${path}.bias`),
      );
    x = relu(norm(wide));
  }
  return ref.map(conv("head.conv", ref.reflectPad(x, 3), 1, 0), Math.tanh);
}

function discriminatorReference(
  layer: (path: string) => Grid,
  images: Grid,
  { layers, score }: PatchConfig,
): Grid {
  const conv = (path: string, x: Grid, stride: number) =>
    ref.add(ref.conv2d(x, layer(`${path}.kernel`), stride, 1), layer(`${path}.bias`));
  let x = images;
  for (let i = 0; i <= layers; i++) {
    const y = conv(`layer.${i}.conv`, x, i < layers ? 2 : 1);
    x = ref.leakyRelu(i === 0 ? y : norm(y), 0.2);
  }
  const scores = conv("score.conv", x, 1);
  const flat = ref.reshape(scores, [images.shape[0], scores.data.length / images.shape[0]]);
  return score === "image" ? ref.mean(flat, [1]) : flat;
}

function networkCases(): GradientCase[] {
  const generators = (["convt", "resize"] as const).map((upsample) => {
    const config: GeneratorConfig = { width: 1, blocks: 1, upsample };
    return networkCase(
      `models/cyclegan/generator.ts applyGenerator: ${upsample}`,
      generatorShapes(config),
      {
        inputs: [[2, 12, 8, 3]],
        orders: 1,
        apply: (tree, [images]) =>
          applyGenerator(tree as GeneratorParams, images as tf.Tensor4D, config),
        reference: (layer, [images]) => generatorReference(layer, images, config),
      },
    );
  });
  const discriminators = (["patch", "image"] as const).map((score) => {
    const config: PatchConfig = { width: 2, layers: 1, score };
    return networkCase(
      `models/cyclegan/discriminator.ts applyDiscriminator: ${score}`,
      discriminatorShapes(config),
      {
        inputs: [[2, 10, 8, 3]],
        orders: 2,
        apply: (tree, [images]) =>
          applyDiscriminator(tree as DiscriminatorParams, images as tf.Tensor4D, config),
        reference: (layer, [images]) => discriminatorReference(layer, images, config),
      },
    );
  });
  return [...generators, ...discriminators, blockCase()];
}

function blockCase(): GradientCase {
  const shapes = {
    ...{ "conv1.kernel": [3, 3, 2, 2], "conv1.bias": [2] },
    ...{ "conv2.kernel": [3, 3, 2, 2], "conv2.bias": [2] },
  };
  return networkCase("models/cyclegan/generator.ts residualBlock", shapes, {
    inputs: [[2, 6, 5, 2]],
    orders: 1,
    apply: (tree, [x]) =>
      residualBlock(tree as Parameters<typeof residualBlock>[0], x as tf.Tensor4D),
    reference: (layer, [x]) => {
      const conv = (path: string, y: Grid) =>
        ref.add(
          ref.conv2d(ref.reflectPad(y, 1), layer(`${path}.kernel`), 1, 0),
          layer(`${path}.bias`),
        );
      return ref.add(x, norm(conv("conv2", relu(norm(conv("conv1", x))))));
    },
  });
}

/** Every case of models/. */
export function modelGradientCases(): GradientCase[] {
  return [
    ...lossCases(),
    ...augmentCases(),
    ...changeCases(),
    ...penaltyCases(),
    ...networkCases(),
  ];
}
