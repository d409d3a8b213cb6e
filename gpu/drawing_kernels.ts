// Which of tfjs's kernels drawing takes: the pages' build leaves the others out, and a test draws by every architecture to compare.

/** Their names, as tfjs registers them on each backend. */
export const drawingKernels: readonly string[] = [
  "Add",
  "BatchMatMul",
  "Cast",
  "Concat",
  "Conv2D",
  "Conv2DBackpropInput",
  "FusedConv2D",
  "Identity",
  "LeakyRelu",
  "Maximum",
  "Mean",
  "Minimum",
  "MirrorPad",
  "Multiply",
  "PadV2",
  "RealDiv",
  "Relu",
  "Reshape",
  "ResizeNearestNeighbor",
  "Rsqrt",
  "Slice",
  "SplitV",
  "Sqrt",
  "Square",
  "Sub",
  "Sum",
  "Tanh",
];

/** The same on tfjs's processor backend, with those that ours there take the place of before anything is drawn. */
export const cpuKernels: readonly string[] = [...drawingKernels, "Conv2DBackpropFilter", "Reverse"];
