// Threads: a kernel splits its work into numbered blocks. Each thread has a share of them, always the same part of the whole, so that
// it finds in its own cache what it wrote there in the job before; when its share is done it helps with the others'. A block's result
// never depends on who computes it or when, so results are the same bits in any order.
//
// A share is a counter, from the number of its blocks down to 0. Whoever lowers it from above 0 owns a block, and until that block is
// done the job's arguments stay as they are; a thread that comes late finds 0 or less and leaves. Threads of the pool poll their
// counter while work keeps coming, and sleep after `polls` looks in vain.

/** The most threads of a pool. */
export const MOST_THREADS = 64;
/** Words that threads write, each in a cache line of its own; behind them a line for each thread's counter. */
const control = memory.data((5 + MOST_THREADS) * 64, 64);
const DONE = control, WAKEUPS = control + 64, SLEEPERS = control + 128, LOST = control + 192;
/** The job: its function and its blocks; whether threads are to stop; the pages of memory that the job may touch. */
const JOB = control + 256, STOPPED = control + 264, PAGES = control + 268, SHARES = control + 320;

/** Below this size a job is done before another thread has noticed it, and at best as soon as that one wakes up. */
const SMALL_JOB: f64 = 32_768;
/** Looks at a job that is nearly done before the caller sleeps between looks, and how long it sleeps, in nanoseconds. */
const PATIENT_LOOKS = 1 << 24, NAP: i64 = 2_000_000;
/** Looks at a memory that has grown elsewhere; V8 tells a thread of it at the first. */
const MEMORY_LOOKS = 1 << 20;
/** After so many naps, a minute, a thread that has not finished its block is given up. */
const MOST_NAPS = 30_000;

/** The number of threads that take blocks, this one included. */
export let threads = 1;
/** The number of this thread: 0 calls, the others help. */
export let thread = 0;
/** Memory of this thread's own, 16 KiB: tables of rows, and tiles that stick out of a result. */
export let scratch: usize = 0;

let polls = 0;

/** Tells the host that a thread of the pool is gone; throws there. */
// @ts-ignore: AssemblyScript's decorator
@external("env", "threadLost")
declare function threadLost(): void;

/** Tells an instance which thread it is. The scratch memory is 16 KiB. */
export function setThread(index: i32, count: i32, scratchAddress: usize, pollsBeforeSleep: i32): void {
  thread = index;
  threads = count;
  scratch = scratchAddress;
  polls = pollsBeforeSleep;
}

/**
 * Runs `work` once for each block, on all threads; gives back when all are done.
 *
 * @param size numbers that the job moves, or a sixteenth of its multiplications: a small job stays on the calling thread
 */
export function parallel(work: (block: i32) => void, blocks: i32, size: f64): void {
  if (threads === 1 || blocks <= 1 || size < SMALL_JOB) {
    for (let block = 0; block < blocks; block++) work(block);
    return;
  }
  if (atomic.load<i32>(LOST) !== 0) threadLost();
  store<i32>(JOB, work.index);
  store<i32>(JOB, blocks, 4);
  store<i32>(PAGES, memory.size());
  atomic.store<i32>(DONE, 0);
  for (let t = threads - 1; t >= 0; t--) {
    atomic.store<i32>(shareOf(t), firstBlock(t + 1, blocks) - firstBlock(t, blocks));
  }
  // A thread counts itself as a sleeper before its last look at its counter, so one of the two sees the other.
  if (atomic.load<i32>(SLEEPERS) > 0) wake();
  takeBlocks();
  waitForOthers(blocks);
}

/** The counter of a thread's share. */
// @ts-ignore: AssemblyScript's decorator
@inline
function shareOf(t: i32): usize {
  return SHARES + (<usize> t << 6);
}

/** The first block of a thread's share; the number of blocks for the thread after the last. */
function firstBlock(t: i32, blocks: i32): i32 {
  return <i32> (<i64> blocks * t / threads);
}

/** Takes the blocks of this thread's own share, and then what is left of the others'. */
function takeBlocks(): void {
  let done = 0;
  for (let k = 0; k < threads; k++) {
    const t = (thread + k) % threads, share = shareOf(t);
    while (atomic.load<i32>(share) > 0) {
      const left = atomic.sub<i32>(share, 1);
      if (left <= 0) break;
      if (memory.size() < load<i32>(PAGES)) awaitMemory();
      call_indirect<void>(load<i32>(JOB), firstBlock(t + 1, load<i32>(JOB, 4)) - left);
      done++;
    }
  }
  if (done > 0) atomic.add<i32>(DONE, done);
}

/**
 * Waits until this instance knows how large the memory is by now: V8 tells a thread of what another has grown only when that thread
 * looks for interrupts, as it does in a loop, but not at the start of every function. A block that begins before traps out of bounds.
 */
function awaitMemory(): void {
  for (let looks = 0; looks < MEMORY_LOOKS && memory.size() < load<i32>(PAGES); looks++);
}

function wake(): void {
  atomic.add<i32>(WAKEUPS, 1);
  atomic.notify(WAKEUPS, -1);
}

function waitForOthers(blocks: i32): void {
  let looks = 0, naps = 0;
  for (;;) {
    const done = atomic.load<i32>(DONE);
    if (done === blocks) return;
    if (atomic.load<i32>(LOST) !== 0 || naps > MOST_NAPS) threadLost();
    if (++looks < PATIENT_LOOKS) continue;
    atomic.wait<i32>(DONE, done, NAP);
    naps++;
  }
}

/** What a thread of the pool does until `stop`: takes blocks of whatever job comes. */
export function work(): void {
  while (atomic.load<i32>(STOPPED) === 0) {
    const share = shareOf(thread);
    let looks = polls;
    while (looks > 0 && atomic.load<i32>(share) <= 0) looks--;
    if (looks > 0) {
      takeBlocks();
      continue;
    }
    atomic.add<i32>(SLEEPERS, 1);
    const wakeups = atomic.load<i32>(WAKEUPS);
    const isIdle = atomic.load<i32>(share) <= 0 && atomic.load<i32>(STOPPED) === 0;
    if (isIdle) atomic.wait<i32>(WAKEUPS, wakeups, -1);
    atomic.sub<i32>(SLEEPERS, 1);
  }
}

/** Makes the threads of the pool return from `work`. */
export function stop(): void {
  atomic.store<i32>(STOPPED, 1);
  wake();
}

/** Says, from a thread of the pool that has trapped, that its block will never be done. */
export function reportLost(): void {
  atomic.store<i32>(LOST, 1);
}

function nothing(_block: i32): void {}

/** A job of blocks without work, by which dispatch is measured. */
export function idle(blocks: i32): void {
  parallel(nothing, blocks, SMALL_JOB);
}
