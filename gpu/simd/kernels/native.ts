// What a kernel of the engine looks like from the backend.

import type { NamedAttrMap, TensorInfo } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";

/** Computes on the engine; undefined for attributes or shapes that are left to the stock kernel. Inputs are float32. */
export type NativeKernel = (
  inputs: Readonly<Record<string, TensorInfo>>,
  backend: SimdBackend,
  attrs: NamedAttrMap,
) => TensorInfo | undefined;
