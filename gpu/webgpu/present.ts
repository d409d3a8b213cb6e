// Draws a tensor on a canvas straight from the GPU's memory: nothing is read back.

import type { Picture } from "../picture.ts";
import * as tf from "../tf.ts";
import type { WebGPUBackend } from "../tf_webgpu.ts";
import { findSteps, PRESENT_SHADER, type View, VIEW_NUMBERS } from "./present_shader.ts";

export type { View } from "./present_shader.ts";

/** A canvas that cannot be drawn on this way; the message says why, for the visitor. */
export class PresentError extends Error {
  override name = "PresentError";
}

/** A canvas that shows what the GPU has computed. */
export interface Presenter {
  /**
   * Shows a result, the canvas as large as `before`.
   *
   * @param after [1, h, w, 3] in [-1, 1], at least as large as `before`, which is its top left; stays the caller's, and has to live for
   * as long as it is shown
   * @throws {PresentError} if the canvas cannot hold or show it
   * @throws {GpuError} if computing it has failed
   */
  show(after: tf.Tensor4D, before: Picture): Promise<void>;
  /** Draws what is shown anew: the line elsewhere, or another strength. @throws {PresentError} as `show` */
  look(view: View): Promise<void>;
  dispose(): void;
}

/**
 * Makes a canvas ready to be drawn on by the current device, which has to be `webgpu`.
 *
 * @throws {PresentError} if the browser or the device refuses
 */
export async function openPresenter(canvas: OffscreenCanvas): Promise<Presenter> {
  const { device } = currentBackend();
  const format = navigator.gpu.getPreferredCanvasFormat();
  const context = canvas.getContext("webgpu") as GPUCanvasContext | null;
  if (!context) throw new PresentError("this browser gives a worker no WebGPU canvas");
  await guard(device, () => context.configure({ device, format, alphaMode: "opaque" }));
  const painter = await createPainter(format);
  return {
    show: async (after, before) => {
      painter.assertFits(before);
      await settle(after);
      canvas.width = before.width;
      canvas.height = before.height;
      painter.take(after, before);
      await painter.paint(() => context.getCurrentTexture());
    },
    look: async (view) => await painter.paint(() => context.getCurrentTexture(), view),
    dispose: () => {
      painter.dispose();
      context.unconfigure();
    },
  };
}

/** Waits until a tensor is computed: with one number of it comes word of whatever has gone wrong on the GPU, or that it is lost. */
async function settle(tensor: tf.Tensor4D): Promise<void> {
  const corner = tf.slice4d(tensor, [0, 0, 0, 0], [1, 1, 1, 1]);
  await corner.data().finally(() => corner.dispose());
}

/** What draws, whatever it draws on. */
export interface Painter {
  /** @throws {PresentError} if the device has no canvas or texture of that size */
  assertFits(picture: Pick<Picture, "width" | "height">): void;
  /** What is drawn from now on; parameters as `Presenter.show` has them. */
  take(after: tf.Tensor4D, before: Picture): void;
  /** Draws on a texture as large as `before`; nothing before anything was taken. @throws {PresentError} if the device refuses */
  paint(target: () => GPUTexture, view?: View): Promise<void>;
  dispose(): void;
}

/** A painter of the current device, which has to be `webgpu`. @throws {PresentError} if that refuses the shader */
export async function createPainter(format: GPUTextureFormat): Promise<Painter> {
  const backend = currentBackend(), { device } = backend;
  assertFragmentBuffers(device);
  const pipeline = await createPipeline(device, format);
  const numbers = createUniforms(device, "present view", new Uint32Array(VIEW_NUMBERS));
  const steps = createUniforms(device, "present steps", findSteps());
  let view: View = { split: 50, strength: 100 };
  let source: GPUTexture | undefined, bindings: GPUBindGroup | undefined;
  let sizes: readonly number[] = [];
  return {
    assertFits: (picture) => assertTextureFits(device, picture),
    take(after, before) {
      assertCovers(after, before);
      if (source?.width !== before.width || source.height !== before.height) {
        source?.destroy();
        source = createSource(device, before);
      }
      writeSource(device, source, before);
      const values = bufferOf(backend, after);
      const resources = [
        ...[numbers, steps, values].map((buffer) => ({ buffer })),
        source.createView(),
      ];
      const entries = resources.map((resource, binding) => ({ binding, resource }));
      const layout = pipeline.getBindGroupLayout(0);
      bindings = device.createBindGroup({ label: "present", layout, entries });
      sizes = [before.width, after.shape[2]];
    },
    async paint(target, newView = view) {
      view = newView;
      const group = bindings;
      if (!group) return;
      const values = Uint32Array.of(...sizes, view.split, view.strength);
      device.queue.writeBuffer(numbers, 0, values);
      await guard(device, () => draw(device, pipeline, group, target()));
    },
    dispose() {
      source?.destroy();
      numbers.destroy();
      steps.destroy();
    },
  };
}

function draw(
  device: GPUDevice,
  pipeline: GPURenderPipeline,
  bindings: GPUBindGroup,
  target: GPUTexture,
): void {
  const encoder = device.createCommandEncoder({ label: "present" });
  const pass = encoder.beginRenderPass({
    colorAttachments: [{ view: target.createView(), loadOp: "clear", storeOp: "store" }],
  });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindings);
  pass.draw(3);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

function currentBackend(): WebGPUBackend {
  const name = tf.getBackend();
  if (name !== "webgpu") throw new PresentError(`the device is ${name}, not webgpu`);
  return tf.backend() as WebGPUBackend;
}

/** Devices that imitate an old graphics interface have no such buffers. */
function assertFragmentBuffers({ limits }: GPUDevice): void {
  const { maxStorageBuffersInFragmentStage: most } = limits as {
    maxStorageBuffersInFragmentStage?: number;
  };
  if (most !== undefined && most < 1) {
    throw new PresentError("this GPU lets no fragment shader read a storage buffer");
  }
}

function assertTextureFits(
  { limits }: GPUDevice,
  { width, height }: Pick<Picture, "width" | "height">,
): void {
  const most = limits.maxTextureDimension2D;
  if (Math.max(width, height) <= most) return;
  throw new PresentError(
    `${width}x${height} pixels are too large for this GPU's canvases, which have at most ${most} a side`,
  );
}

function assertCovers({ shape }: tf.Tensor4D, { width, height }: Picture): void {
  const [n, rows, columns, channels] = shape;
  if (n === 1 && channels === 3 && rows >= height && columns >= width) return;
  throw new TypeError(
    `Cannot draw a tensor of shape [${shape}]; expected [1, ${height} or more, ${width} or more, 3]`,
  );
}

/** tfjs's own buffer of a tensor, not a copy. Whatever computes it has to be submitted before. */
function bufferOf(backend: WebGPUBackend, { dataId }: tf.Tensor4D): GPUBuffer {
  backend.uploadToGPU(dataId);
  return backend.tensorMap.get(dataId).resource as GPUBuffer;
}

async function createPipeline(
  device: GPUDevice,
  format: GPUTextureFormat,
): Promise<GPURenderPipeline> {
  return await guard(device, () => {
    const module = device.createShaderModule({ label: "present", code: PRESENT_SHADER });
    return device.createRenderPipeline({
      label: "present",
      layout: "auto",
      vertex: { module, entryPoint: "cover" },
      fragment: { module, entryPoint: "draw", targets: [{ format }] },
    });
  });
}

function createUniforms(
  device: GPUDevice,
  label: string,
  values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
): GPUBuffer {
  const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ label, size: values.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, values);
  return buffer;
}

function createSource(device: GPUDevice, { width, height }: Picture): GPUTexture {
  return device.createTexture({
    label: "present source",
    size: [width, height],
    format: "rgba8unorm",
    usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
  });
}

function writeSource(device: GPUDevice, texture: GPUTexture, { width, height, data }: Picture) {
  const bytes = data as Uint8Array<ArrayBuffer> | Uint8ClampedArray<ArrayBuffer>;
  device.queue.writeTexture({ texture }, bytes, { bytesPerRow: width * 4 }, [width, height]);
}

/** Runs what may be refused; the GPU says so later, or at once. @throws {PresentError} with its words */
async function guard<Result>(device: GPUDevice, run: () => Result): Promise<Result> {
  device.pushErrorScope("validation");
  let result: Result | undefined, thrown: unknown;
  try {
    result = run();
  } catch (error) {
    thrown = error;
  }
  const found = await device.popErrorScope();
  const refusal = (thrown ?? found) as Error | GPUError | null;
  if (!refusal) return result as Result;
  throw new PresentError(refusal.message.trim());
}
