// All that the engine's module exports.

export { convolve, packAdjoint, packColumns, padImage } from "./convolution";
export { filterGradient } from "./filter_gradient";
export { binary, sum, unary } from "./elementwise";
