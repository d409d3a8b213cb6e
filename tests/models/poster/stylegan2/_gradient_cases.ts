// The functions of models/poster/stylegan2/ that training differentiates, each with its 64-bit reference.

import * as tf from "../../../../gpu/tf.ts";
import {
  applyStyleGan2Discriminator,
  type BlockParams,
  residualBlock,
  type StyleGan2DiscriminatorParams,
  styleGan2DiscriminatorShapes,
} from "../../../../models/poster/stylegan2/discriminator.ts";
import * as equalised from "../../../../models/poster/stylegan2/equalised.ts";
import {
  applyStyleGan2Generator,
  type StyleGan2GeneratorParams,
  styleGan2GeneratorShapes,
  synthesise,
} from "../../../../models/poster/stylegan2/generator.ts";
import {
  applyMapping,
  genreStrength,
  splitInputs,
} from "../../../../models/poster/stylegan2/mapping.ts";
import { minibatchDeviation } from "../../../../models/poster/stylegan2/minibatch_deviation.ts";
import {
  applyColours,
  applyStyled,
  modulatedConv,
  type StyledParams,
  styledShapes,
} from "../../../../models/poster/stylegan2/modulated_conv.ts";
import { pathLengthPenalty, pathLengths } from "../../../../models/poster/stylegan2/penalty.ts";
import type { GradientCase } from "../../../gpu/_differences.ts";
import { caseAt } from "../../../gpu/_gradient_cases.ts";
import * as ref from "../../../gpu/_reference.ts";
import type { Grid } from "../../../gpu/_reference.ts";
import { networkCase } from "../../_network_case.ts";
import {
  activate,
  blockReference,
  colours,
  dense,
  deviationReference,
  discriminator,
  discriminatorReference,
  generator,
  mappingReference,
  modulated,
  normalise,
  product,
  root,
  square,
  strength,
  synthesisReference,
  times,
} from "./_reference_networks.ts";

const FILE = "models/poster/stylegan2", INPUTS = [2, 5], STYLES = [2, 3];

const matrix = (x: tf.Tensor) => x as tf.Tensor2D;
const images = (x: tf.Tensor) => x as tf.Tensor4D;

function partCases(): GradientCase[] {
  const file = `${FILE}/equalised.ts`;
  return [
    caseAt(`${file} equalisedDense`, [[2, 5], [5, 3], [3]], {
      apply: ([x, kernel, bias]) =>
        equalised.equalisedDense(
          { kernel: matrix(kernel), bias: bias as tf.Tensor1D },
          matrix(x),
          { gain: 2, rate: 0.5 },
        ),
      reference: ([x, kernel, bias]) =>
        times(ref.add(times(product(x, kernel), 1 / Math.sqrt(5)), bias), 2 * 0.5),
    }),
    caseAt(`${file} equalisedConv`, [[2, 5, 4, 2], [3, 3, 2, 3], [3]], {
      apply: ([x, kernel, bias]) =>
        equalised.equalisedConv(
          { kernel: images(kernel), bias: bias as tf.Tensor1D },
          images(x),
          { gain: 2, stride: 2, pad: 1 },
        ),
      reference: ([x, kernel, bias]) =>
        times(ref.add(times(ref.conv2d(x, kernel, 2, 1), 1 / Math.sqrt(18)), bias), 2),
    }),
    caseAt(`${file} activate`, [[2, 3, 2, 3]], {
      apply: ([x]) => equalised.activate(x),
      reference: ([x]) => ref.leakyRelu(x, 0.2),
    }),
    caseAt(`${file} normaliseVectors`, [[3, 4]], {
      apply: ([x]) => equalised.normaliseVectors(matrix(x)),
      reference: ([x]) => normalise(x),
    }, { least: 0.3 }),
    ...[[6, 3], [3, 4]].map(([n, group]) =>
      caseAt(
        `${FILE}/minibatch_deviation.ts minibatchDeviation: ${n} by ${group}`,
        [[n, 2, 3, 2]],
        {
          apply: ([x]) => minibatchDeviation(images(x), group),
          reference: ([x]) => deviationReference(x, Math.min(group, n)),
        },
        { least: 0.2 },
      )
    ),
  ];
}

function mappingCases(): GradientCase[] {
  const { latent } = generator, file = `${FILE}/mapping.ts`;
  const shapes = Object.fromEntries(
    Object.entries(styleGan2GeneratorShapes(generator, "training"))
      .filter(([path]) => path.startsWith("mapping.")),
  );
  return [
    networkCase(`${file} applyMapping`, shapes, {
      inputs: [INPUTS],
      // Penalties are taken on pictures, and by styles: behind the mapping network.
      orders: 1,
      apply: (tree, [inputs]) =>
        applyMapping((tree as StyleGan2GeneratorParams).mapping, matrix(inputs), generator),
      reference: (layer, [inputs]) => mappingReference(layer, inputs),
    }),
    caseAt(`${file} splitInputs`, [INPUTS], {
      apply: ([inputs]) => {
        const { latents, condition } = splitInputs(matrix(inputs), generator);
        return tf.concat([condition as tf.Tensor2D, latents], 1);
      },
      reference: ([inputs]) =>
        ref.concat([
          ref.slice(inputs, [0, latent], [2, 2]),
          ref.slice(inputs, [0, 0], [2, latent]),
        ], 1),
    }),
    caseAt(`${file} genreStrength`, [[3, 2]], {
      orders: 1,
      apply: ([condition]) => genreStrength(matrix(condition)),
      reference: ([condition]) => strength(condition),
    }, { least: 0.1, most: 0.4, positive: true }),
  ];
}

function modulatedCases(): GradientCase[] {
  const file = `${FILE}/modulated_conv.ts`;
  const convolutions = [[1, 3], [2, 3], [2, 1]].map(([n, side]) =>
    caseAt(`${file} modulatedConv: ${n} pictures, kernel ${side}`, [
      ...[[n, 3, 4, 2], [side, side, 2, 3], [2, 2]],
    ], {
      apply: ([x, kernel, factors]) =>
        modulatedConv(images(kernel), images(x), matrix(factors), { gain: 2 }),
      reference: ([x, kernel, factors]) => times(modulated(x, kernel, factors), 2),
    }, { least: 0.2 })
  );
  const doubling = caseAt(`${file} modulatedConv: doubling`, [
    ...[[2, 3, 2, 2], [3, 3, 3, 2], [2, 2]],
  ], {
    apply: ([x, kernel, factors]) =>
      modulatedConv(images(kernel), images(x), matrix(factors), { doubles: true }),
    reference: ([x, kernel, factors]) => modulated(x, kernel, factors, { doubles: true }),
  }, { least: 0.2 });
  const layer = (isTransposed: boolean, hasNoise: boolean) =>
    Object.fromEntries(
      styledShapes("layer", {
        style: 3,
        kernel: { size: 3, cin: 2, cout: 3, isTransposed },
        hasNoise,
      }),
    );
  const layers = [false, true].map((doubles) => {
    const noise = [2, doubles ? 4 : 2, doubles ? 6 : 3, 1];
    return networkCase(`${file} applyStyled: doubles ${doubles}`, layer(doubles, true), {
      inputs: [[2, 2, 3, 2], STYLES, noise],
      orders: 2,
      apply: (tree, [x, style, drawn]) =>
        applyStyled((tree as { layer: StyledParams }).layer, images(x), matrix(style), {
          doubles,
          noise: images(drawn),
        }),
      reference: (get, [x, style, drawn]) => {
        const factors = dense(get, "layer.affine", style);
        const y = modulated(x, get("layer.kernel"), factors, { doubles });
        const shift = ref.add(ref.mul(drawn, get("layer.strength")), get("layer.bias"));
        return activate(ref.add(y, shift));
      },
    });
  });
  const shapes = Object.fromEntries(
    styledShapes("layer", { style: 3, kernel: { size: 1, cin: 2, cout: 3 } }),
  );
  const rgb = networkCase(`${file} applyColours`, shapes, {
    inputs: [[2, 2, 3, 2], STYLES],
    orders: 2,
    apply: (tree, [x, style]) =>
      applyColours((tree as { layer: StyledParams }).layer, images(x), matrix(style)),
    reference: (get, [x, style]) => colours(get, "layer.", x, style),
  });
  return [...convolutions, doubling, ...layers, rgb];
}

function networkCases(): GradientCase[] {
  const shapes = styleGan2GeneratorShapes(generator, "training");
  const synthesis = Object.fromEntries(
    Object.entries(shapes).filter(([path]) => !path.startsWith("mapping.")),
  );
  const block = Object.fromEntries(
    Object.entries(styleGan2DiscriminatorShapes(discriminator, generator))
      .filter(([path]) => path.startsWith("block.0.")),
  );
  return [
    networkCase(`${FILE}/generator.ts synthesise`, synthesis, {
      inputs: Array.from({ length: 2 * generator.stages + 2 }, () => STYLES),
      orders: 2,
      apply: (tree, styles) =>
        synthesise(tree as StyleGan2GeneratorParams, styles as tf.Tensor2D[]),
      reference: (layer, styles) => synthesisReference(layer, styles),
    }),
    networkCase(`${FILE}/generator.ts applyStyleGan2Generator`, shapes, {
      inputs: [INPUTS],
      orders: 1,
      apply: (tree, [inputs]) =>
        applyStyleGan2Generator(tree as StyleGan2GeneratorParams, matrix(inputs), generator),
      reference: (layer, [inputs]) => {
        const styles = mappingReference(layer, inputs);
        return synthesisReference(
          layer,
          Array.from({ length: 2 * generator.stages + 2 }, () => styles),
        );
      },
    }),
    networkCase(`${FILE}/discriminator.ts residualBlock`, block, {
      inputs: [[2, 4, 2, 2]],
      orders: 2,
      apply: (tree, [x]) => residualBlock((tree as { block: BlockParams[] }).block[0], images(x)),
      reference: (layer, [x]) => blockReference(layer, "block.0.", x),
    }),
    networkCase(
      `${FILE}/discriminator.ts applyStyleGan2Discriminator`,
      styleGan2DiscriminatorShapes(discriminator, generator),
      {
        inputs: [[2, 4, 2, 3], [2, 2]],
        orders: 2,
        apply: (tree, [pictures, genres]) =>
          applyStyleGan2Discriminator(
            tree as StyleGan2DiscriminatorParams,
            images(pictures),
            matrix(genres),
            discriminator,
          ),
        reference: discriminatorReference,
      },
    ),
  ];
}

/** Pictures [n, 1, 2, 3] that are squares of products, so that their derivative by a style is known: 2 (s K) K. */
function penaltyCases(): GradientCase[] {
  const [n, w] = STYLES, file = `${FILE}/penalty.ts`, pixels = 6;
  const along = [0.5, -1, 0.25, 2, -0.75, 1.5];
  const lengthsOf = (styles: readonly Grid[], kernel: Grid) => {
    const sum = styles.reduce(
      (total, style) => ref.add(total, product(style, kernel)),
      zeros([n, pixels]),
    );
    const weighted = ref.mul(times(sum, 2 / Math.sqrt(2)), ref.grid([pixels], (i) => along[i]));
    const slopes = product(weighted, turned(kernel));
    // Every layer's style has the same derivative, so the mean over the layers is that of one.
    return ref.reshape(root(ref.sum(square(slopes), [1]), 1e-12), [n]);
  };
  return [
    caseAt(`${file} pathLengths`, [STYLES, STYLES, [w, pixels]], {
      orders: 1,
      apply: ([first, second, kernel]) =>
        pathLengths(
          (styles) => {
            const sum = tf.addN(styles.map((style) => tf.matMul(style, matrix(kernel))));
            return tf.reshape(tf.square(sum), [n, 1, 2, 3]);
          },
          [matrix(first), matrix(second)],
          tf.tensor4d(Array.from({ length: n }, () => along).flat(), [n, 1, 2, 3]),
        ),
      reference: ([first, second, kernel]) => lengthsOf([first, second], kernel),
    }, { least: 0.2 }),
    caseAt(`${file} pathLengthPenalty`, [[5]], {
      apply: ([lengths]) => pathLengthPenalty(lengths as tf.Tensor1D, 0.3),
      reference: ([lengths]) => ref.reshape(ref.mean(ref.map(lengths, (v) => (v - 0.3) ** 2)), []),
    }),
  ];
}

const zeros = (shape: number[]) => ref.grid(shape, () => 0);
const turned = (x: Grid) => ref.pick(x, [x.shape[1], x.shape[0]], ([i, j]) => [j, i]);

/** Every case of models/poster/stylegan2/. */
export function styleGan2GradientCases(): GradientCase[] {
  return [
    ...partCases(),
    ...mappingCases(),
    ...modulatedCases(),
    ...networkCases(),
    ...penaltyCases(),
  ];
}
