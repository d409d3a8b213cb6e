// The guard: what it thinks of sheets, and a run that diverges, goes back and says so.

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { listCheckpoints, loadCheckpoint } from "../../tasks/_checkpoint.ts";
import {
  afterReturn,
  type GuardState,
  judgeSheet,
  mayReturn,
  NEW_GUARD,
  slowdownOf,
  type Verdict,
  warningOf,
} from "../../tasks/_guard.ts";
import { runTask } from "./_run_task.ts";
import { finalState } from "./_train.ts";
import { tinyPosterRun } from "./_train_posters.ts";

/** Verdicts on sheets of these distances, one every 10 images. */
function verdicts(distances: number[]): { verdicts: Verdict[]; state: GuardState } {
  let state: GuardState = NEW_GUARD;
  const found = distances.map((distance, i) => {
    const judged = judgeSheet(state, { distance, images: 10 * i });
    state = judged.state;
    return judged.verdict;
  });
  return { verdicts: found, state };
}

Deno.test("judgeSheet keeps the best sheet and bears those that are somewhat worse", () => {
  const { verdicts: found, state } = verdicts([2, 1, 1.5, 0.5, 0.9, 0.4]);
  assert.deepEqual(found, ["best", "best", "fine", "best", "fine", "best"]);
  assert.deepEqual(state, { best: { images: 50, distance: 0.4 }, bad: 0, returns: 0 });
});

Deno.test("judgeSheet calls two far worse sheets in a row a divergence, and a single one not", () => {
  assert.deepEqual(verdicts([1, 9, 1.2, 9, 9]).verdicts, [
    ...["best", "bad", "fine", "bad", "diverged"] as const,
  ]);
  // Of a very good one, even many times its distance may be little.
  assert.deepEqual(verdicts([0.01, 0.9]).verdicts, ["best", "fine"]);
});

Deno.test("judgeSheet takes a distance that is no number for the worst", () => {
  assert.deepEqual(verdicts([NaN, NaN]).verdicts, ["fine", "fine"].map(() => "bad"));
  assert.deepEqual(verdicts([1, NaN, Infinity]).verdicts, ["best", "bad", "diverged"]);
});

Deno.test("a run may go back three times, each with a quarter of the learning rate", () => {
  let { state } = verdicts([1, 20, 20]);
  assert.equal(mayReturn(NEW_GUARD), false);
  const slowdowns = [slowdownOf(state)];
  while (mayReturn(state)) slowdowns.push(slowdownOf(state = afterReturn(state)));
  assert.deepEqual(slowdowns, [1, 1 / 4, 1 / 16, 1 / 64]);
  assert.deepEqual(state, { best: { images: 0, distance: 1 }, bad: 0, returns: 3 });
});

Deno.test("warningOf says in plain words what is wrong", () => {
  const { state } = verdicts([0.5]);
  assert.equal(warningOf({ distance: 0.5, diversity: 0.9 }, "best", state), undefined);
  const collapsed = warningOf({ distance: 0.5, diversity: 0.12 }, "best", state);
  assert.match(collapsed ?? "", /collapsed: .* 12 % as much as real posters/);
  const bad = warningOf({ distance: 8, diversity: 0.9 }, "bad", state);
  assert.match(bad ?? "", /far worse than at 0 images .*8\.000, then 0\.500/);
});

Deno.test("train:posters with fifty times the learning rate goes back to its best state and says so", async () => {
  const folder = await Deno.makeTempDir(), run = join(folder, "run");
  // A good start, then steps that are far too long.
  const flags = tinyPosterRun(
    "r3gan",
    run,
    "--images 800 --sample-every 80 --save-every 80 --log-every 8",
  ).replace(/--lr \S+/, "--lr 0.002->0.1@240..248").replace("--width 4", "--width 8");
  const { code, text } = await runTask("train_posters", flags);
  assert.equal(code, 0, text);
  assert.match(text, /The samples are far worse than at \d+ images/);
  const [, images] = /The run has diverged: .* Going back to the best state, that of (\d+) images/
    .exec(text) ?? assert.fail(text);
  assert.ok(Number(images) <= 320, `went back to ${images} images`);
  assert.match(text, /with 0\.25 times the learning rate/);
  // It went on from there, and to the end.
  const { counters, guard } = await loadCheckpoint((await listCheckpoints(run))[0]);
  assert.equal(counters.imagesSeen, 800);
  assert.ok(guard.returns > 0 && guard.best !== null);
  // What it tells of itself is a single story, in which the return has its place.
  const lines = (await Deno.readTextFile(join(run, "metrics.jsonl"))).trim().split("\n")
    .map((line) => JSON.parse(line));
  const seen = lines.map((line) => line.images);
  assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
  assert.ok(lines.some(({ returned, slowdown }) => returned && slowdown === 0.25));
  const [best, ...others] = await listCheckpoints(join(run, "best"));
  assert.deepEqual(others, []);
  assert.equal(
    basename(best),
    `checkpoint-${String(guard.best.images).padStart(9, "0")}.safetensors`,
  );
  const exported = await runTask("export", `--run ${join(run, "best")} --id best --out ${folder}`);
  assert.equal(exported.code, 0, exported.text);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a guarded run that was stopped after it went back ends as if it had not been", async () => {
  const folder = await Deno.makeTempDir();
  const train = async (name: string, images: number) => {
    const flags = tinyPosterRun(
      "r3gan",
      join(folder, name),
      `--images ${images} --sample-every 40 --save-every 40`,
    ).replace(/--lr \S+/, "--lr 0.002->0.1@80..88");
    const { code, text } = await runTask("train_posters", flags);
    assert.equal(code, 0, text);
    return text;
  };
  assert.match(await train("whole", 240), /Going back/);
  assert.match(await train("halves", 120), /Done/);
  await train("halves", 240);
  const [halves, whole] = await Promise.all(
    ["halves", "whole"].map((name) => finalState(join(folder, name))),
  );
  assert.deepEqual(halves, whole);
  await Deno.remove(folder, { recursive: true });
});
