// All that the engine's module exports.

export { idle, reportLost, setThread, stop, work } from "./threads";
export { setUnrolled } from "./tile";
export { packAdjoint, packDots, packPanels } from "./pack";
export { padImages } from "./pad";
export { multiply } from "./matmul";
export { convolve } from "./convolution";
export { filterGradient } from "./filter_gradient";
export { winograd } from "./winograd";
export { winogradFilterGradient } from "./winograd_filter";
export { instanceNorm, instanceNormGradient } from "./norm";
export { mirrorPad, mirrorPadGradient } from "./mirror_pad";
export { binary, bytesToFloats, select } from "./binary";
export { unary } from "./unary";
export { reduce } from "./reduce";
export { copyStrided, fill, gather, segmentSum } from "./rearrange";
export { softmax } from "./softmax";
export { resize, resizeGradient } from "./resize";
export { filterSides } from "./filter_sides";
export { adam, ema, sumSquares } from "./optimiser";
