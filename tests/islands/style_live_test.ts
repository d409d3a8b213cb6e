// Tests what moves, what is compared and what comes in parts, against a worker that the test plays.

import { strict as assert } from "node:assert";
import {
  file,
  finish,
  lastRestyle,
  makeReady,
  models,
  prepare,
  startSession,
} from "./_style_session.ts";

/** A frame of what moves. */
async function frame(): Promise<ImageBitmap> {
  return await createImageBitmap(new ImageData(new Uint8ClampedArray(8).fill(200), 2, 1));
}

/** Something that moves, which notes how often it is ended. */
function liveShow() {
  const show = { name: "A test", Controls: () => null, start: async () => {}, stops: 0 };
  return Object.assign(show, { stop: () => void show.stops++ });
}

Deno.test("StyleSession keeps a frame on show until the next one is restyled", async () => {
  const { session, newest } = startSession();
  makeReady(newest());
  const first = session.openFrame(await frame(), "camera");
  prepare(newest());
  finish(newest());
  assert.equal(await first, true);
  const { value: shown } = session.work.shown;
  const second = session.openFrame(await frame(), "camera");
  prepare(newest());
  assert.equal(session.work.shown.value, shown);
  finish(newest());
  assert.equal(await second, true);
  assert.notEqual(session.work.shown.value, shown);
});

Deno.test("StyleSession restyles a frame again whose choices changed meanwhile, on the same engine", async () => {
  const { session, newest, workers } = startSession("?engine=cpu");
  makeReady(newest(), "simd");
  await session.startLive(() => Promise.resolve(liveShow()));
  const done = session.openFrame(await frame(), "camera");
  prepare(newest());
  session.choose({ direction: "BtoA" });
  assert.equal(lastRestyle(newest()).direction, "AtoB");
  finish(newest());
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(lastRestyle(newest()).direction, "BtoA");
  prepare(newest());
  finish(newest());
  assert.equal(await done, true);
  assert.equal(workers.length, 1);
});

Deno.test("StyleSession tells what moves that a frame failed", async () => {
  const { session, newest } = startSession();
  makeReady(newest());
  const done = session.openFrame(await frame(), "camera");
  newest().reply({ kind: "job-failed", id: lastRestyle(newest()).id, message: "Too large" });
  assert.equal(await done, false);
  assert.equal(session.work.problem.value, "Too large");
});

Deno.test("StyleSession ends what moves when anything else is opened, and what came too late", async () => {
  const { session, newest } = startSession();
  makeReady(newest());
  const first = liveShow(), second = liveShow(), late = liveShow();
  await session.startLive(() => Promise.resolve(first));
  assert.equal(session.live.value, first);
  const slow = Promise.withResolvers<typeof late>();
  const started = session.startLive(() => slow.promise);
  assert.equal(first.stops, 1);
  await session.startLive(() => Promise.resolve(second));
  slow.resolve(late);
  await started;
  assert.deepEqual([late.stops, session.live.value], [1, second]);
  await session.open(file, "a.jpg");
  assert.deepEqual([second.stops, session.live.value], [1, undefined]);
});

Deno.test("StyleSession says why nothing moves, and stays as it was", async () => {
  const { session } = startSession();
  await session.startLive(() => Promise.reject(new Error("No camera was found")));
  assert.equal(session.work.problem.value, "No camera was found");
  assert.deepEqual([session.live.value, session.work.job.value], [undefined, "idle"]);
  const broken = { ...liveShow(), start: () => Promise.reject(new Error("It broke")) };
  await session.startLive(() => Promise.resolve(broken));
  assert.equal(session.work.problem.value, "It broke");
  assert.equal(session.live.value, undefined);
});

Deno.test("StyleSession tells how far a large picture is", async () => {
  const { session, newest } = startSession();
  makeReady(newest());
  await session.open(file, "a.jpg");
  prepare(newest());
  const { id } = lastRestyle(newest());
  newest().reply({ kind: "part", id, share: 0.5 });
  assert.equal(session.work.share.value, 0.5);
  finish(newest());
  await session.open(file, "b.jpg");
  assert.equal(session.work.share.value, 0);
});

Deno.test("StyleSession compares nothing with itself", () => {
  const { session } = startSession();
  session.rivalChoice.value = { model: models[0], direction: "BtoA" };
  session.choose({ longSide: 256 });
  assert.notEqual(session.rivalChoice.value, undefined);
  session.choose({ direction: "BtoA" });
  assert.equal(session.rivalChoice.value, undefined);
});
