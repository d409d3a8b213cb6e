// Sample sheets: fixed test pictures through both generators, side by side.

import * as tf from "../gpu/tf.ts";
import { picturesToTensor, tensorToPictures } from "../gpu/image.ts";
import { type Picture, sheet } from "../gpu/picture.ts";
import { encodePng } from "../data/decode.ts";
import { applyGenerator } from "../models/cyclegan/generator.ts";
import type { GeneratorConfig } from "../models/cyclegan/config.ts";
import type { Generators } from "../models/cyclegan/state.ts";

/** Test pictures of both films; `paired` if picture i of both shows the same scene. */
export interface TestPictures {
  a: Picture[];
  b: Picture[];
  paired: boolean;
}

/** A drawn sheet, and how far the transfer is from the true answer where one is known. */
export interface SampleSheet {
  png: Uint8Array;
  /** Mean absolute error per direction, in units of [-1, 1]; `unchanged` is that of doing nothing. Only for pairs. */
  truth?: { AtoB: number; BtoA: number; unchanged: number };
}

/**
 * Draws a sheet: two rows per test picture (A, then B), columns real, fake, reconstructed, identity, and for pairs the true
 * answer.
 */
export async function drawSamples(
  generators: Generators,
  test: TestPictures,
  config: GeneratorConfig,
): Promise<SampleSheet> {
  const rows: Picture[][] = [];
  const errors = { AtoB: 0, BtoA: 0, unchanged: 0 };
  for (let i = 0; i < test.a.length; i++) {
    const a = test.a[i], b = test.b[i];
    const columns = await drawPair(generators, a, b, config);
    rows.push([a, ...columns.a], [b, ...columns.b]);
    if (!test.paired) continue;
    rows[rows.length - 2].push(b);
    rows[rows.length - 1].push(a);
    errors.AtoB += difference(columns.a[0], b) / test.a.length;
    errors.BtoA += difference(columns.b[0], a) / test.a.length;
    errors.unchanged += difference(a, b) / test.a.length;
  }
  return { png: await encodePng(sheet(rows)), ...(test.paired && { truth: errors }) };
}

/** Fake, reconstruction and identity of one picture of each film. */
async function drawPair(
  { genAB, genBA }: Generators,
  pictureA: Picture,
  pictureB: Picture,
  config: GeneratorConfig,
): Promise<{ a: Picture[]; b: Picture[] }> {
  const output = tf.tidy(() => {
    const a = picturesToTensor([pictureA]), b = picturesToTensor([pictureB]);
    const fakeB = applyGenerator(genAB, a, config), fakeA = applyGenerator(genBA, b, config);
    return tf.concat([
      fakeB,
      applyGenerator(genBA, fakeB, config),
      applyGenerator(genBA, a, config),
      fakeA,
      applyGenerator(genAB, fakeA, config),
      applyGenerator(genAB, b, config),
    ], 0);
  });
  const pictures = await tensorToPictures(output);
  output.dispose();
  return { a: pictures.slice(0, 3), b: pictures.slice(3) };
}

/** Mean absolute difference of two opaque pictures of one size, in units of [-1, 1]. */
function difference(a: Picture, b: Picture): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / (a.width * a.height * 3) / 127.5;
}
