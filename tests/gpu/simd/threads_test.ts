// The pool of threads: it shares the work, it sleeps and wakes, and a thread that dies is reported instead of waited for.

import assert from "node:assert/strict";
import { createEngine, type Engine } from "../../../gpu/simd/engine.ts";
import { startDevice } from "../../../gpu/device.ts";
import * as tf from "../../../gpu/tf.ts";

const MODULE = new URL("../../../dist/simd/engine.wasm", import.meta.url);

async function makeEngine(threads: number): Promise<Engine> {
  return await createEngine(await WebAssembly.compile(await Deno.readFile(MODULE)), threads);
}

/** A product of matrices of many blocks; gives its results. */
function multiply({ heap, kernels }: Engine): Float32Array {
  const m = 960, k = 64, n = 64;
  const [a, b, out] = [m * k, k * n, m * n].map((size) => heap.allocate(size * 4));
  heap.floats(a, m * k).fill(0.5);
  heap.floats(b, k * n).fill(0.25);
  kernels.multiply(a, k * 4, 4, 0, b, 64, k * 64, 0, 0, out, 1, m, k, n, 24, 4);
  const results = heap.floats(out, m * n).slice();
  [a, b, out].forEach((address) => heap.free(address));
  return results;
}

/** Where the module keeps the words of its jobs, found by what they hold: the job's function, thread 1's counter, the wake-ups. */
function findControl({ heap, kernels }: Engine): { job: number; share: number; wakeups: number } {
  // A job of 12345 blocks leaves that number behind, last of all 4 bytes after the job's function.
  kernels.idle(12_345);
  const words = new Int32Array(heap.memory.buffer, 0, 16_384);
  const job = words.lastIndexOf(12_345) - 1;
  assert.ok(job > 0, "The job's words were not found");
  // As assembly/threads.ts lays them out.
  return { job, share: job + 32, wakeups: job - 48 };
}

Deno.test("Engine computes the same on any number of threads, awake or asleep", async () => {
  for (const threads of [1, 2, 4]) {
    const engine = await makeEngine(threads);
    for (const pause of [0, 0, 60, 0]) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const results = multiply(engine);
      assert.ok(results.every((value) => value === 8), `${threads} threads after ${pause} ms`);
    }
    engine.dispose();
  }
});

Deno.test("Engine with hundreds of tiny jobs in a row loses no block", async () => {
  const engine = await makeEngine(3);
  const { heap, kernels } = engine;
  const [x, out] = [heap.allocate(4 * 70_000), heap.allocate(4 * 70_000)];
  for (let round = 1; round <= 300; round++) {
    const length = 16_384 * (round % 4) + round;
    heap.floats(x, length).fill(round);
    kernels.unary(4, x, out, length, 0, 0);
    assert.ok(heap.floats(out, length).every((value) => value === round * round), `round ${round}`);
  }
  engine.dispose();
});

Deno.test("Engine reports a thread that dies in the middle of its work", async () => {
  const engine = await makeEngine(2);
  multiply(engine);
  const { job, share, wakeups } = findControl(engine);
  const words = new Int32Array(engine.heap.memory.buffer);
  // A block of a job whose function does not exist, while the caller is elsewhere: the other thread takes it, and traps.
  words[job] = 0x7fff_fff0;
  Atomics.store(words, share, 1);
  Atomics.add(words, wakeups, 1);
  Atomics.notify(words, wakeups);
  assert.match(await engine.lost, /^a thread of the SIMD engine has died: RuntimeError: /);
  assert.throws(() => multiply(engine), {
    message: "Cannot go on computing: a thread of the SIMD engine has died",
  });
  engine.dispose();
});

Deno.test("startDevice passes on that a thread of the engine was lost", async () => {
  const device = await startDevice("simd", { threads: 2 });
  assert.match(device.description, /2 threads/);
  let lost = "";
  device.lost.then((reason) => lost = reason);
  tf.dispose(tf.relu(tf.ones([100_000])));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(lost, "");
  device.dispose();
});
