// The kernel's side of Winograd's convolution: U = G g Gt. See winograd.ts.

import { parallel } from "./threads";
import { COLUMNS } from "./tile";
import { freeScratch } from "./rows";
import { kernelStep } from "./winograd_steps";
import { GAP, panelsOf } from "./winograd_tiles";

/** Input channels in a block. */
const BLOCK_CHANNELS = 8;

@unmanaged
class Kernel {
  src: usize;
  dst: usize;
  cin: i32;
  cout: i32;
}

const kernelJob = changetype<Kernel>(memory.data(16, 16));

/** U of a kernel [3, 3, cin, cout]. */
export function winogradKernel(src: usize, dst: usize, cin: i32, cout: i32): void {
  const job = kernelJob;
  job.src = src;
  job.dst = dst;
  job.cin = cin;
  job.cout = cout;
  parallel(transformKernel, (cin + BLOCK_CHANNELS - 1) / BLOCK_CHANNELS);
}

/** G g Gt for some input channels, four output channels at a time; the last panel is filled up with zeros. */
function transformKernel(block: i32): void {
  const job = kernelJob, cin = job.cin, cout = job.cout, panels = panelsOf(cout), temp = freeScratch();
  const tap = (<usize> cin * cout) << 2, plane = (<usize> (panels * cin) << 6) + GAP, zero = f32x4.splat(0);
  for (let i = block * BLOCK_CHANNELS; i < min(cin, (block + 1) * BLOCK_CHANNELS); i++) {
    for (let c = 0; c < panels * COLUMNS; c += 4) {
      const src = job.src + ((<usize> i * cout + c) << 2), inside = c < cout;
      const dst = job.dst + (<usize> ((c / COLUMNS) * cin + i) << 6) + (<usize> (c % COLUMNS) << 2);
      for (let kx = 0; kx < 3; kx++) {
        const at = src + <usize> kx * tap;
        kernelStep(
          inside ? v128.load(at) : zero,
          inside ? v128.load(at + 3 * tap) : zero,
          inside ? v128.load(at + 6 * tap) : zero,
          temp + (<usize> kx << 4), 48,
        );
      }
      for (let r = 0; r < 6; r++) {
        const at = temp + <usize> r * 48;
        kernelStep(v128.load(at), v128.load(at, 16), v128.load(at, 32), dst + <usize> (6 * r) * plane, plane);
      }
    }
  }
}
