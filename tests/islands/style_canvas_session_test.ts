// Tests the canvas that a GPU's worker is given, against a worker that the test plays: who draws results, and who reads them.

import { strict as assert } from "node:assert";
import type { SharedCanvas } from "../../islands/_style_state.ts";
import { file, lastRestyle, makeReady, picture, prepare, startSession } from "./_style_session.ts";

/** A canvas and its other end, as far as a session looks. */
function fakeCanvas(): SharedCanvas {
  return { canvas: {}, offscreen: {} } as unknown as SharedCanvas;
}

/** A session on a GPU whose result is on the canvas. */
async function showOnCanvas() {
  const started = startSession("", fakeCanvas);
  const { session, newest } = started;
  makeReady(newest());
  newest().reply({ kind: "screen", problem: "" });
  await session.open(file, "a.jpg");
  prepare(newest());
  const { id } = lastRestyle(newest());
  newest().reply({ kind: "shown", id, milliseconds: 12, tensors: 40, gpuBytes: 0 });
  return { ...started, id };
}

Deno.test("StyleSession hands a GPU's worker a canvas, and tells it where the line is", async () => {
  const { session, newest } = await showOnCanvas();
  const [, screen] = newest().requests;
  assert.deepEqual(screen, { kind: "screen", canvas: {}, split: 50, strength: 100 });
  assert.ok(
    session.work.canvas.drawing.value.by === "gpu" && session.work.canvas.drawing.value.isOpen,
  );
  assert.ok(
    session.work.shown.value?.after && session.work.shown.value.after.picture === undefined,
  );
  session.work.canvas.look({ split: 20 });
  assert.deepEqual(newest().requests.at(-1), { kind: "look", split: 20, strength: 100 });
});

Deno.test("StyleSession hands the CPU's worker no canvas", () => {
  const { session, newest } = startSession("?engine=cpu", fakeCanvas);
  makeReady(newest(), "simd");
  session.work.canvas.look({ split: 20 });
  assert.deepEqual(newest().requests.map(({ kind }) => kind), ["load"]);
  assert.deepEqual(session.work.canvas.drawing.value, { by: "page", reason: "" });
});

Deno.test("StyleSession reads the result on the canvas on request", async () => {
  const { session, newest, id } = await showOnCanvas();
  const result = session.work.readResult();
  assert.deepEqual(newest().requests.at(-1), { kind: "read" });
  newest().reply({ kind: "bytes", id, picture });
  assert.equal(await result, picture);
  const late = session.work.readResult();
  prepare(newest());
  await assert.rejects(late, /newer picture/);
});

Deno.test("StyleSession draws by itself where no canvas can be shared, and knows why", () => {
  const { session, newest } = startSession();
  makeReady(newest());
  assert.deepEqual(session.work.canvas.drawing.value, { by: "page", reason: "No such method" });
  assert.deepEqual(newest().requests.map(({ kind }) => kind), ["load"]);
});

Deno.test("StyleSession shows the bytes when the canvas is refused later", async () => {
  const { session, newest, id } = await showOnCanvas();
  newest().reply({ kind: "screen", problem: "it is too large" });
  newest().reply({ kind: "bytes", id, picture });
  assert.deepEqual(session.work.canvas.drawing.value, { by: "page", reason: "it is too large" });
  assert.equal(session.work.shown.value?.after?.picture, picture);
});

Deno.test("StyleSession makes a picture anew that was lost with its device", async () => {
  const { session, newest, workers } = await showOnCanvas();
  const lost = session.work.readResult();
  newest().reply({ kind: "device-lost", reason: "destroyed" });
  await assert.rejects(lost, /started anew/);
  assert.equal(workers.length, 2);
  assert.equal(session.work.shown.value?.after, undefined);
  assert.equal(session.work.job.value, "waiting");
  makeReady(newest());
  assert.deepEqual(newest().requests.map(({ kind }) => kind), ["load", "screen", "restyle"]);
});
