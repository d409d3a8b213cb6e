// The functions of models/poster/ that training differentiates, each with its 64-bit reference.

import * as tf from "../../../gpu/tf.ts";
import { conditionOf, generatorInput } from "../../../models/poster/condition.ts";
import type { DcganConfig } from "../../../models/poster/config.ts";
import {
  applyDiscriminator,
  type DiscriminatorParams,
  discriminatorShapes,
  type GenreForm,
} from "../../../models/poster/discriminator.ts";
import {
  applyEncoder,
  drawCodes,
  type EncoderParams,
  encoderShapes,
} from "../../../models/poster/encoder.ts";
import {
  applyGenerator,
  type GeneratorParams,
  generatorShapes,
} from "../../../models/poster/generator.ts";
import * as loss from "../../../models/poster/loss.ts";
import { applyTrunk, type TrunkParams, trunkShapes } from "../../../models/poster/trunk.ts";
import type { GradientCase } from "../../gpu/_differences.ts";
import { caseAt } from "../../gpu/_gradient_cases.ts";
import * as ref from "../../gpu/_reference.ts";
import type { Grid } from "../../gpu/_reference.ts";
import { networkCase } from "../_network_case.ts";

type Layer = (path: string) => Grid;

const config: DcganConfig = {
  ...{ architecture: "dcgan", latent: 3, genres: 2, normalise: true },
  ...{ width: 1, base: [2, 1], stages: 2 },
};
const IMAGES = [3, 8, 4, 3], INPUTS = [3, 5], GENRES = [3, 2];

const scalar = (x: Grid) => ref.reshape(ref.mean(x), []);
const softplus = (x: Grid) => ref.map(x, (v) => Math.log1p(Math.exp(v)));
const negative = (x: Grid) => ref.map(x, (v) => -v);
const matrix = (x: tf.Tensor) => x as tf.Tensor2D;

/** Vectors [n, in] by a kernel [in, out]. */
function product(x: Grid, kernel: Grid): Grid {
  const [n, wide] = x.shape, [, out] = kernel.shape;
  const pixels = ref.reshape(x, [n, 1, 1, wide]);
  const flat = ref.conv2d(pixels, ref.reshape(kernel, [1, 1, wide, out]), 1, 0);
  return ref.reshape(flat, [n, out]);
}

function dense(layer: Layer, path: string, x: Grid): Grid {
  return ref.add(product(x, layer(`${path}.kernel`)), layer(`${path}.bias`));
}

function batchNorm(layer: Layer, path: string, x: Grid): Grid {
  const centred = ref.sub(x, ref.mean(x, [0, 1, 2]));
  const variance = ref.mean(ref.map(centred, (v) => v * v), [0, 1, 2]);
  const normal = ref.mul(centred, ref.map(variance, (v) => 1 / Math.sqrt(v + 1e-5)));
  return ref.add(ref.mul(normal, layer(`${path}.scale`)), layer(`${path}.offset`));
}

/** Genres as the networks take them: divided by the root of their sum. */
function condition(genres: Grid): Grid {
  const total = ref.sum(genres, [1]);
  return ref.div(genres, ref.map(total, (v) => Math.sqrt(Math.max(v, 1e-6))));
}

function lossCases(): GradientCase[] {
  const SCORES = [5, 1], LOGITS = [3, 4], CODES = [3, 4];
  const file = "models/poster/loss.ts";
  // One image's genres are hidden.
  const shown = [1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0];
  return [
    caseAt(`${file} adversarialLoss`, [SCORES], {
      apply: ([fake]) => loss.adversarialLoss(matrix(fake)),
      reference: ([fake]) => scalar(softplus(negative(fake))),
    }),
    caseAt(`${file} discriminatorLoss`, [SCORES, SCORES], {
      apply: ([real, fake]) => loss.discriminatorLoss(matrix(real), matrix(fake)),
      reference: ([real, fake]) =>
        ref.add(scalar(softplus(negative(real))), scalar(softplus(fake))),
    }),
    caseAt(`${file} genreLoss`, [LOGITS], {
      apply: ([logits]) => loss.genreLoss(matrix(logits), tf.tensor2d(shown, [3, 4])),
      reference: ([logits]) => {
        const genres = ref.grid([3, 4], (i) => shown[i]);
        const all = ref.sub(softplus(logits), ref.mul(logits, genres));
        const rows = ref.grid([3, 1], (i) => i === 1 ? 0 : 1 / 2);
        return ref.reshape(ref.sum(ref.mul(all, rows)), []);
      },
    }),
    caseAt(`${file} reconstructionLoss`, [[2, 5, 3, 3], [2, 5, 3, 3]], {
      apply: ([a, b]) => loss.reconstructionLoss(a, b),
      reference: ([a, b]) => {
        const squares = ref.map(ref.sub(a, b), (v) => v * v / 4);
        return ref.reshape(ref.sum(squares), []);
      },
    }),
    caseAt(`${file} divergence`, [CODES, CODES], {
      orders: 1,
      apply: ([mean, logVariance]) => loss.divergence(matrix(mean), matrix(logVariance)),
      reference: ([mean, logVariance]) => {
        const terms = ref.add(
          ref.map(mean, (v) => v * v),
          ref.map(logVariance, (v) => Math.exp(v) - v - 1),
        );
        return ref.reshape(ref.map(ref.sum(terms), (v) => v / 2 / CODES[0]), []);
      },
    }),
  ];
}

function conditionCases(): GradientCase[] {
  const domain = { least: 0.2, most: 1, positive: true };
  return [
    caseAt("models/poster/condition.ts conditionOf", [GENRES], {
      orders: 1,
      apply: ([genres]) => conditionOf(matrix(genres), config),
      reference: ([genres]) => condition(genres),
    }, domain),
    caseAt("models/poster/condition.ts generatorInput", [[3, config.latent], GENRES], {
      orders: 1,
      apply: ([latents, genres]) => generatorInput(matrix(latents), matrix(genres), config),
      reference: ([latents, genres]) => ref.concat([latents, condition(genres)], 1),
    }, domain),
    caseAt("models/poster/encoder.ts drawCodes", [[3, 4], [3, 4], [3, 4]], {
      orders: 1,
      apply: ([mean, logVariance, normals]) =>
        drawCodes({ mean: matrix(mean), logVariance: matrix(logVariance) }, matrix(normals)),
      reference: ([mean, logVariance, normals]) =>
        ref.add(mean, ref.mul(ref.map(logVariance, (v) => Math.exp(v / 2)), normals)),
    }),
  ];
}

function generatorReference(form: "training" | "folded", layer: Layer, inputs: Grid): Grid {
  const { base: [h0, w0], stages } = config;
  const finish = (path: string, x: Grid) =>
    ref.leakyRelu(
      form === "training" ? batchNorm(layer, `${path}.norm`, x) : ref.add(x, layer(`${path}.bias`)),
      0,
    );
  const flat = product(inputs, layer("stem.kernel"));
  let x = finish("stem", ref.reshape(flat, [inputs.shape[0], h0, w0, flat.shape[1] / h0 / w0]));
  for (let i = 0; i < stages; i++) {
    const size = [2 * x.shape[1], 2 * x.shape[2]] as const;
    const y = ref.conv2dTranspose(x, layer(`up.${i}.kernel`), size, 2, 1);
    x = i < stages - 1
      ? finish(`up.${i}`, y)
      : ref.map(ref.add(y, layer(`up.${i}.bias`)), Math.tanh);
  }
  return x;
}

function trunkReference(norm: "batch" | "none", layer: Layer, images: Grid): Grid {
  let x = images;
  for (let i = 0; i < config.stages; i++) {
    const y = ref.conv2d(x, layer(`layer.${i}.conv.kernel`), 2, 1);
    const finished = norm === "batch" && i > 0
      ? batchNorm(layer, `layer.${i}.norm`, y)
      : ref.add(y, layer(`layer.${i}.conv.bias`));
    x = ref.leakyRelu(finished, 0.2);
  }
  return ref.reshape(x, [images.shape[0], x.data.length / images.shape[0]]);
}

function discriminatorReference(genres: GenreForm, layer: Layer, [images, labels]: Grid[]): Grid {
  const features = trunkReference("none", layer, images);
  const answer = dense(layer, "score", features);
  if (genres === "joined") return dense(layer, "join", ref.concat([answer, labels], 1));
  if (genres === "projection") {
    const embedding = product(labels, layer("embed.kernel"));
    return ref.add(answer, ref.sum(ref.mul(features, embedding), [1]));
  }
  return genres === "classifier"
    ? ref.concat([answer, dense(layer, "genres", features)], 1)
    : answer;
}

function networkCases(): GradientCase[] {
  const generators = (["training", "folded"] as const).map((form) =>
    networkCase(
      `models/poster/generator.ts applyGenerator: ${form}`,
      generatorShapes(config, form),
      {
        inputs: [INPUTS],
        orders: 1,
        apply: (tree, [inputs]) => applyGenerator(tree as GeneratorParams, matrix(inputs), config),
        reference: (layer, [inputs]) => generatorReference(form, layer, inputs),
      },
    )
  );
  const trunks = (["batch", "none"] as const).map((norm) =>
    networkCase(
      `models/poster/trunk.ts applyTrunk: norm ${norm}`,
      Object.fromEntries(trunkShapes({ width: 1, norm }, config).shapes),
      {
        inputs: [IMAGES],
        orders: norm === "none" ? 2 : 1,
        apply: (tree, [images]) =>
          applyTrunk((tree as { layer: TrunkParams }).layer, images as tf.Tensor4D),
        reference: (layer, [images]) => trunkReference(norm, layer, images),
      },
    )
  );
  const discriminators = (["none", "joined", "projection", "classifier"] as const).map((genres) =>
    networkCase(
      `models/poster/discriminator.ts applyDiscriminator: ${genres}`,
      discriminatorShapes({ width: 1, norm: "none", genres }, config),
      {
        inputs: genres === "none" || genres === "classifier" ? [IMAGES] : [IMAGES, GENRES],
        orders: 2,
        apply: (tree, [images, labels]) => {
          const { score, genres: logits } = applyDiscriminator(
            tree as DiscriminatorParams,
            images as tf.Tensor4D,
            labels && matrix(labels),
          );
          return logits ? tf.concat([score, logits], 1) : score;
        },
        reference: (layer, inputs) => discriminatorReference(genres, layer, inputs),
      },
    )
  );
  const encoder = networkCase(
    "models/poster/encoder.ts applyEncoder",
    encoderShapes(1, config),
    {
      inputs: [IMAGES, GENRES],
      orders: 1,
      apply: (tree, [images, labels]) => {
        const codes = applyEncoder(tree as EncoderParams, images as tf.Tensor4D, matrix(labels));
        return tf.concat([codes.mean, codes.logVariance], 1);
      },
      reference: (layer, [images, labels]) => {
        const features = trunkReference("batch", layer, images);
        return dense(layer, "code", ref.concat([features, labels], 1));
      },
    },
  );
  return [...generators, ...trunks, ...discriminators, encoder];
}

/** Every case of models/poster/ but those of the modern models. */
export function posterGradientCases(): GradientCase[] {
  return [...lossCases(), ...conditionCases(), ...networkCases()];
}
