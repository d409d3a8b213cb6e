// Exports a run's style generators for other programs: ONNX, and PyTorch's weights as .pth or as safetensors.

import { join } from "node:path";
import { encodeSafetensors, storeFloats } from "../gpu/safetensors.ts";
import { sizeOf } from "../gpu/shape.ts";
import type { GeneratorConfig } from "../models/cyclegan/config.ts";
import { isIdleBias } from "../models/cyclegan/generator.ts";
import type { LoadedTensor } from "../models/train_state.ts";
import { writeAtomically } from "./_atomic_file.ts";
import { parseChoice, TaskError, UsageError } from "./_cli.ts";
import { publishedNames } from "./_cyclegan_keys.ts";
import { exportStyle } from "./_export_style.ts";
import type { ExportFlags } from "./_exported_model.ts";
import { isRunOf, readRun } from "./_read_run.ts";
import { permuteAxes, readFloats32, rowStrides } from "./_state_tensor.ts";
import { encodeStateDict } from "./_torch_writer.ts";
import { assertStorable, claimModelFolder } from "./_write_model.ts";

/** The formats of other programs. */
export const FOREIGN_FORMATS = ["onnx", "safetensors", "pth-keys"] as const;

/** A format of another program. */
export type ForeignFormat = typeof FOREIGN_FORMATS[number];

/** Where these exports go; not to the app's models, which it could not read. */
const EXPORTS_DIR = "exports";
/** The axes of PyTorch's kernels [b, a, k, k] in our [k, k, a, b]. */
const PUBLISHED_AXES = [3, 2, 0, 1];
const DIRECTIONS = { AtoB: "genAB", BtoA: "genBA" } as const;

/**
 * Writes a file for each direction.
 *
 * @returns what was written, in lines
 * @throws {TaskError} if the run is none of style models, a value is not finite, or the disk refuses
 */
export async function exportForeign(
  format: ForeignFormat,
  runPath: string,
  id: string,
  flags: ExportFlags,
): Promise<string[]> {
  const dtype = parseChoice("dtype", flags.dtype ?? "f32", ["f16", "f32"]);
  if (format === "onnx" && dtype !== "f32") {
    throw new UsageError("--dtype is f16, expected f32: ONNX models are written as f32");
  }
  const folder = await claimModelFolder("export", id, { out: EXPORTS_DIR, ...flags });
  const run = await readRun(runPath, (warning) => console.error(warning));
  if (!isRunOf(run, "cyclegan")) {
    throw new TaskError(`Cannot export ${runPath} as ${format}: expected a run of a style model`);
  }
  const { tensors } = await exportStyle(run, flags), config = run.checkpoint.config.generator;
  const facts = describe(config, flags);
  await Deno.mkdir(folder, { recursive: true });
  const lines: string[] = [];
  for (const [direction, network] of Object.entries(DIRECTIONS)) {
    const published = toPublished(tensors, network, { config, dtype });
    const file = join(folder, `${direction}.${format === "pth-keys" ? "pth" : format}`);
    const bytes = await encodeAs(format, published, { config, dtype, facts });
    await writeAtomically(file, bytes);
    lines.push(`${file}: ${(bytes.length / 1e6).toFixed(2)} MB as ${dtype}`);
  }
  return format === "onnx" || config.upsample === "convt" ? lines : [...lines, RESIZE_NOTE];
}

/** How the published code must be changed for a generator that it does not have. */
const RESIZE_NOTE = "This generator has nn.Upsample(scale_factor=2), nn.ReflectionPad2d(1) and " +
  "nn.Conv2d(..., kernel_size=3) in place of each nn.ConvTranspose2d of the published code.";

/**
 * A generator's parameters by their published names and in PyTorch's layouts, in the order of the layers. Biases that it has none of
 * are zeros.
 *
 * @throws {TaskError} if one is missing, or has a value that the type cannot hold
 */
export function toPublished(
  tensors: ReadonlyMap<string, LoadedTensor>,
  network: string,
  { config, dtype }: { config: GeneratorConfig; dtype: "f16" | "f32" },
): [name: string, tensor: LoadedTensor][] {
  return publishedNames(config).map(({ path, name, shape }) => {
    const isLeftOut = config.bias === "needed" && isIdleBias(path);
    if (isLeftOut) return [name, { shape, values: new Float32Array(sizeOf(shape)) }];
    const found = tensors.get(`${network}.${path}`);
    if (!found) throw new TaskError(`Cannot export: "${network}.${path}" is missing`);
    const { values } = found;
    assertStorable(`${network}.${path}`, values, dtype);
    if (shape.length === 1) return [name, { shape, values }];
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const own = { dtype: "float32", shape: found.shape, strides: rowStrides(found.shape) } as const;
    const turned = permuteAxes({ ...own, offset: 0, bytes }, PUBLISHED_AXES);
    return [name, { shape, values: readFloats32(turned) }];
  });
}

async function encodeAs(
  format: ForeignFormat,
  published: readonly [name: string, tensor: LoadedTensor][],
  { config, dtype, facts }: {
    config: GeneratorConfig;
    dtype: "f16" | "f32";
    facts: Record<string, string>;
  },
): Promise<Uint8Array> {
  if (format === "onnx") {
    // Only who asks for it pays for loading the definition.
    const { encodeOnnx } = await import("./_onnx_generator.ts");
    return encodeOnnx(config, published, facts);
  }
  const stored = new Map(published.map(([name, { shape, values }]) => {
    const type = dtype === "f16" ? "F16" : "F32";
    return [name, { ...storeFloats(values, shape, type), dtype: type } as const];
  }));
  return format === "pth-keys"
    ? encodeStateDict(stored)
    : encodeSafetensors(stored, { format: "pt", ...facts });
}

function describe(config: GeneratorConfig, flags: ExportFlags): Record<string, string> {
  return {
    name: flags.name ?? flags.id ?? "",
    license: flags.license ?? "MIT",
    architecture: `CycleGAN ResnetGenerator, ngf ${config.width}, ${config.blocks} blocks, ` +
      `instance norms, ${config.upsample}`,
    pictures: "RGB, [n, 3, height, width], values in [-1, 1], sides multiples of 4",
  };
}
