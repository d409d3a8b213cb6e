// Maps over one tensor on the engine.

import { util } from "../../tf.ts";
import type { NativeKernel } from "./native.ts";

/** tfjs's names in the order of the numbers by which assembly/unary.ts knows its operations. */
const OPERATIONS = [
  ...["Relu", "LeakyRelu", "Step", "Neg", "Square", "Sqrt", "Rsqrt", "Abs", "Sign", "Reciprocal"],
  ...["Relu6", "ClipByValue", "Floor", "Ceil", "Round", "Exp", "Tanh", "Sigmoid"],
  ...["Log", "Log1p", "Expm1", "Elu", "Selu", "Softplus", "Erf", "Sin", "Cos", "Tan"],
  ...["Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh"],
];

/** The names of an operation's parameters, where it has any. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  LeakyRelu: ["alpha"],
  Step: ["alpha"],
  ClipByValue: ["clipValueMin", "clipValueMax"],
};

/** The maps by tfjs's names. */
export const unaryKernels: Readonly<Record<string, NativeKernel>> = Object.fromEntries(
  OPERATIONS.map((name, operation): [string, NativeKernel] => {
    const parameters = PARAMETERS[name] ?? [];
    return [name, ({ x }, backend, attrs) => {
      const { tensor, address } = backend.makeInHeap(x.shape);
      const [a = 0, b = 0] = parameters.map((key) => attrs[key] as number);
      const size = util.sizeFromShape(x.shape);
      backend.engine.kernels.unary(operation, backend.addressOf(x), address, size, a, b);
      return tensor;
    }];
  }),
);
