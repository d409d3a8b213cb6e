// Training configurations: a good one in its normal form, and every rule that a bad one breaks.

import assert from "node:assert/strict";
import * as v from "valibot";
import {
  parseGan,
  trainingSchedules,
  trainingSchema,
} from "../../../models/cyclegan/training_config.ts";
import { tinyConfig } from "./_tiny_training.ts";

/** The message of the first issue with a changed configuration, after its key; undefined if there is none. */
function issueWith(change: Record<string, unknown>): string | undefined {
  const { issues } = v.safeParse(trainingSchema, { ...tinyConfig(), ...change });
  return issues && `${v.getDotPath(issues[0]) ?? "(all)"}: ${issues[0].message}`;
}

Deno.test("trainingSchema gives a good configuration back as it is", () => {
  assert.deepEqual(v.parse(trainingSchema, tinyConfig()), tinyConfig());
});

Deno.test("trainingSchema brings schedules and loss into their one normal form", () => {
  const written = {
    gan: " lsgan , wgangp@50k, hinge@1.5M",
    cycle: "10 -> 5 @ 20k..150k",
    identity: "5.0",
    penalty: "50->5@0..1k:exp",
    clipGenerator: "1e1",
    learningRate: "0.0002->0@1k..2k:linear",
  };
  const parsed = v.parse(trainingSchema, { ...tinyConfig(), ...written });
  const normal = {
    gan: "lsgan,wgangp@50000,hinge@1500000",
    cycle: "10->5@20000..150000",
    identity: "5",
    penalty: "50->5@0..1000:exp",
    clipGenerator: "10",
    learningRate: "0.0002->0@1000..2000",
  };
  assert.deepEqual(parsed, { ...tinyConfig(), ...normal });
  assert.deepEqual(v.parse(trainingSchema, parsed), parsed);
});

Deno.test("trainingSchema refuses each value outside its limits, naming the key", () => {
  const wrong: [change: Record<string, unknown>, issue: string | RegExp][] = [
    [{ kind: "pix2pix" }, /^kind: /],
    [{ generator: { width: 0, blocks: 1, upsample: "convt" } }, /^generator\.width: /],
    [{ discriminator: { width: 1, layers: 9, score: "patch" } }, /^discriminator\.layers: /],
    [{ size: [12, 16] }, /^size\.0: Invalid value: Expected >=16/],
    [{ size: [16, 18] }, "size.1: every side must be a multiple of 4"],
    [{ size: [16, 4100] }, /^size\.1: Invalid value: Expected <=4096/],
    [{ size: [16] }, /^size\.1: /],
    [{ loadScale: 0.9 }, /^loadScale: /],
    [{ flip: 1 }, /^flip: /],
    [{ batch: 0 }, /^batch: /],
    [{ batch: 1.5 }, /^batch: /],
    [{ gan: "wgan" }, 'gan: Cannot read GAN loss "wgan": expected lsgan, wgangp, hinge'],
    [{ criticSteps: 0 }, /^criticSteps: /],
    [{ cycle: "-1" }, /^cycle: Cannot read schedule "-1"/],
    [{ cycle: 10 }, /^cycle: /],
    [{ identity: "none" }, /^identity: Cannot read schedule/],
    [{ penalty: "" }, /^penalty: Cannot read schedule/],
    [{ clipGenerator: "off" }, /^clipGenerator: /],
    [{ learningRate: "1e-4->0@5k..1k" }, /^learningRate: .*its end 1k is not after its start 5k/],
    [{ beta1: 1 }, /^beta1: /],
    [{ beta2: -0.1 }, /^beta2: /],
    [{ pool: -1 }, /^pool: /],
    [{ emaHalfLife: 0.5 }, /^emaHalfLife: /],
    [{ augment: ["colour"] }, /^augment\.0: /],
    [{ seed: 2 ** 32 }, /^seed: /],
    [{ steps: 5 }, /^steps: /],
    [{ seed: undefined }, /^seed: /],
  ];
  for (const [change, expected] of wrong) {
    const found = issueWith(change) ?? "no issue";
    if (typeof expected === "string") assert.equal(found, expected);
    else assert.match(found, expected, JSON.stringify(change));
  }
});

Deno.test("trainingSchema refuses images too small for the discriminator's layers", () => {
  const discriminator = { width: 1, layers: 3, score: "patch" };
  assert.equal(issueWith({ discriminator, size: [24, 64] }), undefined);
  assert.equal(
    issueWith({ discriminator, size: [64, 20] }),
    "(all): size is too small for the discriminator's layers: every side must be at least 3 x 2^layers",
  );
  assert.match(issueWith({ discriminator, size: [20, 64] }) ?? "", /too small/);
});

Deno.test("parseGan reads a loss and its switches", () => {
  assert.deepEqual(parseGan("hinge"), [{ kind: "hinge", fromImages: 0 }]);
  assert.deepEqual(parseGan("lsgan,wgangp@50k,lsgan@60000"), [
    { kind: "lsgan", fromImages: 0 },
    { kind: "wgangp", fromImages: 50_000 },
    { kind: "lsgan", fromImages: 60_000 },
  ]);
});

Deno.test("parseGan refuses unknown losses, a late start, and switches out of order", () => {
  const images = (text: string) =>
    `Cannot read "${text}" as images: expected a whole number such as 50000, 50k or 1.5M`;
  const loss = (text: string, problem: string) => `Cannot read GAN loss "${text}": ${problem}`;
  const kinds = "expected lsgan, wgangp, hinge", order = "switches must come in rising order";
  const wrong: [text: string, message: string][] = [
    ["", loss("", kinds)],
    ["lsgan,", loss("", kinds)],
    ["LSGAN", loss("LSGAN", kinds)],
    ["lsgan,wgan@5", loss("wgan", kinds)],
    ["lsgan@5", loss("lsgan@5", 'the first loss starts at 0, expected no "@"')],
    ["lsgan@", loss("lsgan@", 'the first loss starts at 0, expected no "@"')],
    ["lsgan,wgangp", images("")],
    ["lsgan,wgangp@", images("")],
    ["lsgan,wgangp@5.5", images("5.5")],
    ["lsgan,wgangp@50k@3", images("50k@3")],
    ["lsgan,wgangp@0", loss("lsgan,wgangp@0", order)],
    ["lsgan,wgangp@5,hinge@5", loss("lsgan,wgangp@5,hinge@5", order)],
    ["lsgan,wgangp@5,hinge@4", loss("lsgan,wgangp@5,hinge@4", order)],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseGan(text), { name: "SyntaxError", message });
  }
});

Deno.test("trainingSchedules reads a clip norm of none as no bound", () => {
  const { clipGenerator, clipDiscriminator, cycle } = trainingSchedules(
    tinyConfig({ clipGenerator: "none", clipDiscriminator: "10->1@0..100" }),
  );
  assert.deepEqual([clipGenerator.from, clipGenerator.to], [Infinity, Infinity]);
  assert.deepEqual([clipDiscriminator.from, clipDiscriminator.to], [10, 1]);
  assert.equal(cycle.from, 10);
});
