// `train:posters --init`: what another run's networks give a new one, of the same size and of another, and what is said of it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { listCheckpoints, loadCheckpoint } from "../../tasks/_checkpoint.ts";
import { runTask } from "./_run_task.ts";
import { tinyPosterRun, trainPosters } from "./_train_posters.ts";

/** The tensors of a run's first checkpoint: those it started from. */
async function start(run: string, flags: string) {
  const all = `${flags} --init ${join(run, "..", "first")} --images 4 --sample-every 0`;
  const { code, text } = await runTask("train_posters", `${tinyPosterRun("r3gan", run, all)}`);
  assert.equal(code, 0, text);
  const paths = await listCheckpoints(run);
  return { text, tensors: (await loadCheckpoint(paths[paths.length - 1])).tensors };
}

Deno.test("train:posters --init takes another run's averages and discriminator, as far as the layers match", async (t) => {
  const folder = await Deno.makeTempDir(), first = join(folder, "first");
  await trainPosters("r3gan", first, "--images 40 --sample-every 0");
  const other = (await loadCheckpoint((await listCheckpoints(first))[0])).tensors;

  await t.step("of the same size, everything", async () => {
    const { text, tensors } = await start(join(folder, "same"), "--save-every 0");
    assert.match(text, /Starting from .*first at 40 images/);
    assert.match(text, /not taken, drawn anew: nothing/);
    for (const path of ["gen.stem.kernel", "gen.stage.1.block.0.back.kernel"]) {
      assert.deepEqual(tensors.get(`params.${path}`), other.get(`ema.${path}`), path);
      assert.deepEqual(tensors.get(`ema.${path}`), other.get(`ema.${path}`), path);
    }
    assert.deepEqual(tensors.get("params.disc.basis"), other.get("params.disc.basis"));
    const moments = tensors.get("adam.v.gen.stem.kernel");
    assert.ok(moments?.values.every((value) => value === 0));
  });

  await t.step("of twice the size and half the width, the low stages", async () => {
    const { text, tensors } = await start(
      join(folder, "large"),
      "--save-every 0 --size 32x48 --width 2 --disc-width 2",
    );
    const [, taken] = /taken: (.*)/.exec(text) ?? assert.fail(text);
    const [, left] = /not taken, drawn anew: (.*)/.exec(text) ?? assert.fail(text);
    assert.match(taken, /gen\.stage\.0 \(\d tensors\), gen\.stage\.1/);
    assert.match(left, /gen\.stage\.3 .*gen\.rgb/);
    const path = "gen.stage.0.block.0.mix.kernel";
    assert.deepEqual(tensors.get(`params.${path}`), other.get(`ema.${path}`));
    assert.notDeepEqual(
      tensors.get("params.gen.rgb.kernel")?.shape,
      other.get("params.gen.rgb.kernel")?.shape,
    );
  });

  await t.step("a run that has begun resumes and starts from nothing", async () => {
    const run = join(folder, "same");
    const flags = tinyPosterRun("r3gan", run, `--images 8 --sample-every 0 --init ${first}`);
    const { code, text } = await runTask("train_posters", flags);
    assert.equal(code, 0, text);
    assert.match(text, /Resuming/);
    assert.doesNotMatch(text, /Starting from/);
  });

  await t.step("what is no run is refused", async () => {
    const flags = `--images 4 --init ${join(folder, "nowhere")}`;
    const { code, err } = await runTask(
      "train_posters",
      tinyPosterRun("r3gan", join(folder, "refused"), flags),
    );
    assert.notEqual(code, 0);
    assert.match(err, /Cannot read run .*nowhere/);
  });

  await t.step("a run of another model has nothing that matches", async () => {
    const { code, err } = await runTask(
      "train_posters",
      tinyPosterRun("dcgan", join(folder, "dcgan"), `--images 4 --init ${first}`),
    );
    assert.notEqual(code, 0);
    assert.match(err, /Cannot start from .*first: none of its layers/);
  });
  await Deno.remove(folder, { recursive: true });
});
