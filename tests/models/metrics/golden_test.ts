// The metrics against numpy's (tests/golden/make_metric_goldens.py), which computes each from its definition.

import assert from "node:assert/strict";
import type { Picture } from "../../../gpu/picture.ts";
import { frechetDistance } from "../../../models/metrics/frechet_distance.ts";
import { genreKernelDistance } from "../../../models/metrics/genre_kernel_distance.ts";
import {
  type GenreLabels,
  meanAveragePrecision,
  microF1,
  rPrecision,
} from "../../../models/metrics/genre_ranking.ts";
import { wholeKernelDistance } from "../../../models/metrics/kernel_distance.ts";
import { compareManifolds } from "../../../models/metrics/manifolds.ts";
import type { Matrix } from "../../../models/metrics/matrix.ts";
import { memorisation, NEAR_TRAINING } from "../../../models/metrics/memorisation.ts";
import { nearestRows } from "../../../models/metrics/nearest.ts";
import { psnr } from "../../../models/metrics/psnr.ts";
import { ssim } from "../../../models/metrics/ssim.ts";
import { assertClose } from "../../_assert.ts";
import { findValues, readGolden } from "../../golden/_golden.ts";

const golden = await readGolden("metrics");
/** Results are stored in 32 bits, so no more digits are there. */
const digits = { relative: 2e-7 };

function numbers(name: string): Float32Array {
  return findValues(golden, name).data;
}

function matrix(name: string, rows = findValues(golden, name).shape[0]): Matrix {
  const { shape: [, width], data } = findValues(golden, name);
  return { rows, width, values: data.slice(0, rows * width) };
}

function labels(name: string): GenreLabels {
  const { rows, width, values } = matrix(name);
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}

/** Values [h, w, 3] as an opaque picture. */
function picture(name: string): Picture {
  const { shape: [height, width], data } = findValues(golden, name);
  const bytes = Uint8Array.from(
    { length: width * height * 4 },
    (_, i) => i % 4 === 3 ? 255 : data[Math.floor(i / 4) * 3 + i % 4],
  );
  return { width, height, data: bytes };
}

const real = matrix("real"), samples = matrix("samples"), training = matrix("training");

Deno.test("frechetDistance is numpy's, for sets with fewer rows than numbers in a row too", () => {
  assertClose(frechetDistance(real, samples), numbers("frechet"), digits, "whole sets");
  const few = frechetDistance(matrix("real", 8), matrix("samples", 7));
  // Covariances of rank 7 and 6: numpy's eigenvalues of what should be 0 are only as near to it as a root allows.
  assertClose(few, numbers("frechet.few"), { relative: 1e-6 }, "few rows");
});

Deno.test("wholeKernelDistance and genreKernelDistance are numpy's", () => {
  assertClose(wholeKernelDistance(real, samples), numbers("kernel"), digits);
  const found = genreKernelDistance(
    { features: real, labels: labels("labels") },
    { features: samples, labels: labels("asked") },
  );
  assert.deepEqual(found.genres.map(({ genre }) => genre), [...numbers("genres")]);
  const kernels = numbers("genre.kernels");
  assertClose(found.genres.map(({ distance }) => distance), kernels, digits);
  const mean = kernels.reduce((sum, value) => sum + value, 0) / kernels.length;
  assertClose(found.mean ?? NaN, mean, digits);
  assert.equal(found.all, 5);
});

Deno.test("compareManifolds is numpy's", () => {
  const { precision, recall, density, coverage } = compareManifolds(real, samples);
  assertClose([precision, recall, density, coverage], numbers("manifolds"), digits);
});

Deno.test("nearestRows and memorisation are numpy's", () => {
  const { squares, rows } = nearestRows(samples, training, NEAR_TRAINING);
  assertClose(squares.map(Math.sqrt), numbers("nearest"), digits);
  const first = rows.filter((_, i) => i % NEAR_TRAINING === 0);
  assert.deepEqual([...first], [...numbers("nearest.first")]);
  const found = memorisation(samples, real, training);
  assertClose([found.samples, found.heldOut], numbers("medians"), digits);
  assertClose(found.nearShare, numbers("near.share"), digits);
});

Deno.test("rPrecision, meanAveragePrecision and microF1 are numpy's", () => {
  const scores = matrix("scores"), own = labels("labels");
  const found = [
    rPrecision(scores, own),
    meanAveragePrecision(scores, own).mean,
    microF1(scores, own),
  ];
  assertClose(found, numbers("ranking"), digits);
});

Deno.test("psnr and ssim are numpy's", () => {
  assertClose(psnr(picture("picture"), picture("truth")), numbers("psnr"), digits);
  assertClose(ssim(picture("picture"), picture("truth")), numbers("ssim"), digits);
});
