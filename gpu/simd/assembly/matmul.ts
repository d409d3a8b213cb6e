// Matrix products: out[b] = a[b] x b[b] + bias. Rows of a are read where they are, transposed or not, since a tile takes one number
// of each of six rows at a step. b is read in panels of 16 columns, packed beforehand or, for few rows, where it is.
// Loops: block of 96 rows and a group of panels, panel, tile.

import { parallel } from "./threads";
import { COLUMNS } from "./tile";
import { closeRows, multiplyPanel, setRow } from "./rows";

@unmanaged
class Product {
  a: usize;
  b: usize;
  out: usize;
  bias: usize;
  m: i32;
  k: i32;
  n: i32;
  aRow: usize;
  aStep: usize;
  bStep: usize;
  panelStep: usize;
  aBatch: usize;
  bBatch: usize;
  blockRows: i32;
  rowBlocks: i32;
  groups: i32;
  groupPanels: i32;
}

const product = changetype<Product>(memory.data(80, 16));

/** Sixteen zeros: what is added where there is no bias. */
export const NO_BIAS = memory.data(64, 64);

/**
 * out [batches, m, n] = a [m, k] x b [k, n] + bias, for each batch. All steps are bytes: between rows and along k of a; along k
 * within a panel of b and between panels; between the matrices of a batch, 0 to use one for all. bias holds whole panels; 0: none.
 *
 * @param blockRows rows in one block, at most 96
 * @param groupPanels panels in one block
 */
export function multiply(
  a: usize, aRow: usize, aStep: usize, aBatch: usize,
  b: usize, bStep: usize, panelStep: usize, bBatch: usize,
  bias: usize, out: usize, batches: i32, m: i32, k: i32, n: i32, blockRows: i32, groupPanels: i32,
): void {
  const job = product;
  job.a = a;
  job.aRow = aRow;
  job.aStep = aStep;
  job.aBatch = aBatch;
  job.b = b;
  job.bStep = bStep;
  job.panelStep = panelStep;
  job.bBatch = bBatch;
  job.bias = bias;
  job.out = out;
  job.m = m;
  job.k = k;
  job.n = n;
  job.blockRows = blockRows;
  job.rowBlocks = (m + blockRows - 1) / blockRows;
  job.groupPanels = groupPanels;
  job.groups = ((n + COLUMNS - 1) / COLUMNS + groupPanels - 1) / groupPanels;
  parallel(multiplyBlock, batches * job.rowBlocks * job.groups, <f64> batches * m * k * n / 16);
}

function multiplyBlock(block: i32): void {
  const job = product, group = block % job.groups, rest = block / job.groups;
  const batch = rest / job.rowBlocks, first = (rest % job.rowBlocks) * job.blockRows;
  const count = min(job.blockRows, job.m - first), row = <usize> job.n << 2;
  const a = job.a + <usize> batch * job.aBatch + <usize> first * job.aRow;
  const out = job.out + (<usize> batch * job.m + first) * row;
  for (let i = 0; i < count; i++) setRow(i, a + <usize> i * job.aRow, out + <usize> i * row);
  closeRows(count);
  const from = group * job.groupPanels;
  for (let p = from; p < from + job.groupPanels && p * COLUMNS < job.n; p++) {
    const panel = job.b + <usize> batch * job.bBatch + <usize> p * job.panelStep;
    const init = job.bias ? job.bias + (<usize> p << 6) : NO_BIAS;
    multiplyPanel(
      count, panel, job.k, job.aStep, job.bStep, 1, 0, 0,
      <usize> p << 6, min(COLUMNS, job.n - p * COLUMNS), init,
    );
  }
}
