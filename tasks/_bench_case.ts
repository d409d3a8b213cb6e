// What a case of `deno task bench` is.

/** One thing to measure. */
export interface BenchCase {
  name: string;
  /** What is printed: floating-point operations per second (1e9), seconds, milliseconds, or seconds for 1,000 images. */
  unit: "GFLOP/s" | "s" | "ms" | "s / 1,000 images";
  /** Operations of one run, as a direct computation would count them; 0 if they are counted as they run, or not at all. */
  flop: number;
  /** Images of one run, where the unit asks for it. */
  images?: number;
  /** Too slow for devices that are not made for it: stock tfjs is asked only if it is wanted. */
  isSlow: boolean;
  /** Makes what a run needs on the current device. */
  prepare(): Prepared | Promise<Prepared>;
}

/** A case on the current device. */
export interface Prepared {
  /** One run, up to the point where its result is there. */
  run(): Promise<void>;
  dispose(): void;
}

/** A run's seconds in a case's unit. */
export function inUnit({ unit, flop, images = 1 }: BenchCase, seconds: number): number {
  if (unit === "GFLOP/s") return flop / seconds / 1e9;
  if (unit === "ms") return 1000 * seconds;
  return unit === "s" ? seconds : 1000 * seconds / images;
}
