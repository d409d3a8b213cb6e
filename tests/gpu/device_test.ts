// Starting devices: what is chosen, what is refused and why, and that no device gets through that computes wrongly.

import assert from "node:assert/strict";
import {
  type Device,
  DeviceUnavailableError,
  measureMemory,
  runSelfTest,
  startDevice,
} from "../../gpu/device.ts";
import * as tf from "../../gpu/tf.ts";
import { forEachDevice, gatedTest, gpuGate } from "../_gates.ts";

const gpu = await gpuGate();

/** Runs with something else in the place of the machine's `navigator.gpu`. */
async function withGpu(stand: unknown, run: () => Promise<void>): Promise<void> {
  Object.defineProperty(navigator, "gpu", { value: stand, configurable: true });
  try {
    await run();
  } finally {
    Reflect.deleteProperty(navigator, "gpu");
  }
}

/** Runs with a kernel of a backend replaced by what `change` makes of it. */
async function withKernel(
  name: string,
  backendName: "cpu" | "simd" | "webgpu",
  change: (stock: tf.KernelFunc) => tf.KernelFunc,
  run: () => Promise<void>,
): Promise<void> {
  const stock = tf.getKernel(name, backendName);
  const replace = (kernelFunc: tf.KernelFunc) => {
    tf.unregisterKernel(name, backendName);
    tf.registerKernel({ ...stock, kernelFunc });
  };
  replace(change(stock.kernelFunc));
  try {
    await run();
  } finally {
    replace(stock.kernelFunc);
  }
}

/** The reason for which a device is refused. */
async function refusalOf(choice: "webgpu" | "simd" | "cpu"): Promise<string> {
  let device: Device;
  try {
    device = await startDevice(choice);
  } catch (error) {
    assert.ok(error instanceof DeviceUnavailableError, String(error));
    assert.equal(error.device, choice);
    assert.equal(error.message, `Cannot start device "${choice}": ${error.reason}`);
    return error.reason;
  }
  device.dispose();
  return assert.fail(`Device ${choice} started, expected a refusal`);
}

/** A CPU kernel with its results changed. */
const changing =
  (change: (values: Float32Array) => void) => (stock: tf.KernelFunc): tf.KernelFunc => (args) => {
    const result = stock(args) as tf.TensorInfo;
    const { data } = args.backend as { data: tf.DataStorage<{ values: Float32Array }> };
    change(data.get(result.dataId).values);
    return result;
  };

forEachDevice("startDevice starts what it was asked for, tested and current", (device) => {
  assert.equal(tf.getBackend(), device.name);
  assert.ok(device.selfTestError > 0 && device.selfTestError < 1e-5, `${device.selfTestError}`);
  assert.equal(device.passedOver, "");
  assert.match(
    device.description,
    {
      cpu: /^CPU: /,
      webgpu: /^WebGPU: \S/,
      simd: /^CPU: WebAssembly SIMD, \d+ threads?, (128|256)-bit vectors$/,
    }[
      device.name
    ],
  );
  if (device.name === "webgpu") assert.ok(device.limits.maxStorageBufferBindingSize >= 2 ** 27);
  else assert.deepEqual(device.limits, {});
});

Deno.test("startDevice says what WebGPU lacks", async () => {
  const limits = {};
  const info = { vendor: "", architecture: "", description: "", device: "" };
  const cases: [gpu: unknown, reason: string | RegExp][] = [
    [undefined, "this runtime has no WebGPU"],
    [
      { requestAdapter: () => Promise.resolve(null) },
      "no GPU adapter was found; a graphics driver with Vulkan, Metal or Direct3D 12 is needed",
    ],
    [
      { requestAdapter: () => Promise.reject(new TypeError("Blocked")) },
      "asking for a GPU adapter failed: TypeError: Blocked",
    ],
    [
      {
        requestAdapter: () =>
          Promise.resolve({
            limits,
            info,
            requestDevice: () => Promise.reject(new Error("Too many devices")),
          }),
      },
      "the adapter gave no device: Error: Too many devices",
    ],
  ];
  for (const [stand, reason] of cases) {
    await withGpu(stand, async () => assert.equal(await refusalOf("webgpu"), reason));
  }
});

Deno.test("startDevice gives the SIMD engine for auto where there is no GPU, and says why", async () => {
  await withGpu({ requestAdapter: () => Promise.reject(new Error("Blocked")) }, async () => {
    const device = await startDevice("auto");
    assert.equal(device.name, "simd");
    assert.equal(device.passedOver, "asking for a GPU adapter failed: Error: Blocked");
    assert.equal(tf.getBackend(), "simd");
    device.dispose();
  });
});

Deno.test("startDevice gives plain JavaScript for auto where not even the engine computes rightly", async () => {
  (await startDevice("simd")).dispose();
  await withGpu(
    undefined,
    () =>
      withKernel("Tanh", "simd", () => tf.getKernel("ZerosLike", "simd").kernelFunc, async () => {
        const device = await startDevice("auto");
        assert.equal(device.name, "cpu");
        assert.match(
          device.passedOver,
          /^this runtime has no WebGPU; simd: it computes wrong numbers: self-test error is 0\.\d+/,
        );
        device.dispose();
      }),
  );
});

/** An adapter of the machine under another name; adapters are asked for many times. */
function renamedGpu(vendor: string): unknown {
  const machine = navigator.gpu;
  return {
    requestAdapter: async () => {
      const adapter = await machine.requestAdapter();
      assert.ok(adapter);
      return {
        info: { vendor, architecture: "", description: "", device: "", isFallbackAdapter: false },
        limits: adapter.limits,
        requestDevice: (options: GPUDeviceDescriptor) => adapter.requestDevice(options),
      };
    },
  };
}

gatedTest(gpu, "startDevice takes a real GPU for auto, and no software one", async () => {
  await withGpu(renamedGpu("acme"), async () => {
    const device = await startDevice("auto");
    assert.deepEqual([device.name, device.description], ["webgpu", "WebGPU: acme"]);
    device.dispose();
  });
  await withGpu(renamedGpu("llvmpipe"), async () => {
    const device = await startDevice("auto");
    assert.equal(device.name, "simd");
    assert.match(device.passedOver, /the only GPU adapter is a software one \(WebGPU: llvmpipe\)/);
    assert.equal(tf.getBackend(), "simd");
    device.dispose();
  });
});

gatedTest(gpu, "startDevice passes over a GPU that computes wrongly", async () => {
  (await startDevice("webgpu")).dispose();
  const wrong = () => (args: Parameters<tf.KernelFunc>[0]) =>
    tf.getKernel("Relu", "webgpu").kernelFunc(args);
  await withGpu(
    renamedGpu("acme"),
    () =>
      withKernel("Tanh", "webgpu", wrong, async () => {
        const device = await startDevice("auto");
        assert.equal(device.name, "simd");
        assert.match(device.passedOver, /^it computes wrong numbers: self-test error is 0\.\d+/);
        device.dispose();
      }),
  );
});

forEachDevice(
  "startDevice starts again after a dispose, and beside nothing that was left",
  async (device) => {
    device.dispose();
    assert.equal(tf.findBackend(device.name), null);
    await startDevice(device.name);
    assert.ok(await runSelfTest() < 1e-5);
  },
);

/** The number of live tensors, asked of a CPU device that is started for it. */
async function countTensors(): Promise<number> {
  const device = await startDevice("cpu");
  const { tensors } = measureMemory();
  device.dispose();
  return tensors;
}

Deno.test("startDevice refuses a CPU with one slightly wrong kernel, each that models rest on", async () => {
  const before = await countTensors();
  for (const kernel of ["Conv2D", "Conv2DBackpropInput", "Mean", "Tanh"]) {
    await withKernel(kernel, "cpu", changing((values) => values[0] += 0.01), async () => {
      assert.match(await refusalOf("cpu"), /^it computes wrong numbers: self-test error is 0\.\d+/);
    });
  }
  await withKernel("Tanh", "cpu", changing((values) => values[3] = NaN), async () => {
    assert.match(await refusalOf("cpu"), /self-test error is NaN, expected at most 0\.0001$/);
  });
  const broken = () => () => {
    throw new Error("Shader does not compile");
  };
  await withKernel("Conv2D", "cpu", broken, async () => {
    assert.equal(await refusalOf("cpu"), "its self-test broke: Error: Shader does not compile");
  });
  // With the kernels restored it starts, and the refusals have left nothing behind.
  assert.equal(await countTensors(), before);
});

forEachDevice("runSelfTest leaves nothing behind", async () => {
  assert.ok(await runSelfTest() < 1e-5);
});

forEachDevice("measureMemory counts live tensors, and bytes on a GPU", (device) => {
  const before = measureMemory();
  const tensor = tf.tidy(() => tf.relu(tf.ones([64, 64])));
  const during = measureMemory();
  assert.equal(during.tensors, before.tensors + 1);
  if (device.name !== "webgpu") assert.equal(during.gpuBytes, 0);
  else assert.ok(during.gpuBytes >= before.gpuBytes + 64 * 64 * 4);
  tensor.dispose();
  assert.equal(measureMemory().tensors, before.tensors);
});
