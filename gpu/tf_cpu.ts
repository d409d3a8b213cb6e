// The door to tfjs's plain CPU backend and its kernels; loaded only where it is going to be used.

export { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
