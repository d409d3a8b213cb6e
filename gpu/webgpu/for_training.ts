// What the `webgpu` device computes itself where models are trained; it never reaches a visitor.

import { trainingCases } from "./cases/training_cases.ts";
import { forDrawing } from "./for_drawing.ts";
import type { KernelSet } from "./kernel_set.ts";
import { trainingKernels } from "./kernels/training_kernels.ts";

/** The kernels for training, which draws as well. */
export const forTraining: KernelSet = {
  kernels: { ...forDrawing.kernels, ...trainingKernels },
  cases: () => [...forDrawing.cases(), ...trainingCases()],
};
