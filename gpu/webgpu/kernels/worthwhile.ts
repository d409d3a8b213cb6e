// Where our kernels are not the faster ones, by measurement (docs/reports/webgpu_kernels.md): there tfjs's own run.

import type { NamedAttrMap, TensorInfo } from "../../tf.ts";

/** Channels of the input below which the tiles of our input gradient are mostly empty. */
const FEW_CHANNELS = 32;

/** Whether a kernel of ours is to run at such inputs. */
export function isWorthwhile(
  kernelName: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  _attrs: NamedAttrMap,
): boolean {
  if (kernelName !== "Conv2DBackpropInput") return true;
  const [, , cin] = inputs.filter.shape;
  return cin >= FEW_CHANNELS;
}
