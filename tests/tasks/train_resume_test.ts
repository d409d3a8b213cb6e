// A run that was killed, stopped or damaged ends in the same weights, bit for bit, as one that was not.

import assert from "node:assert/strict";
import { join } from "node:path";
import { randomStream } from "../../gpu/random.ts";
import { listCheckpoints } from "../../tasks/_checkpoint.ts";
import {
  finalState,
  makePictures,
  runTraining,
  startTraining,
  tinyRun,
  trainToEnd,
  waitForMetrics,
} from "./_train.ts";

const IMAGES = 24;
/**
 * Both losses and all that is random are in it, so that a resume has every kind of state to carry; and wide enough that the threads
 * share the work.
 */
const FLAGS = [
  "--size",
  "40",
  "--width",
  "16",
  "--disc-width",
  "16",
  "--images",
  String(IMAGES),
  "--gan",
  "lsgan,wgangp@12",
  "--critic-steps",
  "2",
  "--pool",
  "4",
  "--augment",
  "color,translation,cutout",
  "--save-every",
  "3",
  "--sample-every",
  "8",
];

Deno.test("train:cyclegan killed at five random moments ends in the same weights as an uninterrupted run", async (t) => {
  const folder = await Deno.makeTempDir();
  const data = await makePictures(join(folder, "data"));
  const whole = join(folder, "whole");
  await trainToEnd(tinyRun(data, whole, ...FLAGS));
  const expected = await finalState(whole);
  assert.equal(expected.counters.imagesSeen, IMAGES);
  const random = randomStream(Date.now(), "kill");
  for (let i = 0; i < 5; i++) {
    const lines = 1 + random.integer(IMAGES - 6), delayMs = random.integer(60);
    await t.step(`killed ${delayMs} ms after metrics line ${lines}`, async () => {
      const run = join(folder, `killed${i}`), args = tinyRun(data, run, ...FLAGS);
      const child = startTraining(args);
      await waitForMetrics(run, lines, child);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      child.kill("SIGKILL");
      const { signal } = await child.output();
      assert.equal(signal, "SIGKILL", "the run ended before it was killed");
      await trainToEnd(args);
      assert.deepEqual(await finalState(run), expected);
      await assertMetricsRise(run);
    });
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:cyclegan stopped by SIGINT saves, exits with 130 and resumes", async () => {
  const folder = await Deno.makeTempDir();
  const data = await makePictures(join(folder, "data"));
  const args = (run: string) =>
    tinyRun(data, join(folder, run), "--size", "16", "--images", "40", "--save-every", "0");
  await trainToEnd(args("whole"));
  const child = startTraining(args("stopped"));
  await waitForMetrics(join(folder, "stopped"), 3, child);
  child.kill("SIGINT");
  const { code, stderr } = await child.output();
  assert.equal(code, 130, new TextDecoder().decode(stderr));
  const { counters } = await finalState(join(folder, "stopped"));
  assert.ok(
    counters.imagesSeen >= 3 && counters.imagesSeen < 40,
    `stopped at ${counters.imagesSeen}`,
  );
  await trainToEnd(args("stopped"));
  assert.deepEqual(
    await finalState(join(folder, "stopped")),
    await finalState(join(folder, "whole")),
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:cyclegan with a truncated checkpoint says so and goes on from the one before", async () => {
  const folder = await Deno.makeTempDir();
  const data = await makePictures(join(folder, "data")), run = join(folder, "run");
  const args = tinyRun(data, run, "--size", "16", "--images", "12", "--save-every", "4");
  await trainToEnd(args);
  const expected = await finalState(run);
  const [newest] = await listCheckpoints(run);
  await Deno.truncate(newest, 1000);
  const text = await trainToEnd(args);
  assert.match(text, /checkpoint-000000012\.safetensors is damaged.*cut off|header claims/s);
  assert.match(text, /Resuming .* at 8 images/);
  assert.deepEqual(await finalState(run), expected);
  await Deno.truncate((await listCheckpoints(run))[0], 5);
  await Deno.truncate((await listCheckpoints(run))[1], 5);
  const { code, text: refusal } = await runTraining(args);
  assert.equal(code, 1);
  assert.match(refusal, /Cannot resume .*: none of its 2 checkpoints can be read/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:cyclegan refuses to resume with another configuration and names the keys", async () => {
  const folder = await Deno.makeTempDir();
  const data = await makePictures(join(folder, "data")), run = join(folder, "run");
  const flags = ["--size", "16", "--images", "2", "--lr", "2e-4"];
  await trainToEnd(tinyRun(data, run, ...flags));
  const { code, text } = await runTraining(
    tinyRun(data, run, ...flags, "--cycle", "3", "--blocks", "2"),
  );
  assert.equal(code, 1);
  assert.match(text, /cycle: the run has ".*", asked for "3"/);
  assert.match(text, /generator\.blocks: the run has 1, asked for 2/);
  assert.doesNotMatch(text, /identity/);
  await Deno.remove(folder, { recursive: true });
});

/** No line twice, none lost to the kill but those after the last checkpoint. */
async function assertMetricsRise(run: string): Promise<void> {
  const lines = (await Deno.readTextFile(join(run, "metrics.jsonl"))).trim().split("\n").map((
    line,
  ) => JSON.parse(line));
  const images = lines.filter((line) => "lossGenerators" in line).map((line) => line.images);
  assert.deepEqual(images, Array.from({ length: IMAGES }, (_, i) => i + 1));
}
