// Which of a video's frames ffmpeg is asked for, as an expression of its `select` filter: by number, however many there are.

/** Frames from `first` to `last`, both included. */
export interface FrameRange {
  first: number;
  last: number;
}

/** A command line's argument holds 128 KiB; so many ranges of the longest numbers take less than 100. */
const MAX_RANGES = 2000;

/**
 * Ranges that hold all the numbers. There are as few other frames in them as `maxRanges` allows: the reader drops those.
 *
 * @param numbers in ascending order, each once
 */
export function coverFrames(
  numbers: readonly number[],
  maxRanges: number = MAX_RANGES,
): FrameRange[] {
  const gaps = numbers.slice(1).map((number, i) => number - numbers[i]).filter((gap) => gap > 1);
  const surplus = gaps.length + 1 - maxRanges;
  // Gaps up to this length are bridged, which may bridge a few more than must be.
  const bridged = surplus > 0 ? gaps.sort((a, b) => a - b)[surplus - 1] : 1;
  const ranges: FrameRange[] = [];
  for (const number of numbers) {
    const open = ranges.at(-1);
    if (open && number - open.last <= bridged) open.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges;
}

/** An expression in ffmpeg's language that is not 0 for the frames `n` of the ranges: a search tree, so that it is quick. */
export function selectExpression(ranges: readonly FrameRange[]): string {
  if (ranges.length === 0) return "0";
  if (ranges.length === 1) {
    const [{ first, last }] = ranges;
    return first === last ? `eq(n,${first})` : `between(n,${first},${last})`;
  }
  const middle = ranges.length >> 1;
  const [low, high] = [ranges.slice(0, middle), ranges.slice(middle)];
  return `if(lt(n,${high[0].first}),${selectExpression(low)},${selectExpression(high)})`;
}
