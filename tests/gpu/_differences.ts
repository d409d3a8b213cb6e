// Compares gradients of tfjs functions, first and second order, with central differences of a 64-bit reference.

import { strict as assert } from "node:assert";
import { type Random, randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import { type Grid, grid, sizeOf } from "./_reference.ts";
import { type TapedKernels, watchTape } from "./_tape.ts";

/** 1: the gradient. 2: the gradient of the gradient along a direction, as a gradient penalty needs it. */
export type Order = 1 | 2;

/** A differentiable function under test. */
export interface GradientCase {
  /** File and function, then what is special: `gpu/conv.ts conv2d: 4x4, stride 2`. */
  readonly name: string;
  /** Where it is differentiated; values must be exact in 32 bits (see `exactValues`). */
  readonly inputs: readonly Grid[];
  /** The function as training runs it. */
  readonly apply: (inputs: tf.Tensor[]) => tf.Tensor;
  /** The same function in 64 bits, written independently. */
  readonly reference: (inputs: readonly Grid[]) => Grid;
  /** The highest order that training takes: 2 unless given. */
  readonly orders?: Order;
  /** How many elements of each input are differenced one by one: 24 unless given. */
  readonly elements?: number;
}

/** The largest error that passes, relative to the largest element of the true gradient in that input. */
export const GRADIENT_TOLERANCE = 1e-3;

/** The largest error of the function's own value that passes, relative to its largest element. */
export const VALUE_TOLERANCE = 1e-4;

/** What a check of one case found; each error is relative as `GRADIENT_TOLERANCE` says. */
export interface GradientErrors {
  readonly value: number;
  readonly first: number;
  /** Absent if the case stops at order 1. */
  readonly second?: number;
  /** The kernels that the function and its gradient put on the tape, with the order to which they were checked. */
  readonly kernels: TapedKernels;
}

/** The difference step of the second order; the first order's is a tenth of it. */
const STEP = 5e-4;

/** Differences at two step sizes must agree this well (relative), or the case sits on a kink and is no oracle. */
const REFERENCE_TOLERANCE = 1e-4;

/** Some elements of an input are differenced one by one, all of them together along this many directions. */
const ELEMENTS = 24, DIRECTIONS = 4;

/** A grid of random values in +-[least, most], exact in 32 bits; `least` keeps away from a kink at 0. */
export function exactValues(
  random: Random,
  shape: readonly number[],
  { least = 0.05, most = 1 }: { least?: number; most?: number } = {},
): Grid {
  const sign = () => random.uniform() < 0.5 ? -1 : 1;
  return grid(shape, () => Math.fround(random.uniform(least, most) * sign()));
}

/**
 * Compares a case's value and gradients with its reference.
 *
 * The function's output y is first made a scalar by L = sum(p y + q y^2 / 2) with random p and q. The square makes the
 * second order of a linear function visible: its backward pass is differentiated too. The second order is that of
 * v . grad L for one random direction v through all inputs at once.
 *
 * @throws {AssertionError} if the value is off, or if the differences themselves are not to be trusted (a kink nearby)
 */
export async function checkCase(given: GradientCase): Promise<GradientErrors> {
  const truth = truths.get(given) ?? differentiate(given);
  truths.set(given, truth);
  const { value, first, second, kernels } = await analyticGradients(truth);
  const off = relativeError(value, truth.value.data);
  assert.ok(off <= VALUE_TOLERANCE, `${given.name}: the value is off by ${off}`);
  return {
    value: off,
    first: worstError(truth.first, first),
    ...(second && { second: worstError(truth.second, second) }),
    kernels,
  };
}

/** The differences of each case, taken once for all devices. */
const truths = new WeakMap<GradientCase, Truth>();

/** A case with the random numbers that make a scalar of it, and the direction of its second order. */
interface Setup {
  readonly given: GradientCase;
  readonly value: Grid;
  readonly linear: Grid;
  readonly square: Grid;
  readonly direction: readonly Grid[];
}

/** A probe and what the reference changes along it. */
type ProbedTruth = Probe & { readonly truth: number };

/** All that the reference says about a case; the differences are per input. */
interface Truth extends Setup {
  readonly first: readonly ProbedTruth[][];
  readonly second: readonly ProbedTruth[][];
}

function differentiate(given: GradientCase): Truth {
  const random = randomStream(7, given.name);
  const value = given.reference(given.inputs);
  const setup: Setup = {
    given,
    value,
    linear: exactValues(random, value.shape, { least: 0.5 }),
    square: exactValues(random, value.shape, { least: 0.5 }),
    direction: given.inputs.map(({ shape }) => directionOf(random, shape)),
  };
  const probes = given.inputs.map(({ shape }, input) =>
    probesOf(random, shape, { input, elements: given.elements ?? ELEMENTS })
  );
  const first = probedTruths(setup, probes, firstDifference);
  const second = given.orders === 1 ? [] : probedTruths(setup, probes, secondDifference);
  return { ...setup, first, second };
}

/** A step that changes one input: one element, or all of them. */
interface Probe {
  readonly input: number;
  readonly step: Grid;
}

/** Single elements of an input, and dense directions of length 1. */
function probesOf(
  random: Random,
  shape: readonly number[],
  { input, elements }: { input: number; elements: number },
): Probe[] {
  const chosen = random.permutation(sizeOf(shape)).subarray(0, elements);
  const single = Array.from(chosen, (at) => grid(shape, (i) => i === at ? 1 : 0));
  const dense = Array.from({ length: DIRECTIONS }, () => directionOf(random, shape));
  return [...single, ...dense].map((step) => ({ input, step }));
}

/** A random direction of length about 1, exact in 32 bits. */
function directionOf(random: Random, shape: readonly number[]): Grid {
  const length = Math.sqrt(sizeOf(shape));
  return exactValues(random, shape, { least: 0.5 / length, most: 1.4 / length });
}

/** The scalar L of the reference, at the case's inputs plus some multiples of steps. */
function scalarAt(
  { given, linear, square }: Setup,
  steps: readonly (Probe & { by: number })[],
): number {
  const inputs = given.inputs.map((input, at) => {
    const here = steps.filter((step) => step.input === at);
    return grid(
      input.shape,
      (i) => here.reduce((x, { step, by }) => x + by * step.data[i], input.data[i]),
    );
  });
  const y = given.reference(inputs).data;
  return y.reduce((total, v, i) => total + linear.data[i] * v + square.data[i] * v * v / 2, 0);
}

/** dL along the probe, by central differences. */
function firstDifference(setup: Setup, probe: Probe, scale: number): number {
  const h = STEP / 10 * scale;
  return (scalarAt(setup, [{ ...probe, by: h }]) - scalarAt(setup, [{ ...probe, by: -h }])) /
    (2 * h);
}

/** d(v . grad L) along the probe, by the four corners of a square spanned by v and the probe. */
function secondDifference(setup: Setup, probe: Probe, scale: number): number {
  const h = STEP * scale;
  const corner = (along: number, aside: number) => {
    const everywhere = setup.direction.map((step, input) => ({ input, step, by: along }));
    return scalarAt(setup, [...everywhere, { ...probe, by: aside }]);
  };
  return (corner(h, h) - corner(h, -h) - corner(-h, h) + corner(-h, -h)) / (4 * h * h);
}

/** What `run` gives, with the kernels that it puts on the tape up to some depth added to `kernels`. */
function watched<T>(kernels: TapedKernels, run: () => T, atMost?: number): T {
  const stop = watchTape(kernels, atMost);
  try {
    return run();
  } finally {
    stop();
  }
}

/** The value, the gradient of L, and the gradient of v . grad L, as plain numbers per input. */
async function analyticGradients({ given, linear, square, direction }: Setup) {
  const kernels: TapedKernels = new Map();
  const tensors = tf.tidy(() => {
    const toTensor = ({ data, shape }: Grid) => tf.tensor(Float32Array.from(data), [...shape]);
    const inputs = given.inputs.map(toTensor), along = direction.map(toTensor);
    const p = toTensor(linear), q = tf.div(toTensor(square), 2);
    const scalar = (...xs: tf.Tensor[]): tf.Scalar => {
      const y = watched(kernels, () => given.apply(xs));
      assert.deepEqual(y.shape, linear.shape, `${given.name}: the reference has another shape`);
      return tf.sum(tf.mul(y, tf.add(p, tf.mul(q, y))));
    };
    const slope = (...xs: tf.Tensor[]): tf.Scalar => {
      // Of the inner gradient only the backward pass, at depth 1: its forward pass has kernels of our own scalar in it.
      const gradients = watched(kernels, () => tf.grads(scalar)(xs), 1);
      return tf.addN(gradients.map((g, i) => tf.sum(tf.mul(g, along[i]))));
    };
    const first = tf.grads(scalar)(inputs);
    const second = given.orders === 1 ? undefined : tf.grads(slope)(inputs);
    return { value: tf.clone(given.apply(inputs)), first, second };
  });
  const { value, first, second } = tensors;
  const read = (some: tf.Tensor[]) => Promise.all(some.map((tensor) => tensor.data()));
  const numbers = {
    value: await value.data(),
    first: await read(first),
    second: second && await read(second),
    kernels,
  };
  tf.dispose([value, ...first, ...(second ?? [])]);
  return numbers;
}

/** The differences along the probes. @throws {AssertionError} if they depend on the step size */
function probedTruths(
  setup: Setup,
  probes: readonly Probe[][],
  difference: (setup: Setup, probe: Probe, scale: number) => number,
): ProbedTruth[][] {
  const found = probes.map((ofInput) =>
    ofInput.map((probe) => ({ ...probe, truth: difference(setup, probe, 1) }))
  );
  const sizes = sizesOf(found);
  found.forEach((ofInput, input) => {
    const changes = ofInput.map((probe) => probe.truth - difference(setup, probe, 0.5));
    const doubt = largest(changes) / sizes[input];
    const message = `${setup.given.name}: the differences disagree by ${doubt}`;
    assert.ok(doubt <= REFERENCE_TOLERANCE, message);
  });
  return found;
}

/** What errors in each input's gradient are measured against: the largest true one. */
function sizesOf(truths: readonly ProbedTruth[][]): number[] {
  const sizes = truths.map((ofInput) => largest(ofInput.map(({ truth }) => truth)));
  // An input that hardly matters is measured against the others, or rounding would pass for a gradient.
  return sizes.map((size) => Math.max(size, largest(sizes) / 100));
}

/** The largest error of gradients along the probes, relative to that input's size. */
function worstError(
  truths: readonly ProbedTruth[][],
  found: readonly ArrayLike<number>[],
): number {
  const sizes = sizesOf(truths);
  return largest(truths.flatMap((ofInput, input) =>
    ofInput.map(({ step, truth }) => {
      const along = step.data.reduce((dot, value, i) => dot + value * found[input][i], 0);
      return (along - truth) / sizes[input];
    })
  ));
}

/** The largest absolute value; NaN if there is one. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function relativeError(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  let error = 0, size = 0;
  for (let i = 0; i < truth.length; i++) {
    error = Math.max(error, Math.abs(found[i] - truth[i]));
    size = Math.max(size, Math.abs(truth[i]));
  }
  return error / size;
}
