// `train:cyclegan --d-net`: weights are read from a file or said to be random, and the run resumes without the file, to the bit.

import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeSafetensors, type StoredTensor } from "../../gpu/safetensors.ts";
import { listCheckpoints } from "../../tasks/_checkpoint.ts";
import { readGolden } from "../golden/_golden.ts";
import { formulaState } from "../models/trunks/_trunk_parity.ts";
import { runTask } from "./_run_task.ts";
import { finalState, makePictures, runTraining, trainToEnd } from "./_train.ts";

/** A run of the smallest generator at 32 pixels. */
function trunkRun(data: string, run: string, ...flags: string[]): string[] {
  return [
    ...["--device", "simd", "--threads", "2", "--data", data, "--run", run, "--size", "32"],
    ...["--width", "2", "--blocks", "1", "--disc-width", "2", "--samples", "1"],
    ...["--images", "4", "--save-every", "2", "--sample-every", "0", ...flags],
  ];
}

/** A file of torchvision's names and shapes, without the classifier. */
async function writeWeights(path: string): Promise<void> {
  const state = formulaState(await readGolden("trunk_resnet18"));
  const stored = [...state].filter(([, { bytes }]) => bytes.length > 0)
    .map(([name, { shape, bytes }]): [string, StoredTensor] => [
      name,
      { dtype: "F32", shape: [...shape], bytes },
    ]);
  await Deno.writeFile(path, encodeSafetensors(new Map(stored), {}));
}

Deno.test("train:cyclegan trains heads on a file's trunk, resumes without the file, and exports", async () => {
  const folder = await Deno.makeTempDir();
  const data = await makePictures(join(folder, "data")),
    file = join(folder, "resnet18.safetensors");
  await writeWeights(file);
  const run = join(folder, "run");
  const flags = ["--d-net", "resnet18", "--d-freeze", "--d-weights", file];
  const text = await trainToEnd(trunkRun(data, run, ...flags));
  assert.match(text, /resnet18 starts from .*: safetensors, 20 convolutions, 0 tensors left out/);
  assert.match(text, /in two generators and two discriminators on a frozen resnet18 of 11\.17 M/);
  const expected = await finalState(run);
  assert.equal(expected.counters.imagesSeen, 4);
  const [newest] = await listCheckpoints(run);
  await Deno.remove(newest);
  await Deno.remove(file);
  const resumed = await trainToEnd(trunkRun(data, run, ...flags));
  assert.match(resumed, /Resuming .* at 2 images/);
  assert.deepEqual(await finalState(run), expected);

  const refused = await runTraining(trunkRun(data, run, ...flags.slice(0, 2)));
  assert.equal(refused.code, 1);
  assert.match(refused.text, /discriminator\.freeze: the run has true, asked for false/);
  const exported = await runTask("export", "--run", run, "--id", "tiny", "--out", folder);
  assert.equal(exported.code, 0, exported.text);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:cyclegan says that a trunk without a file has random weights, and trains it", async () => {
  const folder = await Deno.makeTempDir();
  const data = await makePictures(join(folder, "data"));
  const text = await trainToEnd(
    trunkRun(data, join(folder, "run"), "--d-net", "resnet18", "--images", "1"),
  );
  assert.match(text, /warning: resnet18 starts from random weights: there is no --d-weights FILE/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train:cyclegan says what is wrong with a file of weights", async () => {
  const folder = await Deno.makeTempDir();
  const data = await makePictures(join(folder, "data"));
  const wrong = join(folder, "wrong.pth");
  await Deno.writeTextFile(wrong, "no weights at all");
  const answer = async (file: string) =>
    await runTraining(
      trunkRun(data, join(folder, "run"), "--d-net", "resnet18", "--d-weights", file),
    );
  const nowhere = await answer(join(folder, "nowhere.pth"));
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.text, /Cannot import .*nowhere\.pth/);
  const unread = await answer(wrong);
  assert.equal(unread.code, 1);
  assert.match(unread.text, /Cannot import .*wrong\.pth: Cannot read weights: it has 17 bytes/);
  const other = await answer(
    new URL("../golden/discriminator_patch.safetensors", import.meta.url).pathname,
  );
  assert.equal(other.code, 1);
  assert.match(other.text, /Cannot read it as torchvision's resnet18.*missing: "conv1\.weight"/s);
  await Deno.remove(folder, { recursive: true });
});
