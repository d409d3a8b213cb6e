// Tests the style page's state against a worker that the test plays: what is asked, shown and said, and when.

import { strict as assert } from "node:assert";
import { parseOptions } from "../../islands/_style_options.ts";
import { StyleSession } from "../../islands/_style_session.ts";
import { fakeWorker } from "./_fake_worker.ts";
import { animation, hollowPng, photograph, textFile } from "./_picture_files.ts";
import {
  file,
  finish,
  lastRestyle,
  makeReady,
  models,
  prepare,
  refuseCanvas,
  startSession,
  tellEngine,
} from "./_style_session.ts";
import { toyModel } from "./_toy_model.ts";

const other = new Blob([await photograph(64, 96)]);

Deno.test("StyleSession loads the chosen model on the chosen engine", () => {
  const { newest } = startSession("?model=second&engine=cpu");
  assert.deepEqual(newest().requests, [
    { kind: "load", model: models[1], engine: "cpu", refresh: false },
  ]);
});

Deno.test("StyleSession takes a picture before the engine runs and asks as soon as it does", async () => {
  const { session, newest } = startSession();
  await session.open(file, "a.jpg");
  assert.equal(session.work.job.value, "waiting");
  assert.equal(newest().requests.length, 1);
  tellEngine(newest());
  assert.deepEqual(lastRestyle(newest()), {
    kind: "restyle",
    id: 1,
    file,
    direction: "AtoB",
    longSide: 512,
  });
  prepare(newest());
  assert.equal(session.work.job.value, "waiting");
  assert.equal(session.work.shown.value?.after, undefined);
  newest().reply({ kind: "ready" });
  assert.equal(session.work.job.value, "running");
  finish(newest());
  assert.equal(session.work.job.value, "idle");
  const shown = session.work.shown.peek();
  assert.deepEqual([shown?.after?.milliseconds, shown?.after?.tensors], [12, 40]);
  assert.equal(shown?.after?.isFirst, true);
});

Deno.test("StyleSession refuses what is not a picture and keeps the one on show", async () => {
  const { session, newest } = startSession();
  makeReady(newest());
  await session.open(file, "a.jpg");
  prepare(newest());
  finish(newest());
  const shown = session.work.shown.value;
  await session.open(new Blob([textFile("x".repeat(100))]), "b.txt");
  assert.match(session.work.problem.value, /not a picture/);
  assert.equal(session.work.shown.value, shown);
  assert.equal(session.work.job.value, "idle");
  await session.open(new Blob([hollowPng(10_000, 10_000)]), "c.png");
  assert.match(session.work.problem.value, /100 megapixels/);
  await session.open(file, "d.jpg");
  assert.equal(session.work.problem.value, "");
});

Deno.test("StyleSession says that only the first frame of an animation is used", async () => {
  const { session, newest } = startSession();
  makeReady(newest());
  await session.open(new Blob([await animation("gif")]), "a.gif");
  assert.match(session.work.notices.value.join(), /only its first frame/i);
  await session.open(file, "b.jpg");
  assert.doesNotMatch(session.work.notices.value.join(), /first frame/);
});

Deno.test("StyleSession lets the newest picture win and says so", async () => {
  const { session, newest, workers } = startSession();
  makeReady(newest());
  await session.open(file, "a.jpg");
  prepare(newest(), 1);
  await session.open(other, "b.jpg");
  assert.deepEqual(session.work.notices.value, ["“a.jpg” was stopped: “b.jpg” is newer."]);
  finish(newest(), 1);
  assert.equal(session.work.shown.value?.after, undefined, "The older result must not show");
  prepare(newest(), 2);
  finish(newest(), 2);
  assert.equal(session.work.shown.value?.fileName, "b.jpg");
  assert.equal(workers.length, 1);
});

Deno.test("StyleSession takes the newest of two files opened at once", async () => {
  const { session, newest } = startSession();
  makeReady(newest());
  await Promise.all([session.open(file, "a.jpg"), session.open(other, "b.jpg")]);
  const asked = newest().requests.filter(({ kind }) => kind === "restyle");
  assert.deepEqual(asked.map((request) => request.kind === "restyle" && request.file), [other]);
});

Deno.test("StyleSession ends a worker that is busy on the CPU, which nothing else stops", async () => {
  const { session, workers, newest } = startSession("?engine=cpu");
  makeReady(newest(), "simd");
  await session.open(file, "a.jpg");
  prepare(newest());
  await session.open(other, "b.jpg");
  assert.equal(workers.length, 2);
  assert.ok(workers[0].isTerminated);
  makeReady(newest(), "simd");
  assert.equal(lastRestyle(newest()).file, other);
});

Deno.test("StyleSession restyles the picture at hand when a choice changes", async () => {
  const { session, workers, newest } = startSession();
  makeReady(newest());
  await session.open(file, "a.jpg");
  prepare(newest());
  finish(newest());
  session.choose({ direction: "BtoA", longSide: 256 });
  const { direction, longSide } = lastRestyle(newest());
  assert.deepEqual([direction, longSide, workers.length], ["BtoA", 256, 1]);
  session.choose({ engine: "cpu" });
  assert.equal(workers.length, 2);
  makeReady(newest(), "simd");
  assert.equal(lastRestyle(newest()).direction, "BtoA");
});

Deno.test("StyleSession falls back to a direction that the new model has", () => {
  const [both] = models;
  const oneWay = toyModel("one-way", { directions: [both.manifest.directions[0]] });
  const surroundings = { createWorker: fakeWorker, createCanvas: refuseCanvas };
  const session = new StyleSession([both, oneWay], surroundings);
  session.start(parseOptions("?direction=BtoA", [both, oneWay]));
  session.choose({ model: oneWay });
  assert.equal(session.options.value.direction, "AtoB");
});

Deno.test("StyleSession tries a lost device anew once, then takes the CPU, and finishes the picture", async () => {
  const { session, workers, newest } = startSession();
  makeReady(newest());
  await session.open(file, "a.jpg");
  prepare(newest());
  newest().reply({ kind: "device-lost", reason: "destroyed" });
  assert.equal(workers.length, 2);
  assert.ok(workers[0].isTerminated);
  assert.deepEqual(newest().requests[0], { ...workers[0].requests[0] });
  assert.match(session.work.notices.value.join(), /lost.*new one/);
  makeReady(newest());
  assert.equal(lastRestyle(newest()).file, file);
  newest().reply({ kind: "device-lost", reason: "destroyed" });
  assert.deepEqual(newest().requests[0], {
    kind: "load",
    model: models[0],
    engine: "cpu",
    refresh: false,
  });
  assert.match(session.work.notices.value.join(), /lost again.*CPU/);
  makeReady(newest(), "simd");
  prepare(newest());
  finish(newest());
  assert.equal(session.work.job.value, "idle");
  assert.equal(session.work.shown.value?.after?.engine, "CPU: WebAssembly SIMD");
});

Deno.test("StyleSession starts anew after a crash and gives up the picture that was being made", async () => {
  const { session, workers, newest } = startSession();
  makeReady(newest());
  await session.open(file, "a.jpg");
  prepare(newest());
  newest().crash("out of memory");
  assert.match(session.work.problem.value, /broke off \(out of memory\)/);
  assert.equal(session.work.job.value, "idle");
  assert.equal(workers.length, 2);
  makeReady(newest());
  assert.equal(newest().requests.length, 1, "The picture must not be asked for again by itself");
  await session.open(file, "a.jpg");
  assert.equal(session.work.problem.value, "");
  assert.equal(lastRestyle(newest()).file, file);
});

Deno.test("StyleSession reports a crash while loading, and retries on request", () => {
  const { session, workers, newest } = startSession();
  newest().crash("no such script");
  const { value } = session.work.life.load;
  assert.ok(value.phase === "failed" && value.code === "crash");
  assert.equal(workers.length, 1);
  session.work.life.retry();
  assert.equal(workers.length, 2);
  assert.equal(session.work.life.load.value.phase, "loading");
});

Deno.test("StyleSession passes by every cache when it retries a corrupt model, and only then", async () => {
  const { session, newest } = startSession();
  await session.open(file, "a.jpg");
  tellEngine(newest());
  newest().reply({ kind: "load-failed", code: "corrupt", message: "Wrong hash" });
  session.work.life.retry();
  const load = { kind: "load", model: models[0], engine: "auto" };
  assert.deepEqual(newest().requests[0], { ...load, refresh: true });
  newest().reply({ kind: "load-failed", code: "network", message: "offline" });
  session.work.life.retry();
  assert.deepEqual(newest().requests[0], { ...load, refresh: false });
  makeReady(newest());
  assert.equal(lastRestyle(newest()).file, file, "The picture given before is still wanted");
});

Deno.test("StyleSession replaces a worker whose GPU memory is full of another size's buffers", async () => {
  const { session, workers, newest } = startSession();
  makeReady(newest());
  await session.open(file, "a.jpg");
  prepare(newest());
  finish(newest(), 1, 2 ** 30);
  await session.open(file, "again.jpg");
  assert.equal(workers.length, 1, "The same size reuses its buffers");
  prepare(newest());
  finish(newest(), 2, 2 ** 30);
  await session.open(other, "b.jpg");
  assert.equal(workers.length, 2);
  makeReady(newest());
  assert.equal(lastRestyle(newest()).file, other);
});

Deno.test("StyleSession tells the worker to free its device and ends it", async () => {
  const { session, newest } = startSession();
  makeReady(newest());
  session.stop();
  assert.deepEqual(newest().requests.at(-1), { kind: "dispose" });
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.ok(newest().isTerminated);
});

Deno.test("StyleSession survives a reply that is none", () => {
  const { session, newest } = startSession();
  newest().onmessage?.(new MessageEvent("message", { data: { kind: "nonsense" } }));
  const { value } = session.work.life.load;
  assert.ok(value.phase === "failed" && /nonsense/.test(value.message));
});
