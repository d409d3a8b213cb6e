// A gradient case of a whole network: its inputs and all its parameters are differentiated.

import { randomStream } from "../../gpu/random.ts";
import type * as tf from "../../gpu/tf.ts";
import { type ParamShapes, treeFromEntries } from "../../gpu/tree.ts";
import { exactValues, type GradientCase, type Order } from "../gpu/_differences.ts";
import type { Grid } from "../gpu/_reference.ts";

/** A network, and the same by plain loops in 64 bits. */
export interface TestedNetwork {
  /** Shapes of what it is given beside its parameters. */
  inputs: readonly (readonly number[])[];
  orders: Order;
  apply: (tree: unknown, inputs: tf.Tensor[]) => tf.Tensor;
  reference: (layer: (path: string) => Grid, inputs: Grid[]) => Grid;
}

/** A network at random inputs and parameters: the inputs first, then the parameters by path. */
export function networkCase(
  name: string,
  shapes: ParamShapes,
  network: TestedNetwork,
): GradientCase {
  const random = randomStream(13, name), paths = Object.keys(shapes);
  const parameters = paths.map((path) => {
    const shape = shapes[path], fan = shape.length === 4 ? shape[0] * shape[1] * shape[2] : 9;
    return exactValues(random, shape, { least: 0, most: 1.7 / Math.sqrt(fan) });
  });
  const inputs = network.inputs.map((shape) => exactValues(random, shape));
  return {
    name,
    orders: network.orders,
    elements: 4,
    inputs: [...inputs, ...parameters],
    apply: (values) => {
      const leaves = values.slice(inputs.length);
      const tree = treeFromEntries(paths.map((path, i) => [path, leaves[i]] as const));
      return network.apply(tree, values.slice(0, inputs.length));
    },
    reference: (values) => {
      const leaves = values.slice(inputs.length);
      return network.reference(
        (path) => leaves[paths.indexOf(path)],
        values.slice(0, inputs.length),
      );
    },
  };
}
