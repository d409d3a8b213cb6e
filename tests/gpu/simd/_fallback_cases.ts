// A use of every kernel that the engine leaves to tfjs's CPU backend, on operands that lie in the engine's heap.

import { randomStream } from "../../../gpu/random.ts";
import { sizeOf } from "../../../gpu/shape.ts";
import { SimdBackend } from "../../../gpu/simd/backend.ts";
import * as tf from "../../../gpu/tf.ts";

/** What a case computes; all tensors that it makes on the way are tidied. */
export type FallbackCase = () => tf.Tensor | tf.Tensor[];

const random = randomStream(1, "fallbacks");

/** A tensor whose values lie in the heap, if there is one. */
function inHeap<T extends tf.Tensor>(tensor: T): T {
  const backend = tf.backend();
  if (backend instanceof SimdBackend) backend.addressOf(tensor);
  return tensor;
}

const numbers = new Map<string, Float32Array>();

/** Random numbers of a shape: the same ones on every device. */
function x<R extends tf.Rank>(...shape: number[]): tf.Tensor<R> {
  const key = shape.join();
  const values = numbers.get(key) ?? random.normals(sizeOf(shape));
  numbers.set(key, values);
  return inHeap(tf.tensor(values, shape as never)) as tf.Tensor<R>;
}

const ints = (values: number[]) => inHeap(tf.tensor1d(values, "int32"));
const flags = (...shape: number[]) => inHeap(tf.greater(x(...shape), 0));

/** Runs a kernel that no operation of tfjs-core calls. */
function run(
  name: string,
  inputs: Record<string, tf.Tensor | tf.Tensor[]>,
  attrs: Record<string, unknown>,
): tf.Tensor | tf.Tensor[] {
  return tf.engine().runKernel(
    name,
    inputs as unknown as tf.NamedTensorMap,
    attrs as tf.NamedAttrMap,
  ) as tf.Tensor;
}

const complex = () => tf.complex(x(4, 8), tf.mul(x(4, 8), 2));
const image = () => x<tf.Rank.R4>(2, 6, 8, 3);
const volume = () => x<tf.Rank.R5>(1, 4, 5, 4, 2);
const depthwise = () => x<tf.Rank.R4>(3, 3, 3, 2);
const boxes = () => inHeap(tf.tensor2d([[0, 0, 0.5, 0.5], [0, 0, 0.52, 0.5], [0.4, 0.4, 1, 1]]));
const sparse = () => ({
  indices: tf.tensor2d([[0, 1], [0, 3], [2, 0]], undefined, "int32"),
  values: inHeap(tf.tensor1d([1.5, 2.5, 3.5])),
});
const words = () => tf.tensor1d(["one two", "three"], "string");

/** The gradient of a function at random numbers of a shape. */
const gradientOf = (shape: number[], fn: (values: tf.Tensor) => tf.Tensor) =>
  tf.grad(fn)(x(...shape));

/** The cases by the kernel's name. */
export const fallbackCases: Readonly<Record<string, FallbackCase>> = {
  All: () => tf.all(flags(3, 4), 1),
  Any: () => tf.any(flags(3, 4), 0),
  ArgMax: () => tf.argMax(x(3, 7), 1),
  ArgMin: () => tf.argMin(x(3, 7), 0),
  AvgPool: () => tf.avgPool(image(), 3, 2, "same"),
  AvgPool3D: () => tf.avgPool3d(volume(), 2, 1, "valid"),
  AvgPool3DGrad: () =>
    gradientOf([1, 4, 5, 4, 2], (v) => tf.sum(tf.avgPool3d(v as tf.Tensor5D, 2, 1, "valid"))),
  AvgPoolGrad: () =>
    gradientOf([2, 6, 8, 3], (v) => tf.sum(tf.avgPool(v as tf.Tensor4D, 3, 2, "same"))),
  BatchToSpaceND: () => tf.batchToSpaceND(x(4, 2, 3, 1), [2, 2], [[0, 1], [1, 0]]),
  Bincount: () => tf.bincount(ints([0, 2, 2, 3]), x<tf.Rank.R1>(4), 5),
  BitwiseAnd: () => run("BitwiseAnd", { a: ints([5, 6, 7]), b: ints([3, 3, 12]) }, {}),
  BroadcastArgs: () => tf.broadcastArgs(ints([2, 1]), ints([1, 3])),
  Complex: () => tf.real(complex()),
  ComplexAbs: () => tf.abs(complex()),
  Conv3D: () => tf.conv3d(volume(), x(2, 2, 2, 2, 3), 1, "valid"),
  Conv3DBackpropFilterV2: () =>
    gradientOf([2, 2, 2, 2, 3], (w) => tf.sum(tf.conv3d(volume(), w as tf.Tensor5D, 1, "valid"))),
  Conv3DBackpropInputV2: () =>
    tf.conv3dTranspose(volume(), x(2, 2, 2, 3, 2), [1, 5, 6, 5, 3], 1, "valid"),
  CropAndResize: () => tf.image.cropAndResize(image(), boxes(), [0, 1, 1], [3, 4]),
  Cumprod: () => tf.cumprod(x(3, 5), 1),
  Cumsum: () => tf.cumsum(x(3, 5), 1),
  DenseBincount: () => tf.denseBincount(ints([0, 2, 2, 3]), x<tf.Rank.R1>(4), 5),
  DepthToSpace: () => tf.depthToSpace(x(1, 3, 2, 8), 2, "NHWC"),
  DepthwiseConv2dNative: () => tf.depthwiseConv2d(image(), depthwise(), 1, "same"),
  DepthwiseConv2dNativeBackpropFilter: () =>
    gradientOf(
      [3, 3, 3, 2],
      (w) => tf.sum(tf.depthwiseConv2d(image(), w as tf.Tensor4D, 1, "same")),
    ),
  DepthwiseConv2dNativeBackpropInput: () =>
    gradientOf(
      [2, 6, 8, 3],
      (v) => tf.sum(tf.depthwiseConv2d(v as tf.Tensor4D, depthwise(), 1, "same")),
    ),
  Diag: () => tf.diag(x(5)),
  Dilation2D: () => tf.dilation2d(image(), x(2, 2, 3), 1, "valid"),
  Dilation2DBackpropFilter: () =>
    gradientOf([2, 2, 3], (w) => tf.sum(tf.dilation2d(image(), w as tf.Tensor3D, 1, "valid"))),
  Dilation2DBackpropInput: () =>
    gradientOf(
      [2, 6, 8, 3],
      (v) => tf.sum(tf.dilation2d(v as tf.Tensor4D, x(2, 2, 3), 1, "valid")),
    ),
  Einsum: () => tf.einsum("ij,jk->ik", x(3, 4), x(4, 5)),
  FFT: () => tf.imag(tf.fft(complex())),
  FlipLeftRight: () => tf.image.flipLeftRight(image()),
  FloorDiv: () => tf.floorDiv(x(3, 4), x(3, 1)),
  FusedBatchNorm: () => tf.batchNorm(image(), x(3), tf.abs(x(3)), x(3), x(3)),
  FusedDepthwiseConv2D: () =>
    tf.fused.depthwiseConv2d({
      ...{
        x: image(),
        filter: depthwise(),
        strides: 1,
        pad: "same",
        bias: x(6),
        activation: "relu",
      },
    }),
  GatherNd: () => tf.gatherND(x(3, 4), tf.tensor2d([[0, 1], [2, 3]], undefined, "int32")),
  IFFT: () => tf.real(tf.ifft(complex())),
  Imag: () => tf.imag(complex()),
  IsFinite: () => tf.isFinite(x(3, 4)),
  IsInf: () => tf.isInf(x(3, 4)),
  IsNan: () => tf.isNaN(x(3, 4)),
  LRN: () => tf.localResponseNormalization(image(), 2),
  LRNGrad: () =>
    gradientOf([2, 6, 8, 3], (v) => tf.sum(tf.localResponseNormalization(v as tf.Tensor4D, 2))),
  LinSpace: () => tf.linspace(0, 1, 7),
  LogicalAnd: () => tf.logicalAnd(flags(3, 4), flags(3, 1)),
  LogicalNot: () => tf.logicalNot(flags(3, 4)),
  LogicalOr: () => tf.logicalOr(flags(3, 4), flags(1, 4)),
  MaxPool: () => tf.maxPool(image(), 3, 2, "same"),
  MaxPool3D: () => tf.maxPool3d(volume(), 2, 1, "valid"),
  MaxPool3DGrad: () =>
    gradientOf([1, 4, 5, 4, 2], (v) => tf.sum(tf.maxPool3d(v as tf.Tensor5D, 2, 1, "valid"))),
  MaxPoolGrad: () =>
    gradientOf([2, 6, 8, 3], (v) => tf.sum(tf.maxPool(v as tf.Tensor4D, 3, 2, "same"))),
  MaxPoolWithArgmax: () => tf.maxPoolWithArgmax(image(), 2, 2, "same").result,
  Multinomial: () => tf.multinomial(x<tf.Rank.R2>(2, 5), 6, 3),
  NonMaxSuppressionV3: () => tf.image.nonMaxSuppression(boxes(), x<tf.Rank.R1>(3), 2),
  NonMaxSuppressionV4: () =>
    tf.image.nonMaxSuppressionPadded(boxes(), x<tf.Rank.R1>(3), 2).selectedIndices,
  NonMaxSuppressionV5: () =>
    tf.image.nonMaxSuppressionWithScore(boxes(), x<tf.Rank.R1>(3), 2, 0.5, -9, 0.1).selectedScores,
  OneHot: () => tf.oneHot(ints([0, 2, 1]), 4),
  Prod: () => tf.prod(x(3, 4), 1),
  RaggedGather: () =>
    run("RaggedGather", {
      ...{ paramsNestedSplits: [ints([0, 2, 5])], paramsDenseValues: x(5, 2) },
      ...{ indices: ints([1, 0]) },
    }, { outputRaggedRank: 1 }),
  RaggedRange: () =>
    run("RaggedRange", { starts: ints([0, 2]), limits: ints([3, 4]), deltas: ints([1, 1]) }, {}),
  RaggedTensorToTensor: () =>
    run("RaggedTensorToTensor", {
      ...{ shape: ints([2, 3]), values: x(4), defaultValue: tf.scalar(9) },
      ...{ rowPartitionTensors: [ints([0, 1, 4])] },
    }, { rowPartitionTypes: ["ROW_SPLITS"] }),
  Range: () => tf.range(0, 9, 2),
  Real: () => tf.real(complex()),
  RotateWithOffset: () => tf.image.rotateWithOffset(image(), 0.3),
  ScatterNd: () => tf.scatterND(tf.tensor2d([[1], [3]], undefined, "int32"), x(2, 3), [5, 3]),
  SearchSorted: () =>
    tf.searchSorted(inHeap(tf.tensor2d([[1, 2, 3]])), inHeap(tf.tensor2d([[0.5, 2.5]]))),
  SpaceToBatchND: () => tf.spaceToBatchND(x(1, 4, 4, 1), [2, 2], [[0, 0], [0, 2]]),
  SparseFillEmptyRows: () => {
    const { indices, values } = sparse();
    const filled = tf.sparse.sparseFillEmptyRows(indices, values, ints([3, 4]), tf.scalar(9));
    return [filled.outputIndices, filled.outputValues];
  },
  SparseReshape: () =>
    tf.sparse.sparseReshape(sparse().indices, ints([3, 4]), ints([2, 6])).outputIndices,
  SparseSegmentMean: () => tf.sparse.sparseSegmentMean(x(4, 3), ints([0, 2, 3]), ints([0, 0, 1])),
  SparseSegmentSum: () => tf.sparse.sparseSegmentSum(x(4, 3), ints([0, 2, 3]), ints([0, 0, 1])),
  SparseToDense: () => {
    const { indices, values } = sparse();
    return tf.sparseToDense(indices, values, [3, 4], tf.scalar(0.5));
  },
  StaticRegexReplace: () => tf.string.staticRegexReplace(words(), "o", "0"),
  StridedSlice: () => tf.stridedSlice(x(5, 6), [0, 1], [5, 6], [2, 3]),
  StringNGrams: () =>
    tf.string.stringNGrams(words() as tf.Tensor1D, ints([0, 2]), " ", [2], "", "", 0, false).nGrams,
  StringSplit: () => tf.string.stringSplit(words() as tf.Tensor1D, tf.scalar(" ", "string")).values,
  StringToHashBucketFast: () => tf.string.stringToHashBucketFast(words(), 10),
  TensorScatterUpdate: () =>
    tf.tensorScatterUpdate(x(5, 3), tf.tensor2d([[1], [3]], undefined, "int32"), x(2, 3)),
  TopK: () => Object.values(tf.topk(x(3, 7), 3)),
  Transform: () =>
    tf.image.transform(
      image(),
      inHeap(tf.tensor2d([[1, 0.1, 0.2, 0, 0.9, 0.3, 0, 0]])),
      "bilinear",
    ),
  Unique: () => {
    const { values, indices } = tf.unique(ints([3, 1, 3, 2]));
    return [values, indices];
  },
};

/** Kernels that draw to a canvas: there is none outside a page. */
export const notHere: readonly string[] = ["Draw"];
