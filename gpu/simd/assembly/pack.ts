// Brings matrices and kernels into the order in which tiles read them: panels of 16 columns, or whole rows for `dotTile`.

import { COLUMNS, DOT_COLUMNS } from "./tile";
import { parallel } from "./threads";
import { copyFloats } from "./rows";

/** Rows of a block: what is read of them is one run, if the columns are neighbours. */
const BLOCK_ROWS = 64;

@unmanaged
class Panels {
  src: usize;
  dst: usize;
  k: i32;
  n: i32;
  rowStep: usize;
  columnStep: usize;
}

const panelsJob = changetype<Panels>(memory.data(32, 16));

/**
 * dst[n / 16][k][16] from a matrix [k, n] whose rows and columns are rowStep and columnStep bytes apart; the last panel is filled
 * up with zeros. A block is 64 rows.
 */
export function packPanels(
  src: usize, dst: usize, k: i32, n: i32, rowStep: usize, columnStep: usize,
): void {
  const job = panelsJob;
  job.src = src;
  job.dst = dst;
  job.k = k;
  job.n = n;
  job.rowStep = rowStep;
  job.columnStep = columnStep;
  parallel(packRows, (k + BLOCK_ROWS - 1) / BLOCK_ROWS, <f64> k * n);
}

function packRows(block: i32): void {
  const job = panelsJob, first = block * BLOCK_ROWS, end = min(job.k, first + BLOCK_ROWS);
  for (let column = 0; column < job.n; column += COLUMNS) {
    const columns = min(COLUMNS, job.n - column);
    let src = job.src + <usize> first * job.rowStep + <usize> column * job.columnStep;
    let dst = job.dst + ((<usize> (column * job.k) + <usize> first * COLUMNS) << 2);
    for (let i = first; i < end; i++) {
      if (job.columnStep === 4) copyFloats(dst, src, columns);
      else gatherFloats(dst, src, columns, job.columnStep);
      for (let j = columns; j < COLUMNS; j++) store<f32>(dst + (<usize> j << 2), 0);
      src += job.rowStep;
      dst += 64;
    }
  }
}

function gatherFloats(to: usize, from: usize, count: i32, step: usize): void {
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(from));
    to += 4;
    from += step;
  }
}

@unmanaged
class Adjoint {
  src: usize;
  dst: usize;
  kw: i32;
  cin: i32;
  cout: i32;
  firstY: i32;
  tapsY: i32;
  strideY: i32;
  firstX: i32;
  tapsX: i32;
  strideX: i32;
}

const adjoint = changetype<Adjoint>(memory.data(48, 16));

/**
 * Panels dst[cin / 16][taps][cout][16] for the input gradient of one stride phase: of the kernel [kh, kw, cin, cout] the taps
 * firstY + strideY * t (rows) and firstX + strideX * t (columns), in reverse order. A block is a tap.
 */
export function packAdjoint(
  src: usize, dst: usize, kw: i32, cin: i32, cout: i32,
  firstY: i32, tapsY: i32, strideY: i32, firstX: i32, tapsX: i32, strideX: i32,
): void {
  const job = adjoint;
  job.src = src;
  job.dst = dst;
  job.kw = kw;
  job.cin = cin;
  job.cout = cout;
  job.firstY = firstY;
  job.tapsY = tapsY;
  job.strideY = strideY;
  job.firstX = firstX;
  job.tapsX = tapsX;
  job.strideX = strideX;
  parallel(packTap, tapsY * tapsX, <f64> (tapsY * tapsX) * cin * cout);
}

function packTap(block: i32): void {
  const job = adjoint, cin = job.cin, cout = job.cout, taps = job.tapsY * job.tapsX;
  const y = job.tapsY - 1 - block / job.tapsX, x = job.tapsX - 1 - block % job.tapsX;
  const tap = (job.firstY + y * job.strideY) * job.kw + job.firstX + x * job.strideX;
  const src = job.src + ((<usize> tap * cin * cout) << 2), row = <usize> cout << 2;
  // In squares of 16 x 16, so that a line of the cache is used whole before it is displaced.
  for (let first = 0; first < cin; first += COLUMNS) {
    const columns = min(COLUMNS, cin - first), panel = job.dst + ((<usize> first * taps * cout) << 2);
    for (let square = 0; square < cout; square += 16) {
      for (let o = square; o < min(cout, square + 16); o++) {
        const to = panel + (<usize> (block * cout + o) << 6);
        gatherFloats(to, src + <usize> first * row + (<usize> o << 2), columns, row);
        for (let j = columns; j < COLUMNS; j++) store<f32>(to + (<usize> j << 2), 0);
      }
    }
  }
}

/**
 * Rows of weights for `dotTile`, dst[3][kh][run], from a kernel [kh, run, cout] of at most 3 output channels, whose rows are rowStep
 * bytes apart. Runs and rows are filled up with zeros to multiples of 8 and to 3.
 */
export function packDots(src: usize, dst: usize, kh: i32, run: i32, cout: i32, rowStep: usize): void {
  const padded = (run + 7) & ~7;
  for (let n = 0; n < DOT_COLUMNS; n++) {
    for (let y = 0; y < kh; y++) {
      for (let k = 0; k < padded; k++) {
        const inside = n < cout && k < run;
        store<f32>(dst, inside ? load<f32>(src + <usize> (y * run + k) * rowStep + (<usize> n << 2)) : 0);
        dst += 4;
      }
    }
  }
}
