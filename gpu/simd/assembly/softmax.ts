// Softmax over rows: e^(x - largest) over its sum, so that nothing overflows. A block is a row.

import { exp } from "./math";
import { parallel } from "./threads";
import { copyFloats, freeScratch } from "./rows";

@unmanaged
class Softmax {
  x: usize;
  out: usize;
  columns: i32;
}

const job = changetype<Softmax>(memory.data(16, 16));

/** out[rows, columns] = softmax of x over the columns. */
export function softmax(x: usize, out: usize, rows: i32, columns: i32): void {
  job.x = x;
  job.out = out;
  job.columns = columns;
  parallel(softmaxRow, rows, <f64> rows * columns * 4);
}

function softmaxRow(row: i32): void {
  const columns = job.columns, at = (<usize> row * columns) << 2, x = job.x + at, out = job.out + at;
  let largest: f32 = -Infinity;
  for (let i = 0; i < columns; i++) largest = max<f32>(largest, load<f32>(x + (<usize> i << 2)));
  const shift = f32x4.splat(largest);
  let sum: f64 = 0;
  for (let i = 0; i < columns; i += 4) {
    const to = freeScratch(), count = min(4, columns - i);
    v128.store(to, exp(f32x4.sub(v128.load(x + (<usize> i << 2)), shift)));
    for (let k = 0; k < count; k++) sum += <f64> load<f32>(to + (<usize> k << 2));
    copyFloats(out + (<usize> i << 2), to, count);
  }
  const scale = <f32> (1 / sum);
  for (let i = 0; i < columns; i++) {
    const to = out + (<usize> i << 2);
    store<f32>(to, load<f32>(to) * scale);
  }
}
