// Batches that are prepared while the one before is being used.

/** Batches by position, the one that follows the last asked for under way. */
export interface PrefetchedBatches<Batch> {
  /** The batch of `n` at `position`. @throws {RangeError} for a position below 0 or n below 1. */
  batch(position: number, n: number): Promise<Batch>;
  /** Waits for what is being prepared; nothing may be asked for afterwards. */
  close(): Promise<void>;
}

/** @param prepare gives the same batch each time for a position and a number */
export function prefetch<Batch>(
  prepare: (position: number, n: number) => Promise<Batch>,
): PrefetchedBatches<Batch> {
  let ahead: { position: number; n: number; batch: Promise<Batch> } | undefined;
  const inFlight = new Set<Promise<unknown>>();
  const prepareAhead = (position: number, n: number) => {
    const batch = prepare(position, n);
    ahead = { position, n, batch };
    // A failure belongs to the call that asks for this batch, if there is one.
    const settled = batch.then(() => {}, () => {}).finally(() => inFlight.delete(settled));
    inFlight.add(settled);
  };
  return {
    async batch(position, n) {
      assertCount(position, 0, "position");
      assertCount(n, 1, "number of pictures");
      const ready = ahead?.position === position && ahead.n === n
        ? ahead.batch
        : prepare(position, n);
      const batch = await ready;
      prepareAhead(position + n, n);
      return batch;
    },
    async close() {
      await Promise.all(inFlight);
    },
  };
}

/** @throws {RangeError} if a count is no integer of at least `min` */
export function assertCount(value: number, min: number, what: string): void {
  if (Number.isInteger(value) && value >= min) return;
  throw new RangeError(
    `Cannot give pictures: ${what} is ${value}; expected an integer from ${min}`,
  );
}
