// Puts our kernels in front of tfjs's on the `webgpu` device, each only if it computes rightly on this very GPU.

import * as tf from "../tf.ts";
import type { GpuBackend } from "./backend.ts";
import type { KernelCase } from "./cases/case.ts";
import type { KernelSet } from "./kernel_set.ts";
import type { GpuKernel } from "./kernels/own_kernel.ts";

/** The largest error that passes, relative to the largest true value, as in the device's own test. */
const LIMIT = 1e-4;

/** What tfjs itself has for each of our kernels that are registered, if it has something. */
const stockKernels = new Map<string, tf.KernelConfig | undefined>();

/**
 * Tries kernels on the current device, which has to be `backend`, and registers those that pass; behind them stay tfjs's own, which take
 * over what ours does not.
 *
 * @param trusted what an earlier trial on the same GPU gave: then there is none
 * @returns why the others are left out, by name
 */
export async function registerKernels(
  backend: GpuBackend,
  set: KernelSet,
  trusted?: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  // The trial itself runs on what tfjs has, also where a kernel passed on another device before.
  withdrawKernels();
  const faults = trusted ?? await findFaults(backend, set);
  for (const [name, kernel] of Object.entries(set.kernels)) {
    if (!Object.hasOwn(faults, name)) registerBefore(name, kernel);
  }
  return faults;
}

/** Leaves everything to tfjs's own kernels and to compositions of them: the other side of a comparison. */
export function withdrawKernels(): void {
  for (const [name, stock] of stockKernels) {
    tf.unregisterKernel(name, "webgpu");
    if (stock) tf.registerKernel(stock);
  }
  stockKernels.clear();
}

function registerBefore(kernelName: string, kernel: GpuKernel): void {
  const stock = tf.getKernel(kernelName, "webgpu");
  stockKernels.set(kernelName, stock);
  if (stock) tf.unregisterKernel(kernelName, "webgpu");
  tf.registerKernel({
    ...stock,
    kernelName,
    backendName: "webgpu",
    kernelFunc: (args) => {
      const inputs = args.inputs as Record<string, tf.TensorInfo>, attrs = args.attrs ?? {};
      const result = kernel(inputs, args.backend as GpuBackend, attrs);
      if (result) return result;
      if (stock) return stock.kernelFunc(args);
      throw new TypeError(
        `Cannot run kernel ${kernelName}: the device webgpu does not have it for these inputs`,
      );
    },
  });
}

/** Why kernels do not pass, by name: all cases in one go, and one by one only if that fails. */
async function findFaults(
  backend: GpuBackend,
  { kernels, cases: makeCases }: KernelSet,
): Promise<Record<string, string>> {
  const cases = makeCases();
  const all = await findFault(backend, kernels, cases);
  if (all === undefined) return {};
  const faults: Record<string, string> = {};
  for (const each of cases) {
    // One shader that the GPU refuses spoils all that is recorded with it.
    const fault = await findFault(backend, kernels, [each]);
    if (fault !== undefined) faults[each.kernel] ??= fault;
  }
  return faults;
}

/** What is wrong with the results of some cases, which are read together; undefined if nothing is. */
async function findFault(
  backend: GpuBackend,
  kernels: Readonly<Record<string, GpuKernel>>,
  cases: readonly KernelCase[],
): Promise<string | undefined> {
  try {
    const results = tf.tidy(() => {
      const parts = cases.flatMap((each) => runCase(backend, kernels[each.kernel], each));
      return tf.concat1d(parts.map((part) => tf.reshape(part, [-1])));
    });
    const found = await results.data();
    results.dispose();
    const error = worstError(found, cases);
    if (error <= LIMIT) return undefined;
    return `its error is ${error.toPrecision(2)}, expected at most ${LIMIT}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The tensors that a kernel gives, as many as the case looks at. */
function runCase(
  backend: GpuBackend,
  kernel: GpuKernel,
  { inputs, attrs, expected }: KernelCase,
): tf.Tensor[] {
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, values }]) => {
      const tensor = tf.tensor(values, [...shape]);
      // A number stays on the processor, as in a training step.
      if (tensor.rank > 0) backend.uploadToGPU(tensor.dataId);
      return [name, tensor];
    }),
  );
  const result = kernel(tensors, backend, attrs as tf.NamedAttrMap);
  if (!result) throw new TypeError("It does not take the inputs of its test");
  return [result].flat()
    .map((info) => tf.engine().makeTensorFromTensorInfo(info))
    .slice(0, expected.length);
}

/** The largest error of results that lie one behind the other, relative to the largest value of each. */
function worstError(found: ArrayLike<number>, cases: readonly KernelCase[]): number {
  let at = 0, worst = 0;
  for (const expected of cases.flatMap((each) => each.expected)) {
    const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // NaN must win: Math.max gives NaN as soon as one difference is NaN.
    for (const value of Array.from(expected)) {
      worst = Math.max(worst, Math.abs(found[at++] - value) / scale);
    }
  }
  return at === found.length ? worst : NaN;
}
