// The door to tfjs's WebGPU backend and its kernels; loaded only where a GPU adapter is going to be used.

export { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
