// What a training step and an inference ask of the GPU: counted by hand on small programs, held under ceilings on the real ones, and
// the same whether traced or really run.

import assert from "node:assert/strict";
import { startDevice } from "../../gpu/device.ts";
import * as tf from "../../gpu/tf.ts";
import { loadGenerator, restyle } from "../../models/generator.ts";
import type { Prepared } from "../../tasks/_bench_case.ts";
import { type GpuCase, gpuInferenceCase, gpuStepCase, TOY } from "../../tasks/_bench_gpu_cases.ts";
import { countedBackend } from "../../tasks/_gpu_backend.ts";
import { countGpu, countSteady, type GpuCounts } from "../../tasks/_gpu_counts.ts";
import { allowTimestamps, timeKernels } from "../../tasks/_gpu_times.ts";
import { stubGpu } from "../../tasks/_gpu_trace.ts";
import { gatedTest, gpuGate } from "../_gates.ts";
import { exportModel } from "../models/_exported_model.ts";
import { runTask } from "./_run_task.ts";

/** What may not grow. */
type Ceiling = Pick<GpuCounts, "dispatches" | "uploads" | "uploadBytes" | "createdBytes">;

/**
 * The most that the toy's step and inference (32 px, ngf 4, 1 block) may ask for: what they do ask for, so that a single number
 * literal on a hot path goes over it. A kernel that saves some lowers them: `deno task bench:gpu --only "32 px"`.
 */
const CEILINGS = {
  // Two pictures of three bytes a pixel are sent.
  step: { dispatches: 524, uploads: 2, uploadBytes: 6144, createdBytes: 6144 },
  inference: { dispatches: 27, uploads: 0, uploadBytes: 0, createdBytes: 0 },
} satisfies Record<string, Ceiling>;

const gate = await gpuGate();

/** A test on the device webgpu, started before it and disposed after it. */
function testOnGpu(name: string, run: () => Promise<void>): void {
  gatedTest(gate, name, async () => {
    const device = await startDevice("webgpu");
    try {
      await run();
    } finally {
      device.dispose();
    }
  });
}

/** @throws {AssertionError} naming what is above its ceiling, and by how much */
function assertWithin(counts: GpuCounts, ceiling: Ceiling): void {
  const above = (Object.keys(ceiling) as (keyof Ceiling)[])
    .filter((key) => counts[key] > ceiling[key])
    .map((key) => `${key}: ${counts[key]}, at most ${ceiling[key]} allowed`);
  assert.ok(above.length === 0, `Above the ceiling: ${above.join("; ")}`);
}

/** The counts of a case; `around` puts something else around each of its runs. */
async function countCase({ prepare }: GpuCase, around = (run: Prepared["run"]) => run) {
  const { run, dispose } = await prepare();
  try {
    return await countSteady(around(run));
  } finally {
    dispose();
  }
}

testOnGpu("countGpu() counts a kernel's dispatch, uploads and traffic", async () => {
  const x = tf.ones([64, 32]), y = tf.ones([32]);
  await tf.tidy(() => tf.add(x, y)).data();
  const counts = await countGpu(async () => {
    const sum = tf.tidy(() => tf.add(tf.square(tf.add(x, y)), tf.tensor1d(new Float32Array(32))));
    await sum.data();
    sum.dispose();
  });
  const { dispatches, submits, uploads, uploadBytes, trafficBytes, pipelines } = counts;
  // add: 2048 and 32 read, 2048 written; square: 2048 and 2048; add as before; one array of 32 was sent.
  assert.deepEqual(
    { dispatches, submits, uploads, uploadBytes, trafficBytes, pipelines },
    {
      ...{ dispatches: 3, submits: 1, uploads: 1, uploadBytes: 128, pipelines: 2 },
      trafficBytes: 4 * (4128 + 4096 + 4128),
    },
  );
  assert.deepEqual(counts.kernels.map(({ kernel, dispatches }) => [kernel, dispatches]), [
    ["BinaryOp", 2],
    ["UnaryOp", 1],
  ]);
  tf.dispose([x, y]);
});

testOnGpu("countGpu() counts an input that is given twice once", async () => {
  const x = tf.ones([64, 32]);
  const counts = await countGpu(async () => {
    const product = tf.mul(x, x);
    await product.data();
    product.dispose();
  });
  assert.equal(counts.trafficBytes, 4 * (2048 + 2048));
  x.dispose();
});

testOnGpu("countGpu() leaves the backend as it was, also when the work fails", async () => {
  const backend = countedBackend(), before = Object.keys(backend);
  const { runWebGPUProgram } = backend;
  await assert.rejects(countGpu(() => Promise.reject(new Error("The work failed"))));
  assert.deepEqual(Object.keys(backend), before);
  assert.equal(backend.runWebGPUProgram, runWebGPUProgram);
  assert.ok(!Object.hasOwn(backend.device, "createBuffer"));
  assert.ok(!Object.hasOwn(backend.queue, "submit"));
});

for (const what of ["step", "inference"] as const) {
  const toy = what === "step" ? gpuStepCase(TOY) : gpuInferenceCase(TOY);

  testOnGpu(`the toy's ${what} stays within its counts`, async () => {
    assertWithin(await countCase(toy), CEILINGS[what]);
  });

  const { dispatches, uploads } = CEILINGS[what];
  const literals: [name: string, literal: () => tf.TensorLike, above: RegExp][] = [
    ["a number", () => 0.5, new RegExp(`dispatches: ${dispatches + 1}, at most`)],
    ["an array", () => [0.5, 1, 2, 4], new RegExp(`uploads: ${uploads + 1}, at most`)],
  ];
  for (const [name, literal, above] of literals) {
    testOnGpu(`${name} in the code takes the toy's ${what} over its counts`, async () => {
      const features = tf.ones([1, 32, 32, 4]);
      const counts = await countCase(toy, (run) => async () => {
        tf.tidy(() => void tf.mul(features, literal()));
        await run();
      });
      assert.throws(() => assertWithin(counts, CEILINGS[what]), above);
      features.dispose();
    });
  }

  testOnGpu(`a traced ${what} of the toy is the one that really runs`, async () => {
    const ran = await countCase(toy);
    stubGpu(countedBackend());
    assert.deepEqual(await countCase(toy), ran);
  });
}

for (const [upsample, dispatches] of [["convt", 94], ["resize", 96]] as const) {
  gatedTest(
    gate,
    `a page draws 256 pixels in ${dispatches} dispatches with ${upsample}`,
    async () => {
      const { manifest, weights } = await exportModel({
        config: { width: 64, blocks: 9, upsample },
      });
      const device = await startDevice("webgpu", { drawsOnly: true });
      try {
        stubGpu(countedBackend());
        const generator = await loadGenerator(manifest, weights);
        const picture = { width: 256, height: 256, data: new Uint8Array(256 * 256 * 4) };
        const counts = await countSteady(async () => {
          await restyle(generator, picture, "AtoB");
        });
        // The picture's bytes are all that is sent.
        assertWithin(counts, {
          dispatches,
          uploads: 1,
          uploadBytes: 196_608,
          createdBytes: 196_608,
        });
      } finally {
        device.dispose();
      }
    },
  );
}

gatedTest(
  gate,
  "timeKernels() gives each kernel's milliseconds, by the names that are counted",
  async () => {
    const forbid = allowTimestamps(), device = await startDevice("webgpu");
    forbid();
    const x = tf.ones([64, 32]);
    const work = async () => {
      const y = tf.tidy(() => tf.add(tf.square(x), x));
      await y.data();
      y.dispose();
    };
    if (countedBackend().supportTimestampQuery) {
      const times = await timeKernels(work), { kernels } = await countGpu(work);
      assert.deepEqual(Object.keys(times).sort(), kernels.map(({ kernel }) => kernel).sort());
      assert.ok(Object.values(times).every((ms) => ms >= 0), JSON.stringify(times));
    } else {
      await assert.rejects(timeKernels(work), { name: "TypeError" });
    }
    device.dispose();
  },
);

gatedTest(gate, "bench:gpu prints a row for stock tfjs and one for ours", async () => {
  const { code, out, err } = await runTask("bench_gpu", "--only", "32", "--json");
  assert.equal(code, 0, err);
  const rows = JSON.parse(out) as (GpuCounts & { name: string; engine: string })[];
  const [stock, own] = rows.filter(({ name }) => name === gpuStepCase(TOY).name);
  assert.deepEqual([stock.engine, own.engine], ["stock", "own"]);
  assertWithin(own, CEILINGS.step);
  // tfjs's gradients of mean and sum send arrays of ones as large as the feature maps.
  assert.ok(stock.uploadBytes > 100 * own.uploadBytes, `${stock.uploadBytes} bytes are sent`);
  assert.ok(own.liveBytes > 0 && own.liveBytes < stock.liveBytes, `${own.liveBytes} bytes live`);
});

gatedTest(gate, "bench:gpu refuses a word that no case has", async () => {
  const { code, err } = await runTask("bench_gpu", "--only", "nothing");
  assert.deepEqual(
    [code, err],
    [1, 'error: Cannot count: no case has "nothing" in its name\n'],
  );
});
