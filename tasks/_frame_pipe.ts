// Frames of one length out of a stream of bytes, taken one by one: who reads slowly slows down who writes.

/**
 * Cuts a stream into parts of `frameBytes`, each in memory of its own. No more is read than is asked for, so that the
 * pipe fills and its writer waits. Leaving the loop closes the stream.
 *
 * @throws {RangeError} if the stream ends inside a frame
 */
export async function* readFrameBytes(
  stream: ReadableStream<Uint8Array>,
  frameBytes: number,
): AsyncGenerator<Uint8Array> {
  let frame = new Uint8Array(frameBytes), filled = 0;
  for await (const chunk of stream) {
    for (let taken = 0; taken < chunk.length;) {
      const part = chunk.subarray(taken, taken + frameBytes - filled);
      frame.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled < frameBytes) continue;
      yield frame;
      frame = new Uint8Array(frameBytes);
      filled = 0;
    }
  }
  if (filled > 0) {
    throw new RangeError(
      `Cannot read a frame: the stream ended after ${filled} bytes of it; expected ${frameBytes}`,
    );
  }
}
