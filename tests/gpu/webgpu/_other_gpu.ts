// The machine's GPU with something about it changed, in the place of `navigator.gpu`.

/**
 * Runs with a GPU under another name whose devices are changed as they are made.
 *
 * @param vendor the adapter's name: kernels are tried once for each
 */
export async function withOtherGpu(
  vendor: string,
  change: (device: GPUDevice) => void,
  run: () => Promise<void>,
): Promise<void> {
  const machine = navigator.gpu;
  const requestAdapter = async () => {
    const adapter = await machine.requestAdapter();
    if (!adapter) return null;
    return {
      info: { vendor, architecture: "", description: "", device: "", isFallbackAdapter: false },
      limits: adapter.limits,
      requestDevice: async (options: GPUDeviceDescriptor) => {
        const device = await adapter.requestDevice(options);
        change(device);
        return device;
      },
    };
  };
  Object.defineProperty(navigator, "gpu", { value: { requestAdapter }, configurable: true });
  try {
    await run();
  } finally {
    Reflect.deleteProperty(navigator, "gpu");
  }
}

/** A change of a device: the text of the shader with a label is replaced before it is compiled. */
export function changingShader(label: string, rewrite: (code: string) => string) {
  return (device: GPUDevice) => {
    const compile = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) =>
      compile(
        descriptor.label === label ? { ...descriptor, code: rewrite(descriptor.code) } : descriptor,
      );
  };
}
