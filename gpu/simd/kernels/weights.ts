// Kernels of convolutions in the form in which the engine reads them, prepared once for each tensor of weights: panels of 16 output
// channels, or whole rows where there are at most 3 (assembly/pack.ts).

import type { backend_util, TensorInfo } from "../../tf.ts";
import type { SimdBackend } from "../backend.ts";
import { panelBytes } from "./native.ts";
import type { StridePhase } from "./stride_phases.ts";

type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** Up to so many output channels go through `dotTile`. */
const DOT_COLUMNS = 3;

/** The weights of a forward convolution with a kernel [kh, kw, cin, cout]. */
export function prepareWeights(backend: SimdBackend, filter: TensorInfo): number {
  const [kh, kw, cin, cout] = filter.shape, run = kw * cin;
  const { kernels } = backend.engine, from = backend.addressOf(filter);
  return backend.prepare(filter, "packed", packedBytes(kh, run, cout), (packed) => {
    if (cout > DOT_COLUMNS) kernels.packPanels(from, packed, kh * run, cout, cout * 4, 4);
    else kernels.packDots(from, packed, kh, run, cout, cout * 4);
  });
}

/** The weights of one stride phase of the input gradient: its taps turned round, its channels exchanged. */
export function prepareAdjoint(
  backend: SimdBackend,
  filter: TensorInfo,
  { filterWidth, inChannels, outChannels, strideHeight, strideWidth }: ConvInfo,
  row: StridePhase,
  column: StridePhase,
): number {
  const source = [
    ...[filterWidth, inChannels, outChannels, row.firstTap, row.taps, strideHeight],
    ...[column.firstTap, column.taps, strideWidth],
  ];
  const kh = row.taps, run = column.taps * outChannels;
  const { kernels } = backend.engine, from = backend.addressOf(filter);
  return backend.prepare(
    filter,
    `adjoint ${source}`,
    packedBytes(kh, run, inChannels),
    (packed) => {
      if (inChannels > DOT_COLUMNS) return kernels.packAdjoint(from, packed, ...source);
      backend.withScratch([panelBytes(kh * run, inChannels)], (panel) => {
        kernels.packAdjoint(from, panel, ...source);
        kernels.packDots(panel, packed, kh, run, inChannels, 64);
      });
    },
  );
}

function packedBytes(kh: number, run: number, cout: number): number {
  if (cout > DOT_COLUMNS) return panelBytes(kh * run, cout);
  return DOT_COLUMNS * kh * Math.ceil(run / 8) * 8 * 4;
}
