// Adam, the moving average and the norm of gradients on the engine, a single pass each: kernels of ours, which tfjs does not have.

import { type TensorInfo, util } from "../../tf.ts";
import type { NativeKernel } from "./native.ts";

/** Numbers of a run whose squares are summed at a time; see assembly/optimiser.ts. */
const RUN = 16_384;

/** The kernels by the names of gpu/own_kernels.ts. */
export const optimiserKernels: Readonly<Record<string, NativeKernel>> = {
  AdamUpdate: (inputs, backend, attrs) =>
    forEachParameter(inputs, 4, (i) => {
      const [param, gradient, m, v] = [`param${i}`, `gradient${i}`, `m${i}`, `v${i}`]
        .map((name) => inputs[name]);
      const results = [param, m, v].map(({ shape }) => backend.makeInHeap(shape));
      const { beta1, beta2, fresh1, fresh2, rootCorrection, step, epsilon } = attrs as Record<
        string,
        number
      >;
      backend.engine.kernels.adam(
        ...[param, gradient, m, v].map((tensor) => backend.addressOf(tensor)),
        ...results.map(({ address }) => address),
        util.sizeFromShape(param.shape),
        ...[beta1, beta2, fresh1, fresh2, rootCorrection, step, epsilon],
      );
      return results.map(({ tensor }) => tensor);
    }),
  EmaUpdate: (inputs, backend, { decay }) =>
    forEachParameter(inputs, 2, (i) => {
      const average = inputs[`average${i}`], param = inputs[`param${i}`];
      const { tensor, address } = backend.makeInHeap(param.shape);
      const [from, to] = [average, param].map((each) => backend.addressOf(each));
      const size = util.sizeFromShape(param.shape);
      backend.engine.kernels.ema(from, to, address, size, decay as number);
      return [tensor];
    }),
  GlobalNorm: (gradients, backend) => {
    const { tensor, address } = backend.makeInHeap([]);
    const { heap, kernels } = backend.engine;
    const all = Object.values(gradients).map((gradient) => ({
      from: backend.addressOf(gradient),
      size: util.sizeFromShape(gradient.shape),
    }));
    const runs = all.reduce((sum, { size }) => sum + Math.ceil(size / RUN), 0);
    backend.withScratch([runs * 8], (sums) => {
      let at = sums;
      for (const { from, size } of all) {
        kernels.sumSquares(from, size, at);
        at += Math.ceil(size / RUN) * 8;
      }
      const squares = new Float64Array(heap.memory.buffer, sums, runs);
      heap.floats(address, 1)[0] = Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
    });
    return tensor;
  },
};

/** What `update` gives for the i-th parameter, for all parameters, of which each has so many inputs. */
function forEachParameter(
  inputs: Readonly<Record<string, TensorInfo>>,
  inputsEach: number,
  update: (i: number) => TensorInfo[],
): TensorInfo[] {
  const count = Object.keys(inputs).length / inputsEach;
  return Array.from({ length: count }, (_, i) => update(i)).flat();
}
