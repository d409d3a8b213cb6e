// Matrix products on the engine, batched and broadcast, either operand transposed, with a bias or without.

import { broadcast_util, type TensorInfo, util } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import { type NativeKernel, panelBytes, splitProduct } from "./native.ts";
import { panelsOfBias } from "./operands.ts";

/** Up to so many rows of a, b is read where it is: packing it would cost as much as the product. */
const FEW_ROWS = 24;

/** BatchMatMul and _FusedMatMul; activations are left to the stock kernel. */
export const matmulKernels: Readonly<Record<string, NativeKernel>> = {
  BatchMatMul: ({ a, b }, backend, { transposeA, transposeB }) =>
    multiply(backend, a, b, {
      transposeA: transposeA as boolean,
      transposeB: transposeB as boolean,
    }),
  _FusedMatMul: ({ a, b, bias, preluActivationWeights }, backend, attrs) => {
    const { transposeA, transposeB, activation } = attrs as Record<string, never>;
    if (preluActivationWeights || activation !== "linear") return undefined;
    if (bias && bias.shape.length !== 1) return undefined;
    return multiply(backend, a, b, { transposeA, transposeB }, bias);
  },
};

function multiply(
  backend: SimdBackend,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
  bias?: TensorInfo,
): TensorInfo | undefined {
  const [aRows, aColumns] = a.shape.slice(-2), [bRows, bColumns] = b.shape.slice(-2);
  const m = transposeA ? aColumns : aRows, k = transposeA ? aRows : aColumns;
  const n = transposeB ? bRows : bColumns;
  const outer = broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  const aBatches = util.sizeFromShape(a.shape.slice(0, -2));
  const bBatches = util.sizeFromShape(b.shape.slice(0, -2));
  const batches = util.sizeFromShape(outer);
  // Only a whole batch or a single matrix can be stepped through; and sums over nothing are left to the stock kernel.
  const isSteady = [aBatches, bBatches].every((count) => count === batches || count === 1);
  if (!isSteady || m * k * n * batches === 0) return undefined;
  const { kernels, threads } = backend.engine;
  const added = bias ? panelsOfBias(backend, bias) : 0;
  const { tensor, address: out } = backend.makeInHeap([...outer, m, n]);
  const from = backend.addressOf(a), other = backend.addressOf(b);
  const aSteps = transposeA ? [4, m * 4] : [k * 4, 4];
  const run = (panels: number, bStep: number, panelStep: number, batchStep: number) => {
    const { blockRows, groupPanels } = splitProduct(m, n, threads);
    kernels.multiply(
      ...[from, ...aSteps, aBatches === 1 ? 0 : m * k * 4],
      ...[panels, bStep, panelStep, bBatches === 1 ? 0 : batchStep],
      ...[added, out, batches, m, k, n, blockRows, groupPanels],
    );
  };
  if (!transposeB && m <= FEW_ROWS) {
    run(other, n * 4, 64, k * n * 4);
    return tensor;
  }
  const bytes = panelBytes(k, n);
  backend.withScratch([bBatches * bytes], (packed) => {
    const steps = transposeB ? [4, k * 4] : [n * 4, 4];
    for (let i = 0; i < bBatches; i++) {
      kernels.packPanels(other + i * k * n * 4, packed + i * bytes, k, n, ...steps);
    }
    run(packed, 64, k * 64, bytes);
  });
  return tensor;
}
