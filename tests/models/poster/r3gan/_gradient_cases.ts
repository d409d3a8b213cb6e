// The functions of models/poster/r3gan/ that training differentiates, each with its 64-bit reference.

import type * as tf from "../../../../gpu/tf.ts";
import type {
  R3ganDiscriminatorConfig,
  R3ganGeneratorConfig,
  StagesConfig,
} from "../../../../models/poster/r3gan/config.ts";
import {
  applyR3ganDiscriminator,
  type R3ganDiscriminatorParams,
  r3ganDiscriminatorShapes,
} from "../../../../models/poster/r3gan/discriminator.ts";
import {
  applyR3ganGenerator,
  type R3ganGeneratorParams,
  r3ganGeneratorShapes,
} from "../../../../models/poster/r3gan/generator.ts";
import * as loss from "../../../../models/poster/r3gan/loss.ts";
import {
  applyBlocks,
  type BlockParams,
  residualBlock,
} from "../../../../models/poster/r3gan/residual.ts";
import type { GradientCase } from "../../../gpu/_differences.ts";
import { caseAt } from "../../../gpu/_gradient_cases.ts";
import * as ref from "../../../gpu/_reference.ts";
import type { Grid } from "../../../gpu/_reference.ts";
import { networkCase } from "../../_network_case.ts";

type Layer = (path: string) => Grid;

/** Three sizes of two widths, so that one stage changes its channels and one does not. */
const stages = { width: 2, widest: 4, narrowing: 2, blocks: 1 };
const generator: R3ganGeneratorConfig = {
  ...{ architecture: "r3gan", latent: 3, genres: 2, normalise: true, embedding: 2 },
  ...{ ...stages, base: [2, 1], stages: 2 },
};
const discriminator: R3ganDiscriminatorConfig = { ...stages, embedding: 3 };
const IMAGES = [2, 8, 4, 3], GENRES = [2, 2], INPUTS = [2, 5];

const BLUR = [1, 3, 3, 1].map((a) => [1, 3, 3, 1].map((b) => a * b / 64));
const matrix = (x: tf.Tensor) => x as tf.Tensor2D;
const images = (x: tf.Tensor) => x as tf.Tensor4D;

function product(x: Grid, kernel: Grid): Grid {
  const [n, wide] = x.shape, [, out] = kernel.shape;
  const flat = ref.conv2d(
    ref.reshape(x, [n, 1, 1, wide]),
    ref.reshape(kernel, [1, 1, wide, out]),
    1,
    0,
  );
  return ref.reshape(flat, [n, out]);
}

function block(layer: Layer, path: string, x: Grid): Grid {
  const inner = ref.leakyRelu(
    ref.add(ref.conv2d(x, layer(`${path}expand.kernel`), 1, 0), layer(`${path}expand.bias`)),
    0.2,
  );
  const mixed = ref.leakyRelu(
    ref.add(ref.conv2d(inner, layer(`${path}mix.kernel`), 1, 1), layer(`${path}mix.bias`)),
    0.2,
  );
  return ref.add(x, ref.conv2d(mixed, layer(`${path}back.kernel`), 1, 0));
}

/** Channels of stage `i`, from the smallest grid on. */
const widthAt = (i: number, { width, widest, stages }: StagesConfig) =>
  Math.min(widest, width * 2 ** (stages - i));

function generatorReference(layer: Layer, inputs: Grid): Grid {
  const { latent, genres, embedding, base, stages } = generator, n = inputs.shape[0];
  const times = (x: Grid, factor: number) => ref.map(x, (value) => value * factor);
  const z = ref.slice(inputs, [0, 0], [n, latent]);
  const embedded = product(ref.slice(inputs, [0, latent], [n, genres]), layer("embed.kernel"));
  const joined = ref.concat([z, times(embedded, Math.sqrt(embedding))], 1);
  const weights = product(joined, layer("stem.kernel"));
  const basis = times(layer("basis"), Math.sqrt(weights.shape[1]));
  let x = ref.mul(
    ref.reshape(weights, [n, 1, 1, weights.shape[1]]),
    ref.reshape(basis, [1, ...base, weights.shape[1]]),
  );
  for (let i = 0; i <= stages; i++) {
    x = block(layer, `stage.${i}.block.0.`, x);
    if (i === stages) break;
    const changes = widthAt(i, generator) !== widthAt(i + 1, generator);
    if (changes) x = ref.conv2d(x, layer(`stage.${i}.change.kernel`), 1, 0);
    const doubled = BLUR.map((row) => row.map((value) => value * 4));
    x = ref.filterPixels(x, doubled, { up: 2, down: 1, pad: [2, 1] });
  }
  return ref.conv2d(x, layer("rgb.kernel"), 1, 0);
}

function discriminatorReference(layer: Layer, [pictures, genres]: Grid[]): Grid {
  const all = { ...discriminator, stages: generator.stages };
  let x = ref.conv2d(pictures, layer("rgb.kernel"), 1, 0);
  for (let i = generator.stages; i >= 0; i--) {
    x = block(layer, `stage.${i}.block.0.`, x);
    if (i === 0) break;
    x = ref.filterPixels(x, BLUR, { up: 1, down: 2, pad: [1, 1] });
    if (widthAt(i, all) !== widthAt(i - 1, all)) {
      x = ref.conv2d(x, layer(`stage.${i}.change.kernel`), 1, 0);
    }
  }
  const [n, , , c] = x.shape, basis = layer("basis");
  const sums = ref.sum(ref.mul(x, ref.reshape(basis, [1, ...basis.shape])), [1, 2]);
  const vector = product(ref.reshape(sums, [n, c]), layer("features.kernel"));
  const embedded = product(genres, layer("embed.kernel"));
  return ref.add(product(vector, layer("score.kernel")), ref.sum(ref.mul(vector, embedded), [1]));
}

/** Every case of models/poster/r3gan/. */
export function r3ganGradientCases(): GradientCase[] {
  const file = "models/poster/r3gan", SCORES = [5, 1];
  const softplus = (x: Grid) => ref.map(x, (v) => Math.log1p(Math.exp(v)));
  const scalar = (x: Grid) => ref.reshape(ref.mean(x), []);
  const one = {
    ...{ "expand.kernel": [1, 1, 4, 2], "expand.bias": [2] },
    ...{ "mix.kernel": [3, 3, 2, 2], "mix.bias": [2], "back.kernel": [1, 1, 2, 4] },
  };
  const two = Object.fromEntries(
    [0, 1].flatMap((i) => Object.entries(one).map(([path, shape]) => [`${i}.${path}`, shape])),
  );
  return [
    caseAt(`${file}/loss.ts pairedGeneratorLoss`, [SCORES, SCORES], {
      apply: ([fake, real]) => loss.pairedGeneratorLoss(matrix(fake), matrix(real)),
      reference: ([fake, real]) => scalar(softplus(ref.sub(real, fake))),
    }),
    caseAt(`${file}/loss.ts pairedDiscriminatorLoss`, [SCORES, SCORES], {
      apply: ([real, fake]) => loss.pairedDiscriminatorLoss(matrix(real), matrix(fake)),
      reference: ([real, fake]) => scalar(softplus(ref.sub(fake, real))),
    }),
    networkCase(`${file}/residual.ts residualBlock`, one, {
      inputs: [[2, 5, 3, 4]],
      orders: 2,
      apply: (tree, [x]) => residualBlock(tree as BlockParams, images(x)),
      reference: (layer, [x]) => block(layer, "", x),
    }),
    networkCase(`${file}/residual.ts applyBlocks`, two, {
      inputs: [[2, 3, 4, 4]],
      orders: 2,
      apply: (tree, [x]) => applyBlocks(tree as BlockParams[], images(x)),
      reference: (layer, [x]) => block(layer, "1.", block(layer, "0.", x)),
    }),
    networkCase(`${file}/generator.ts applyR3ganGenerator`, r3ganGeneratorShapes(generator), {
      inputs: [INPUTS],
      orders: 2,
      apply: (tree, [inputs]) =>
        applyR3ganGenerator(tree as R3ganGeneratorParams, matrix(inputs), generator),
      reference: (layer, [inputs]) => generatorReference(layer, inputs),
    }),
    networkCase(
      `${file}/discriminator.ts applyR3ganDiscriminator`,
      r3ganDiscriminatorShapes(discriminator, generator),
      {
        inputs: [IMAGES, GENRES],
        orders: 2,
        apply: (tree, [pictures, genres]) =>
          applyR3ganDiscriminator(
            tree as R3ganDiscriminatorParams,
            images(pictures),
            matrix(genres),
          ),
        reference: discriminatorReference,
      },
    ),
  ];
}
