// tfjs's WebGPU backend with two things added: kernels of our own, which may write several tensors, and an ear for the errors that the
// GPU tells nobody, which would otherwise be zeros.

import { type TensorInfo, util } from "../tf.ts";
import { WebGPUBackend } from "../tf_webgpu.ts";

/** The GPU did not do what it was told; what it computed cannot be trusted. */
export class GpuError extends Error {
  override name = "GpuError";
}

/** One run of a shader of ours. */
export interface GpuRun {
  /** The kernel's name: on the pipeline, and in errors. */
  readonly kernel: string;
  /** Whatever the text of the shader depends on, beside the names below. */
  readonly variant?: string | number;
  /** Tensors that are written, of which some may be read as well, by their names in the shader. */
  readonly writes: Readonly<Record<string, TensorInfo>>;
  /** Tensors that are only read, by their names in the shader: of floats, or of int32, then one by one. */
  readonly reads: Readonly<Record<string, TensorInfo>>;
  /** The names of those that the shader sees as vectors of four. */
  readonly vectors?: readonly string[];
  /** Whole numbers, in the shader `u.name` of type u32. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Other numbers, in the shader `u.name` of type f32. */
  readonly factors?: Readonly<Record<string, number>>;
  /** Threads of a workgroup. */
  readonly workgroup: readonly [number, number, number];
  /** Workgroups. */
  readonly grid: readonly [number, number, number];
  /** Constants, shared memory and functions of the shader. */
  readonly declare?: () => string;
  /** What a thread does; it knows `group`, `lane`, `index` (of the thread in its group) and `grid` (how many groups). */
  readonly body: () => string;
}

/** Errors that are told at a time: one cause makes many. */
const MOST_FAULTS = 4;

/** What tfjs's backend calls a program, as far as its recorder looks. */
interface RecordedProgram {
  pipeline: GPUComputePipeline;
  dispatch: readonly number[];
  pixelsOpType: number;
  constructor: { name: string };
}

/** The recorder of tfjs's backend; private in its types, and the same in every release since 2023. */
interface Recorder {
  recordAndSubmit(
    program: RecordedProgram,
    output: TensorInfo,
    inputs: readonly TensorInfo[],
    uniforms: readonly { type: "uint32" | "float32"; data: number[] }[],
  ): void;
}

type StockProgram = Parameters<WebGPUBackend["runWebGPUProgram"]>[0];

/** The backend of the device `webgpu`. */
export class GpuBackend extends WebGPUBackend {
  private readonly pipelines = new Map<string, GPUComputePipeline>();
  /** Errors that nobody has been told of, the first few: only some name their kernel. */
  private faults = new Set<string>();
  /** The kernel that is being recorded. */
  private recording = "";

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    // An error comes long after its cause, and names the cause by label alone.
    const createBindGroup = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) =>
      createBindGroup({ label: this.recording, ...descriptor });
    device.addEventListener("uncapturederror", (event) => {
      // What no reader has to see again on the console.
      event.preventDefault();
      if (this.faults.size < MOST_FAULTS) this.faults.add(event.error.message.trim());
    });
  }

  /** A new tensor of floats; its values are whatever the memory held. */
  makeFloats(shape: readonly number[]): TensorInfo {
    return this.makeTensorInfo([...shape], "float32");
  }

  /** Records one run of a shader of ours. */
  run(run: GpuRun): void {
    const { kernel, writes, reads, grid } = run;
    const outputs = Object.values(writes), inputs = Object.values(reads);
    const isEmpty = outputs.every(({ shape }) => util.sizeFromShape(shape) === 0);
    this.recording = kernel;
    for (const { dataId } of [...outputs, ...inputs]) this.uploadToGPU(dataId);
    // Values that were read back before are no longer true.
    for (const { dataId } of outputs) this.forgetValues(dataId, isEmpty);
    if (isEmpty) return;
    const [first, ...others] = [...outputs, ...inputs];
    const program: RecordedProgram = {
      pipeline: this.pipelineOf(run),
      dispatch: grid,
      // The recorder puts shapes of all tensors among the uniforms, and fewest with this.
      pixelsOpType: 0,
      constructor: { name: kernel },
    };
    (this as unknown as Recorder).recordAndSubmit(
      program,
      { ...first, shape: [] },
      others,
      numbersOf(run).map(({ type, value }) => ({ type, data: [value] })),
    );
  }

  private forgetValues(dataId: TensorInfo["dataId"], isEmpty: boolean): void {
    const data: { values: unknown } = this.tensorMap.get(dataId);
    data.values = isEmpty ? new Float32Array(0) : null;
  }

  private pipelineOf(run: GpuRun): GPUComputePipeline {
    const key = [run.kernel, run.variant, run.workgroup, run.vectors].join(";");
    const known = this.pipelines.get(key);
    if (known) return known;
    const { kernel: label } = run;
    const module = this.device.createShaderModule({ code: shaderOf(run), label });
    const compute = { module, entryPoint: "main" };
    const pipeline = this.device.createComputePipeline({ compute, layout: "auto", label });
    this.pipelines.set(key, pipeline);
    return pipeline;
  }

  override runWebGPUProgram(
    program: StockProgram,
    ...others: Parameters<WebGPUBackend["runWebGPUProgram"]> extends [unknown, ...infer Rest] ? Rest
      : never
  ): TensorInfo {
    // The class's name tells nothing where it is minified; the key begins with what the shader is called.
    this.recording = program.shaderKey.split(/[_;]/)[0];
    return super.runWebGPUProgram(program, ...others);
  }

  /** Puts a tensor's values into GPU memory. @throws {GpuError} if the device cannot hold or bind that much */
  override uploadToGPU(dataId: TensorInfo["dataId"]): void {
    const { resource, shape } = this.tensorMap.get(dataId);
    if (!resource) this.assertFits(shape);
    super.uploadToGPU(dataId);
  }

  private assertFits(shape: readonly number[]): void {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.device.limits;
    const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    const bytes = 4 * util.sizeFromShape([...shape]);
    if (bytes <= most) return;
    throw new GpuError(
      `Cannot run kernel ${this.recording}: a tensor of shape [${shape}] takes ${bytes} bytes, ` +
        `and this device binds at most ${most}`,
    );
  }

  /** A tensor's values. @throws {GpuError} if the GPU has failed since the last read: then nothing that it holds is to be trusted */
  override async read(dataId: TensorInfo["dataId"]): ReturnType<WebGPUBackend["read"]> {
    const values = await super.read(dataId);
    if (this.faults.size === 0) return values;
    const all = [...this.faults].join("; ");
    this.faults.clear();
    // A shader that was refused would be invalid for ever, and say no more why.
    this.pipelines.clear();
    throw new GpuError(`Cannot trust what the GPU computed: ${all}`);
  }
}

/** A run's numbers in an order that does not depend on how they were given. */
function numbersOf({ counts = {}, factors = {} }: GpuRun) {
  const sorted = (numbers: Readonly<Record<string, number>>, type: "uint32" | "float32") =>
    Object.keys(numbers).sort().map((name) => ({ name, type, value: numbers[name] }));
  return [...sorted(counts, "uint32"), ...sorted(factors, "float32")];
}

/** The text of a run's shader. */
function shaderOf(run: GpuRun): string {
  const { writes, reads, vectors = [], workgroup } = run;
  const tensors = { ...reads, ...writes };
  const typeOf = (name: string) =>
    tensors[name].dtype === "int32" ? "i32" : vectors.includes(name) ? "vec4f" : "f32";
  const bind = (name: string, access: string, at: number) =>
    `@group(0) @binding(${at}) var<storage, ${access}> ${name}: array<${typeOf(name)}>;`;
  const written = Object.keys(writes), read = Object.keys(reads);
  const fields = [
    // What the recorder puts in front of our numbers.
    "recorded: u32",
    ...numbersOf(run).map(({ name, type }) => `${name}: ${type === "uint32" ? "u32" : "f32"}`),
  ];
  return `
struct Uniforms { ${fields.join(", ")} };
${written.map((name, i) => bind(name, "read_write", i)).join("\n")}
${read.map((name, i) => bind(name, "read", written.length + i)).join("\n")}
@group(0) @binding(${written.length + read.length}) var<uniform> u: Uniforms;
${run.declare?.() ?? ""}
@compute @workgroup_size(${workgroup.join()})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(num_workgroups) grid: vec3u,
) {
${run.body()}
}`;
}
