// Checkpoints on disk: whole or not at all, and never more than are needed.

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import {
  disposeTrainState,
  initTrainState,
  stateTensors,
  type TrainState,
} from "../../models/cyclegan/state.ts";
import { stateCounters } from "../../models/train_state.ts";
import { writeAtomically } from "../../tasks/_atomic_file.ts";
import {
  listCheckpoints,
  loadCheckpoint,
  loadLatestCheckpoint,
  saveCheckpoint,
} from "../../tasks/_checkpoint.ts";
import { TaskError } from "../../tasks/_cli.ts";
import { NEW_GUARD } from "../../tasks/_guard.ts";
import { resolveTrainingConfig } from "../../tasks/_cyclegan_flags.ts";
import { forEachDevice } from "../_gates.ts";

const config = resolveTrainingConfig("toy", 10, {
  width: "1",
  blocks: "0",
  "disc-width": "1",
  "disc-layers": "1",
});
const snapshot = (state: TrainState) => ({
  tensors: stateTensors(state),
  counters: stateCounters(state),
});
const facts = { config, dataHash: "ab", dataPosition: 7, seconds: 1.5, guard: { ...NEW_GUARD } };

forEachDevice("saveCheckpoint() and loadCheckpoint() keep every tensor and counter", async () => {
  const folder = await Deno.makeTempDir();
  const state = initTrainState(config);
  state.imagesSeen = 12;
  state.adam.discB.updates = 3;
  const saved = await loadCheckpoint(await saveCheckpoint(folder, snapshot(state), facts));
  assert.deepEqual(saved.config, config);
  assert.deepEqual([saved.dataHash, saved.dataPosition, saved.seconds], ["ab", 7, 1.5]);
  assert.deepEqual([saved.counters.imagesSeen, saved.counters.updates.discB], [12, 3]);
  for (const [path, tensor] of stateTensors(state)) {
    assert.deepEqual(saved.tensors.get(path)?.values, await tensor.data(), path);
  }
  assert.equal(saved.tensors.size, stateTensors(state).length);
  disposeTrainState(state);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("saveCheckpoint() keeps the last two and loadLatestCheckpoint() gives the newest that is whole", async () => {
  const folder = await Deno.makeTempDir();
  assert.equal(await loadLatestCheckpoint(folder, () => {}), undefined);
  const { startDevice } = await import("../../gpu/device.ts");
  const device = await startDevice("simd");
  const state = initTrainState(config);
  for (state.imagesSeen of [8, 9, 10, 1000]) await saveCheckpoint(folder, snapshot(state), facts);
  const names = (await listCheckpoints(folder)).map((path) => basename(path));
  assert.deepEqual(names, ["checkpoint-000001000.safetensors", "checkpoint-000000010.safetensors"]);
  await Deno.truncate(join(folder, names[0]), 4000);
  const warnings: string[] = [];
  const latest = await loadLatestCheckpoint(folder, (warning) => warnings.push(warning));
  assert.equal(latest?.counters.imagesSeen, 10);
  assert.match(warnings.join(), /checkpoint-000001000\.safetensors is damaged/);
  disposeTrainState(state);
  device.dispose();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("writeAtomically() leaves the old file and no temporary one where it fails", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "file");
  await writeAtomically(path, new TextEncoder().encode("old"));
  // A folder in the way of the temporary name makes the write fail, for the superuser too.
  await Deno.mkdir(`${path}.tmp`);
  await assert.rejects(writeAtomically(path, new TextEncoder().encode("new")), (error) => {
    assert.ok(error instanceof TaskError);
    assert.match(error.message, new RegExp(`^Cannot write ${path}: `));
    return true;
  });
  assert.equal(await Deno.readTextFile(path), "old");
  await assert.rejects(
    writeAtomically(join(folder, "none", "file"), new Uint8Array(1)),
    /Cannot write/,
  );
  await Deno.remove(folder, { recursive: true });
});
