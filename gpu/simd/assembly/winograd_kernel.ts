// The kernel's side of Winograd's convolution: U = G g Gt for one panel of 16 output channels. See winograd.ts.

import { freeScratch } from "./rows";
import { kernelStep } from "./winograd_steps";

/** u [36][cin][16], positions uPlane bytes apart, of a panel [3, 3, cin, 16] of weights. */
export function transformKernel(panel: usize, cin: i32, u: usize, uPlane: usize): void {
  const tap = <usize> cin << 6, temp = freeScratch();
  for (let i = 0; i < cin; i++) {
    for (let c: usize = 0; c < 64; c += 16) {
      const from = panel + (<usize> i << 6) + c, to = u + (<usize> i << 6) + c;
      for (let kx: usize = 0; kx < 3; kx++) {
        const at = from + kx * tap;
        kernelStep(v128.load(at), v128.load(at + 3 * tap), v128.load(at + 6 * tap), temp + (kx << 4), 48);
      }
      for (let r: usize = 0; r < 6; r++) {
        const at = temp + r * 48;
        kernelStep(v128.load(at), v128.load(at, 16), v128.load(at, 32), to + 6 * r * uPlane, uPlane);
      }
    }
  }
}
