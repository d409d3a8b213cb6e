// A style generator as an ONNX model, by the official protobuf definition (npm onnx-proto), of opset 17.

import proto from "onnx-proto";
import type { GeneratorConfig } from "../models/cyclegan/config.ts";
import type { LoadedTensor } from "../models/train_state.ts";

const { onnx } = proto;

/** The version of ONNX' operators that the model names. */
export const OPSET = 17;
/** The names of the model's input and output: pictures [n, 3, height, width] in [-1, 1]. */
export const ONNX_INPUT = "picture", ONNX_OUTPUT = "redrawn";

/** As in `InstanceNorm2d`; see gpu/norm.ts. */
const EPSILON = 1e-5;
/** The version of the file format; opset 17 came with it. */
const IR_VERSION = 8;

/** A model under construction: every node takes what the one before gave. */
interface Graph {
  nodes: InstanceType<typeof onnx.NodeProto>[];
  initializers: InstanceType<typeof onnx.TensorProto>[];
  /** What the newest node gives. */
  last: string;
}

type Attributes = Record<string, number | string | readonly number[]>;

/**
 * The model's bytes.
 *
 * @param parameters in the order of the layers, in PyTorch's layouts, which are ONNX' own: a weight and a bias for each
 * @param facts what the model says of itself: keys and texts
 */
export function encodeOnnx(
  { blocks, upsample }: GeneratorConfig,
  parameters: readonly [name: string, tensor: LoadedTensor][],
  facts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const graph: Graph = { nodes: [], initializers: [], last: ONNX_INPUT };
  for (const [name, { shape, values }] of parameters) addFloats(graph, name, shape, values);
  const names = parameters.map(([name]) => name);
  const layer = (): [weight: string, bias: string] => [names.shift() ?? "", names.shift() ?? ""];
  const shape = ([weight]: readonly string[]) =>
    parameters.find(([name]) => name === weight)?.[1].shape ?? [];
  const conv = (size: number, { stride = 1, pad = 0 } = {}) => {
    const own = layer();
    addConv(graph, own, { size, stride, pad });
    return shape(own)[0];
  };

  reflect(graph, 3);
  norm(graph, conv(7), { relu: true });
  for (let i = 0; i < 2; i++) norm(graph, conv(3, { stride: 2, pad: 1 }), { relu: true });
  for (let i = 0; i < blocks; i++) {
    const start = graph.last;
    reflect(graph, 1);
    norm(graph, conv(3), { relu: true });
    reflect(graph, 1);
    norm(graph, conv(3));
    add(graph, "Add", [start, graph.last]);
  }
  for (let i = 0; i < 2; i++) {
    if (upsample === "convt") {
      const own = layer();
      addTransposed(graph, own);
      norm(graph, shape(own)[1], { relu: true });
    } else {
      double(graph);
      reflect(graph, 1);
      norm(graph, conv(3), { relu: true });
    }
  }
  reflect(graph, 3);
  conv(7);
  add(graph, "Tanh", [graph.last]);
  return encodeModel(graph, facts);
}

/** Adds a node, whose output is then the last. */
function add(graph: Graph, opType: string, input: string[], attributes: Attributes = {}): void {
  graph.last = `${opType}_${graph.nodes.length}`;
  graph.nodes.push(onnx.NodeProto.create({
    ...{ opType, name: graph.last, input, output: [graph.last] },
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  }));
}

/** Text, a whole number list, or a single float, which is all that these operators take. */
function attribute(name: string, value: Attributes[string]) {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === "string") {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  }
  if (typeof value === "number") return { name, type: AttributeType.FLOAT, f: value };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

function addFloats(
  graph: Graph,
  name: string,
  dims: readonly number[],
  values: Float32Array,
): void {
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const dataType = onnx.TensorProto.DataType.FLOAT;
  graph.initializers.push(onnx.TensorProto.create({ name, dims: [...dims], dataType, rawData }));
}

/** The name of a constant, which is added if it is not there yet. */
function constant(graph: Graph, name: string, make: () => void): string {
  if (!graph.initializers.some((known) => known.name === name)) make();
  return name;
}

function reflect(graph: Graph, pad: number): void {
  const pads = constant(graph, `pads_${pad}`, () => {
    const ends = [0, 0, pad, pad, 0, 0, pad, pad];
    const rawData = new Uint8Array(BigInt64Array.from(ends, BigInt).buffer);
    const dataType = onnx.TensorProto.DataType.INT64;
    const facts = { name: `pads_${pad}`, dims: [ends.length], dataType, rawData };
    graph.initializers.push(onnx.TensorProto.create(facts));
  });
  add(graph, "Pad", [graph.last, pads], { mode: "reflect" });
}

function addConv(
  graph: Graph,
  parameters: readonly string[],
  { size, stride, pad }: { size: number; stride: number; pad: number },
): void {
  add(graph, "Conv", [graph.last, ...parameters], {
    kernel_shape: [size, size],
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
  });
}

/** `ConvTranspose2d(3, stride=2, padding=1, output_padding=1)`; see gpu/conv.ts. */
function addTransposed(graph: Graph, parameters: readonly string[]): void {
  add(graph, "ConvTranspose", [graph.last, ...parameters], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    output_padding: [1, 1],
  });
}

function norm(graph: Graph, channels: number, { relu = false } = {}): void {
  const filled = (name: string, value: number) =>
    constant(
      graph,
      name,
      () => addFloats(graph, name, [channels], new Float32Array(channels).fill(value)),
    );
  const input = [graph.last, filled(`ones_${channels}`, 1), filled(`zeros_${channels}`, 0)];
  add(graph, "InstanceNormalization", input, { epsilon: EPSILON });
  if (relu) add(graph, "Relu", [graph.last]);
}

/** Each pixel twice in both directions. */
function double(graph: Graph): void {
  const scales = constant(
    graph,
    "scales",
    () => addFloats(graph, "scales", [4], Float32Array.of(1, 1, 2, 2)),
  );
  add(graph, "Resize", [graph.last, "", scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}

function encodeModel(
  { nodes, initializers }: Graph,
  facts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  nodes[nodes.length - 1].output = [ONNX_OUTPUT];
  const dim = [{ dimParam: "n" }, { dimValue: 3 }, { dimParam: "height" }, { dimParam: "width" }];
  const elemType = onnx.TensorProto.DataType.FLOAT;
  const pictures = (name: string) => ({ name, type: { tensorType: { elemType, shape: { dim } } } });
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: "Lobbycard",
    opsetImport: [{ domain: "", version: OPSET }],
    metadataProps: Object.entries(facts).map(([key, value]) => ({ key, value })),
    graph: {
      name: "generator",
      node: nodes,
      initializer: initializers,
      input: [pictures(ONNX_INPUT)],
      output: [pictures(ONNX_OUTPUT)],
    },
  });
  return Uint8Array.from(onnx.ModelProto.encode(model).finish());
}
