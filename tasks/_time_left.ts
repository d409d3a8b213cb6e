// Progress of work that is counted: how much is done, and how long the rest will take.

import { formatDuration } from "./_cli.ts";
import type { StatusLine } from "./_status_line.ts";

/**
 * Shows how many of `total` are done each time that the result is called with it, and the time left at the pace since now.
 *
 * @param what such as `Drawing posters`
 * @param units such as `images`
 */
export function timeLeft(
  status: StatusLine,
  what: string,
  total: number,
  units: string,
): (done: number, more?: string) => void {
  const startedAt = performance.now();
  return (done, more = "") => {
    const seconds = (performance.now() - startedAt) / 1000;
    const left = formatDuration(Math.max(0, seconds * (total - done) / done));
    status.update(`${what}: ${Math.min(done, total)} of ${total} ${units}${more}, ${left} left`);
  };
}
