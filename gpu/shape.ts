// Shape checks at the doors of blocks, with one wording for all messages.

/** A shape in which `null` stands for any size. */
export type ShapePattern = readonly (number | null)[];

/**
 * Checks a shape, so that a wrong tensor is named where it enters and not where it breaks.
 *
 * @param what the name used in the message, such as `"genAB input"`
 * @throws {TypeError} if the rank or a size differs from the pattern
 */
export function assertShape(
  tensor: { readonly shape: readonly number[] },
  pattern: ShapePattern,
  what: string,
): void {
  const { shape } = tensor;
  const fits = shape.length === pattern.length &&
    pattern.every((size, axis) => size === null || size === shape[axis]);
  if (!fits) {
    const expected = pattern.map((size) => size ?? "any").join(", ");
    throw new TypeError(
      `Cannot use ${what}: its shape is [${shape.join(", ")}], expected [${expected}]`,
    );
  }
}

/** The number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
