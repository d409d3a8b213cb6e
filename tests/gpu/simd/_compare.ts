// Runs kernels on the engine, its memory guarded, and on the cpu device, whole outputs side by side.

import { strict as assert } from "node:assert";
import { startDevice } from "../../../gpu/device.ts";
import { type Random, randomStream } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import { SimdBackend } from "../../../gpu/simd/backend.ts";
import * as tf from "../../../gpu/tf.ts";
import { assertClose, type Tolerance } from "../../_assert.ts";
import { guardMemory } from "./_guard.ts";

/** An operand: float32 unless another type is given. */
export interface Operand {
  shape: number[];
  values: Float32Array | Int32Array | Uint8Array;
  dtype?: "float32" | "int32" | "bool";
}

/** A kernel call: its name, inputs and attributes. Inputs "0", "1", ... are a list. */
export interface KernelCall {
  kernel: string;
  inputs: Record<string, Operand>;
  attrs?: Record<string, unknown>;
}

/** One of a kernel's whole outputs. */
export interface KernelResult {
  shape: number[];
  dtype: string;
  values: ArrayLike<number>;
}

/** Numbers of threads on which every call is made: one, as many as the smallest machine has, and more than that. */
const THREADS = [1, 2, 3];

/** Runs the calls and gives each one's outputs. */
function runAll(calls: readonly KernelCall[]): KernelResult[][] {
  return calls.map(({ kernel, inputs, attrs }) =>
    tf.tidy(() => {
      const tensors = Object.entries(inputs).map(([name, { shape, values, dtype }]) =>
        [name, tf.tensor(values, shape, dtype ?? "float32")] as const
      );
      const isList = tensors.length > 0 && tensors.every(([name], i) => name === String(i));
      const output = tf.engine().runKernel(
        kernel,
        (isList
          ? tensors.map(([, tensor]) => tensor)
          : Object.fromEntries(tensors)) as tf.NamedTensorMap,
        attrs as tf.NamedAttrMap,
      ) as tf.Tensor | tf.Tensor[];
      return [output].flat().map((tensor) => ({
        shape: tensor.shape,
        dtype: tensor.dtype,
        values: tensor.dataSync().slice(),
      }));
    })
  );
}

/** What the cpu device makes of the calls. */
export async function runOnCpu(calls: readonly KernelCall[]): Promise<KernelResult[][]> {
  const device = await startDevice("cpu");
  try {
    return runAll(calls);
  } finally {
    device.dispose();
  }
}

/** What the engine makes of the calls, and how often it left one to a stock kernel. Its memory is guarded meanwhile. */
export async function runOnEngine(
  calls: readonly KernelCall[],
  { threads, usesWinograd = true }: { threads: number; usesWinograd?: boolean },
): Promise<{ results: KernelResult[][]; fallbacks: Map<string, number> }> {
  const device = await startDevice("simd", { threads });
  const backend = tf.backend();
  assert.ok(backend instanceof SimdBackend);
  backend.usesWinograd = usesWinograd;
  const guard = guardMemory(backend);
  try {
    const results = runAll(calls);
    guard.check();
    return { results, fallbacks: new Map(backend.fallbacks) };
  } finally {
    guard.remove();
    device.dispose();
  }
}

/**
 * Asserts that the engine gives what the cpu device gives, on each number of threads, natively, and the same bits on all of them.
 *
 * @param limit how far each output may be off, or a function of the call; bounds of a convolution scale with its largest value
 */
export async function assertSame(
  calls: readonly KernelCall[],
  limit: Tolerance | ((call: KernelCall, expected: KernelResult) => Tolerance),
  { nativeOnly = true }: { nativeOnly?: boolean } = {},
): Promise<void> {
  const expected = await runOnCpu(calls);
  let first: KernelResult[][] | undefined;
  for (const threads of THREADS) {
    const { results, fallbacks } = await runOnEngine(calls, { threads });
    if (nativeOnly) assert.deepEqual([...fallbacks], [], "Left to stock kernels");
    first ??= results;
    calls.forEach((call, i) => {
      const what = `${describe(call)} on ${threads} threads`;
      assert.equal(results[i].length, expected[i].length, what);
      results[i].forEach(({ shape, dtype, values }, output) => {
        const wanted = expected[i][output];
        assert.deepEqual([shape, dtype], [wanted.shape, wanted.dtype], what);
        const tolerance = typeof limit === "function" ? limit(call, wanted) : limit;
        assertClose(values, wanted.values, tolerance, what);
        if (threads > 1) assert.deepEqual(values, first?.[i][output].values, `${what}: other bits`);
      });
    });
  }
}

function describe({ kernel, inputs, attrs }: KernelCall): string {
  const shapes = Object.values(inputs).map(({ shape }) => `[${shape}]`).join(" ");
  return `${kernel} of ${shapes} ${JSON.stringify(attrs ?? {})}`;
}

/** A tolerance relative to the largest expected value, as sums of many terms need. */
export function relativeToLargest(relative: number) {
  return (_: KernelCall, { values }: KernelResult): Tolerance => {
    let largest = 0;
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) largest = Math.max(largest, Math.abs(values[i]));
    }
    return { absolute: relative * largest };
  };
}

/** Random numbers, a fifth of them NaN, infinite or zero if `special`. */
export function filled(random: Random, shape: number[], special = false): Operand {
  const values = random.normals(sizeOf(shape)), odd = [NaN, Infinity, -Infinity, 0, -0];
  if (special) {
    values.forEach((value, i) =>
      values[i] = random.uniform() < 0.2 ? odd[random.integer(odd.length)] : value
    );
  }
  return { shape, values };
}

/** A stream for the operands of a test. */
export function operandStream(name: string): Random {
  return randomStream(1, "simd", name);
}
