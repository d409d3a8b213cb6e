// A filter along the rows and the columns of images, with zeros spread between pixels or places left out. A block is a row of the
// result: first the rows that it is made of are added up into working memory, then along that row.

import { freeScratch } from "./rows";
import { parallel, thread } from "./threads";

/** An entry of a thread's list of what is added up: an address and a factor. */
const ENTRY = 8;

@unmanaged
class FilterSides {
  src: usize;
  dst: usize;
  taps: usize;
  work: usize;
  count: i32;
  h: i32;
  w: i32;
  c: i32;
  outH: i32;
  outW: i32;
  up: i32;
  down: i32;
  before: i32;
}

const job = changetype<FilterSides>(memory.data(56, 16));

/**
 * dst [n, outH, outW, c] of src [n, h, w, c]: along both sides, place i is the sum over k of taps[k] times place i down + k - before of
 * the side with up - 1 zeros after each pixel and zeros around.
 *
 * @param taps `count` floats, at most 64
 * @param work as many rows [w, c] as there are threads
 */
export function filterSides(
  src: usize, dst: usize, taps: usize, work: usize, count: i32, n: i32, h: i32, w: i32, c: i32,
  outH: i32, outW: i32, up: i32, down: i32, before: i32,
): void {
  job.src = src;
  job.dst = dst;
  job.taps = taps;
  job.work = work;
  job.count = count;
  job.h = h;
  job.w = w;
  job.c = c;
  job.outH = outH;
  job.outW = outW;
  job.up = up;
  job.down = down;
  job.before = before;
  parallel(filterRow, n * outH, <f64> n * (h * w + outH * outW) * c);
}

function filterRow(block: i32): void {
  const pixel = job.c << 2, row = job.w * pixel;
  const work = job.work + <usize> (thread * row), image = job.src + <usize> (block / job.outH * job.h) * row;
  addListed(work, row, list(image, row, job.h, block % job.outH));
  let dst = job.dst + <usize> (block * job.outW) * pixel;
  for (let x = 0; x < job.outW; x++) {
    addListed(dst, pixel, list(work, pixel, job.w, x));
    dst += pixel;
  }
}

/** Lists what place i is made of: of `size` pieces of `bytes` from `from` on. Gives the number. */
function list(from: usize, bytes: i32, size: i32, i: i32): i32 {
  let entry = freeScratch();
  const start = entry, first = i * job.down - job.before;
  for (let k = 0; k < job.count; k++) {
    const place = first + k, at = place / job.up;
    if (place < 0 || at >= size || at * job.up !== place) continue;
    store<usize>(entry, from + <usize> at * bytes);
    store<f32>(entry, load<f32>(job.taps + (<usize> k << 2)), 4);
    entry += ENTRY;
  }
  return <i32> (entry - start) / ENTRY;
}

/** to = the sum of what is listed, two pieces at a time. */
function addListed(to: usize, bytes: i32, count: i32): void {
  if (count === 0) return memory.fill(to, 0, bytes);
  let entry = freeScratch();
  for (let i = 0; i + 1 < count; i += 2) {
    addTwo(
      to, load<usize>(entry), load<f32>(entry, 4), load<usize>(entry, ENTRY), load<f32>(entry, ENTRY + 4), bytes, i > 0,
    );
    entry += 2 * ENTRY;
  }
  if (count & 1) addOne(to, load<usize>(entry), load<f32>(entry, 4), bytes, count > 1);
}

/** to = a * partA + b * partB, added to what is there or not. */
function addTwo(to: usize, a: usize, partA: f32, b: usize, partB: f32, bytes: i32, isMore: bool): void {
  const wideA = f32x4.splat(partA), wideB = f32x4.splat(partB), end = a + bytes;
  for (; a + 16 <= end; a += 16) {
    const sum = f32x4.add(f32x4.mul(v128.load(a), wideA), f32x4.mul(v128.load(b), wideB));
    v128.store(to, isMore ? f32x4.add(sum, v128.load(to)) : sum);
    b += 16;
    to += 16;
  }
  for (; a < end; a += 4) {
    const sum = load<f32>(a) * partA + load<f32>(b) * partB;
    store<f32>(to, isMore ? sum + load<f32>(to) : sum);
    b += 4;
    to += 4;
  }
}

/** to = a * part, added to what is there or not. */
function addOne(to: usize, a: usize, part: f32, bytes: i32, isMore: bool): void {
  const wide = f32x4.splat(part), end = a + bytes;
  for (; a + 16 <= end; a += 16) {
    const product = f32x4.mul(v128.load(a), wide);
    v128.store(to, isMore ? f32x4.add(product, v128.load(to)) : product);
    to += 16;
  }
  for (; a < end; a += 4) {
    const product = load<f32>(a) * part;
    store<f32>(to, isMore ? product + load<f32>(to) : product);
    to += 4;
  }
}
