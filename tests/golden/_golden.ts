// Reads the golden files that PyTorch made (make_goldens.py) and translates its names and layouts into ours.

import { decodeSafetensors, readFloats } from "../../gpu/safetensors.ts";
import * as tf from "../../gpu/tf.ts";
import { type ParamShapes, type ParamTree, treeFromEntries } from "../../gpu/tree.ts";

/** Numbers with a shape, outside any device. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A golden file: tensors by PyTorch's names, in PyTorch's layouts, and the settings they were made with. */
export interface Golden {
  readonly tensors: ReadonlyMap<string, Values>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The golden file of a name, such as `generator_convt`. */
export async function readGolden(name: string): Promise<Golden> {
  const file = await Deno.readFile(new URL(`./${name}.safetensors`, import.meta.url));
  const { tensors, metadata } = decodeSafetensors(file);
  const values = [...tensors].map(([key, stored]) =>
    [key, { shape: stored.shape, data: readFloats(stored) }] as const
  );
  return { tensors: new Map(values), metadata };
}

/** A tensor of a golden file. @throws {TypeError} if there is none of that name */
export function findValues({ tensors }: Golden, name: string): Values {
  const values = tensors.get(name);
  if (!values) throw new TypeError(`Cannot read golden file: it has no tensor "${name}"`);
  return values;
}

/** Axes turned round: element [i, j, ...] of the result is element [..., order] of the source, as in `tf.transpose`. */
function transposed({ shape, data }: Values, order: readonly number[]): Values {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const outShape = order.map((axis) => shape[axis]);
  const out = data.map((_, position) => {
    let source = 0;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      source += (position % outShape[axis]) * strides[order[axis]];
      position = Math.floor(position / outShape[axis]);
    }
    return data[source];
  });
  return { shape: outShape, data: out };
}

/** Images [n, c, h, w] as [n, h, w, c]. */
export function imagesFromTorch(values: Values): Values {
  return transposed(values, [0, 2, 3, 1]);
}

/** A parameter in our layout: convolutions [o, i, h, w] and transposed ones [i, o, h, w] alike by turning round all axes. */
export function parameterFromTorch(values: Values): Values {
  return values.shape.length === 4 ? transposed(values, [2, 3, 1, 0]) : values;
}

/** A parameter of ours in PyTorch's layout, the inverse of `parameterFromTorch`. */
export function parameterToTorch(values: Values): Values {
  return values.shape.length === 4 ? transposed(values, [3, 2, 0, 1]) : values;
}

/** Our dotted path and the published name of each parameter of a network, in the order of its layers. */
export function parameterNames(
  golden: Golden,
  shapes: ParamShapes,
): [path: string, name: string][] {
  const names = [...golden.tensors.keys()].filter((name) => name.startsWith("model."));
  const paths = Object.keys(shapes);
  if (names.length !== paths.length) {
    throw new TypeError(
      `Cannot match parameters: the file has ${names.length}, expected ${paths.length}`,
    );
  }
  return paths.map((path, i) => [path, names[i]]);
}

/** A network's parameters as tensors; `reversed`: each tensor's values in reverse order (of PyTorch's layout). */
export function paramsFromGolden<T extends ParamTree>(
  golden: Golden,
  shapes: ParamShapes,
  { reversed = false }: { reversed?: boolean } = {},
): T {
  return treeFromEntries<T>(
    parameterNames(golden, shapes).map(([path, name]) => {
      const { shape, data } = findValues(golden, name);
      const values = parameterFromTorch({ shape, data: reversed ? data.toReversed() : data });
      if (values.shape.join() !== shapes[path].join()) {
        throw new TypeError(
          `Cannot use "${name}" as ${path}: its shape is [${values.shape}], expected [${
            shapes[path]
          }]`,
        );
      }
      return [path, toTensor(values)];
    }),
  );
}

/** The values as a tensor, which the caller owns. */
export function toTensor({ shape, data }: Values): tf.Tensor {
  return tf.tensor(data, [...shape]);
}
