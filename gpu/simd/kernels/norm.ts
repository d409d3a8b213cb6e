// Instance normalisation with an activation, and its gradient, on the engine: kernels of ours, which tfjs does not have.

import type { TensorInfo } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import type { NativeKernel } from "./native.ts";

/** The kernels by the names of gpu/own_kernels.ts. */
export const normKernels: Readonly<Record<string, NativeKernel>> = {
  InstanceNorm: ({ x }, backend, attrs) => {
    const { tensor, address } = backend.makeInHeap(x.shape);
    backend.engine.kernels.instanceNorm(
      ...[backend.addressOf(x), address, ...sizesOf(x)],
      ...[attrs.epsilon as number, attrs.negativeSlope as number],
    );
    return tensor;
  },
  InstanceNormGrad: ({ x, dy }, backend, attrs) => gradient(backend, x, dy, attrs as never),
};

function gradient(
  backend: SimdBackend,
  x: TensorInfo,
  dy: TensorInfo,
  { epsilon, negativeSlope }: { epsilon: number; negativeSlope: number },
): TensorInfo {
  const { tensor, address } = backend.makeInHeap(x.shape);
  backend.engine.kernels.instanceNormGradient(
    ...[
      backend.addressOf(x),
      backend.addressOf(dy),
      address,
      ...sizesOf(x),
      epsilon,
      negativeSlope,
    ],
  );
  return tensor;
}

/** Images, pixels per image, channels. */
function sizesOf({ shape: [n, h, w, c] }: TensorInfo): [number, number, number] {
  return [n, h * w, c];
}
