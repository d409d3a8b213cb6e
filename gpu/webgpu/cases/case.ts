// What a kernel of ours is tried at when the `webgpu` device starts: odd sizes, each way to read, each tile; and what is to come out, worked
// out in plain loops that share nothing with the shaders.

/** A tensor as numbers. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A tensor of whole numbers, int32. */
export interface WholeNumbers {
  readonly shape: readonly number[];
  readonly values: Int32Array;
}

/** One call of a kernel. */
export interface KernelCase {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, Numbers | WholeNumbers>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** The tensors that it has to give, or as many of the first as are of interest. */
  readonly expected: readonly ArrayLike<number>[];
}

/** A deterministic series in [-1, 1] that changes sign and does not repeat itself. */
export function series(shape: readonly number[], seed: number): Numbers {
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, values: Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * i)) };
}

/** As many zeros as there are numbers. */
export function zerosLike({ values }: Numbers): number[] {
  return new Array<number>(values.length).fill(0);
}
