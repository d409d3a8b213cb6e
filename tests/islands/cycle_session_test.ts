// Tests the sessions of frames that are redrawn against a worker that the test plays.

import { strict as assert } from "node:assert";
import type { Picture } from "../../gpu/picture.ts";
import { CycleSession, meanDifference } from "../../islands/_cycle_session.ts";
import { FrameSession } from "../../islands/_frame_session.ts";
import type { SceneSurroundings } from "../../islands/_scene_session.ts";
import type { StyleModel, StyleReply, StyleRequest } from "../../islands/_style_protocol.ts";
import { manifestJson, parseStyle } from "../models/_exported_model.ts";
import { type FakeWorker, fakeWorker } from "./_fake_worker.ts";
import { paint } from "./_toy_posters.ts";

type StyleWorker = FakeWorker<StyleRequest, StyleReply>;

const model: StyleModel = {
  manifest: parseStyle(manifestJson),
  weightsUrl: "/models/two-films-toy/weights.safetensors",
};

/** Frames of one colour that tells seed and film, and the workers. */
function surroundings() {
  const workers: StyleWorker[] = [];
  const drawn: string[] = [];
  const world: SceneSurroundings = {
    createWorker: () => {
      const worker: StyleWorker = fakeWorker();
      workers.push(worker);
      return worker;
    },
    drawFrame: (seed, film) => {
      drawn.push(`${film}${seed}`);
      return Promise.resolve(paint(8, 4, () => [seed, film === "A" ? 10 : 200, 0]));
    },
    fileOf: ({ data }: Picture) => Promise.resolve(new Blob([new Uint8Array(data)])),
  };
  return { world, workers, drawn, newest: () => workers[workers.length - 1] };
}

function startEngine(worker: StyleWorker): void {
  const engine = { engine: "simd", description: "CPU: test", fallbackReason: "" } as const;
  worker.reply({ kind: "engine", ...engine, automaticLongSide: 4, maxLongSide: 64 });
  worker.reply({ kind: "ready" });
}

/** Waits for the next request to restyle, answers it with pictures of those shades of red, and gives it back. */
async function answer(worker: StyleWorker, count: number, [before, after]: [number, number]) {
  const found = () => worker.requests.filter((request) => request.kind === "restyle");
  for (let i = 0; i < 50 && found().length < count; i++) await pause();
  const request = found()[count - 1];
  assert.ok(request, `The worker was asked for ${found().length} pictures; expected ${count}`);
  const { id } = request;
  const picture = paint(4, 2, () => [before, 0, 0]);
  worker.reply({ kind: "prepared", id, picture, originalWidth: 8, originalHeight: 4 });
  const redrawn = paint(4, 2, () => [after, 0, 0]);
  worker.reply({ kind: "result", id, picture: redrawn, milliseconds: 7, tensors: 1, gpuBytes: 0 });
  await pause();
  return request;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("FrameSession shows the drawn frame at once, then both sides, and turns the direction", async () => {
  const { world, drawn, newest } = surroundings();
  const session = new FrameSession(model, 5, world);
  const first = session.start();
  for (let i = 0; i < 9; i++) await pause();
  assert.deepEqual([session.shown.value?.before.width, session.shown.value?.after], [8, undefined]);
  assert.ok(session.isBusy.value);
  startEngine(newest());
  const request = await answer(newest(), 1, [1, 2]);
  await first;
  assert.deepEqual([request.direction, request.longSide], ["AtoB", 4]);
  const { before, after, milliseconds } = session.shown.value ?? {};
  assert.deepEqual([before?.data[0], after?.data[0], milliseconds], [1, 2, 7]);
  const second = session.showNext();
  await session.showNext();
  assert.equal((await answer(newest(), 2, [3, 4])).direction, "BtoA");
  await second;
  assert.deepEqual(drawn, ["A5", "B6"], "Asked twice, it draws once");
  assert.equal(session.shown.value?.direction.from, "Neon");
});

Deno.test("FrameSession asks a worker in a lost one's place again, and tells what failed", async () => {
  const { world, workers, newest } = surroundings();
  const session = new FrameSession(model, 5, world);
  const first = session.start();
  startEngine(newest());
  for (let i = 0; i < 9; i++) await pause();
  newest().reply({ kind: "device-lost", reason: "unplugged" });
  assert.equal(workers.length, 2);
  startEngine(newest());
  await answer(newest(), 1, [1, 2]);
  await first;
  assert.equal(session.shown.value?.after?.data[0], 2);
  const second = session.showNext();
  for (let i = 0; i < 9; i++) await pause();
  newest().crash("no memory");
  await second;
  assert.match(session.problem.value, /no memory/);
  assert.ok(!session.isBusy.value);
});

Deno.test("CycleSession sends what came out back, and draws the true answer of the same scene", async () => {
  const { world, drawn, newest } = surroundings();
  const session = new CycleSession(model, 30, world);
  const first = session.start();
  startEngine(newest());
  const there = await answer(newest(), 1, [30, 90]);
  const back = await answer(newest(), 2, [90, 40]);
  await first;
  assert.deepEqual([there.direction, back.direction], ["AtoB", "BtoA"]);
  assert.deepEqual(drawn, ["A30", "B30"]);
  assert.ok(back.file instanceof Blob);
  const sent = new Uint8Array(await back.file.arrayBuffer());
  assert.equal(sent[0], 90, "What the first generator made goes back");
  const { real, redrawn, truth, back: returned } = session.stations.value;
  assert.deepEqual([real, redrawn, returned].map((picture) => picture?.data[0]), [30, 90, 40]);
  assert.deepEqual([truth?.width, truth?.height, truth?.data[1]], [4, 2, 200]);
});

Deno.test("meanDifference is the mean over colours and pixels, alpha apart, in parts of the whole range", () => {
  const black = paint(2, 2, () => [0, 0, 0]), some = paint(2, 2, (x) => [x ? 255 : 0, 51, 0]);
  assert.equal(meanDifference(black, black), 0);
  assert.ok(Math.abs(meanDifference(black, some) - (0.5 + 0.2 + 0) / 3) < 1e-12);
  assert.equal(meanDifference(black, paint(6, 6, () => [255, 255, 255])), 1);
});
