// One engine and one case of `deno task bench:gpu`, in a process of its own: `count ENGINE CASE` prints the counts of a traced run,
// `time ENGINE CASE` the milliseconds of each kernel, really run. Both print one line of JSON.

import { startDevice } from "../gpu/device.ts";
import * as tf from "../gpu/tf.ts";
import { countedBackend } from "./_gpu_backend.ts";
import { countSteady, type GpuCounts } from "./_gpu_counts.ts";
import { stubGpu } from "./_gpu_trace.ts";
import { allowTimestamps, timeKernels } from "./_gpu_times.ts";

/** Whose kernels and gradients run. */
export type GpuEngine = "stock" | "own";

if (import.meta.main) {
  const [task, engine, name] = Deno.args as ["count" | "time", GpuEngine, string];
  const found = await (task === "count" ? countCase : timeCase)(engine, name);
  console.log(JSON.stringify(found));
  Deno.exit(0);
}

async function countCase(engine: GpuEngine, name: string): Promise<GpuCounts> {
  const prepare = await open(engine, name);
  stubGpu(countedBackend());
  const { run } = await prepare();
  return await countSteady(run);
}

async function timeCase(engine: GpuEngine, name: string): Promise<Record<string, number>> {
  const { run } = await (await open(engine, name))();
  await run();
  return await timeKernels(run);
}

/** Starts the engine and finds the case. Our gradients come with the cases, after tfjs's were put aside. */
async function open(engine: GpuEngine, name: string) {
  tf.enableProdMode();
  allowTimestamps();
  const stock = engine === "stock" ? await import("./_bench_gpu_stock.ts") : undefined;
  if (stock) await stock.startStockGpu();
  else await startDevice("webgpu");
  const { gpuCases } = await import("./_bench_gpu_cases.ts");
  stock?.restoreStockGradients();
  const found = gpuCases().find((each) => each.name === name);
  if (!found) throw new Error(`Cannot run "${name}": there is no such case`);
  return found.prepare;
}
