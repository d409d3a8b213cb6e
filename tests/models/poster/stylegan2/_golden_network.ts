// The tiny StyleGAN2 that PyTorch ran (make_stylegan2_goldens.py): its configuration, parameters and draws, in our layouts.

import type { Random } from "../../../../gpu/random.ts";
import { sizeOf } from "../../../../gpu/shape.ts";
import type * as tf from "../../../../gpu/tf.ts";
import { type ParamShapes, type ParamTree, treeFromEntries } from "../../../../gpu/tree.ts";
import type {
  StyleGan2DiscriminatorConfig,
  StyleGan2GeneratorConfig,
} from "../../../../models/poster/stylegan2/config.ts";
import {
  findValues,
  type Golden,
  imagesFromTorch,
  parameterFromTorch,
  toTensor,
  type Values,
} from "../../../golden/_golden.ts";

/** Channels 6, 6 and 3, pictures of 12x8. */
export const generatorConfig: StyleGan2GeneratorConfig = {
  ...{ architecture: "stylegan2", latent: 4, genres: 3, normalise: true },
  ...{ style: 5, mapping: 2, width: 3, widest: 6, noise: true, base: [3, 2], stages: 2 },
};

export const discriminatorConfig: StyleGan2DiscriminatorConfig = {
  ...{ width: 3, widest: 6, group: 2 },
};

/** A parameter, or a gradient of one, in our layout. */
export function goldenParameter(golden: Golden, prefix: string, path: string): Values {
  const values = findValues(golden, `${prefix}.${path}`);
  return path === "constant" ? imagesFromTorch(values) : parameterFromTorch(values);
}

/** The parameters of the file, which have to be those of our network. */
export function goldenParams<T extends ParamTree>(golden: Golden, shapes: ParamShapes): T {
  const names = [...golden.tensors.keys()].filter((name) => name.startsWith("params."));
  if (names.length !== Object.keys(shapes).length) {
    throw new TypeError(
      `Cannot match parameters: the file has ${names.length}, expected ${
        Object.keys(shapes).length
      }`,
    );
  }
  return treeFromEntries<T>(
    Object.keys(shapes).map((path) => [path, toTensor(goldenParameter(golden, "params", path))]),
  );
}

/** A random stream whose normal draws are the file's noise, layer by layer. */
export function goldenNoise(golden: Golden): Random {
  let layer = 0;
  const refuse = () => {
    throw new Error("Cannot draw: the file holds normal draws alone");
  };
  return {
    ...{ uint32: refuse, uniform: refuse, integer: refuse, normal: refuse, permutation: refuse },
    normals(count) {
      const { data, shape } = findValues(golden, `noise.${layer++}`);
      if (sizeOf(shape) !== count) throw new RangeError(`Layer ${layer - 1} asks for ${count}`);
      return data;
    },
  };
}

/** A tensor of the file that is not an image or a parameter. */
export function goldenTensor<R extends tf.Rank>(golden: Golden, name: string): tf.Tensor<R> {
  return toTensor(findValues(golden, name)) as tf.Tensor<R>;
}
