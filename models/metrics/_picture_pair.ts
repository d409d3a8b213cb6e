// What a picture and its true answer must have in common before they are compared.

import { assertPicture, type Picture } from "../../gpu/picture.ts";

/** @throws {RangeError} if a picture's bytes do not fit its sides, or the two differ in size */
export function assertPair(picture: Picture, truth: Picture): void {
  assertPicture(picture);
  assertPicture(truth, "true answer");
  if (picture.width === truth.width && picture.height === truth.height) return;
  throw new RangeError(
    `Cannot compare pictures: found ${picture.width}x${picture.height}, expected ${truth.width}x${truth.height}`,
  );
}
