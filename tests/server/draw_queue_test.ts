// The queue of orders: who draws what, how many may wait, and what happens when a worker fails or dies.

import assert from "node:assert/strict";
import { BusyError, DrawingError, DrawQueue } from "../../server/draw_queue.ts";
import { drawingOptions } from "../../server/drawn_posters.ts";
import { fakeDrawers, fileOf, orderOf, seedsOf } from "./_fake_drawers.ts";

const png = fileOf(10);

Deno.test("DrawQueue gives each worker one order at a time, and starts none before it is needed", async () => {
  const { options, workers } = fakeDrawers({ workers: 2, mostWaiting: 5 });
  const queue = new DrawQueue(options);
  assert.equal(workers.length, 0);
  const first = queue.add(orderOf(0));
  assert.equal(workers.length, 1);
  const others = [1, 2, 3].map((seed) => queue.add(orderOf(seed)));
  assert.deepEqual([workers.map(seedsOf), queue.waiting], [[[0], [1]], 2]);
  workers[1].reply({ kind: "drawn", png });
  assert.deepEqual(await others[0].png, png);
  assert.deepEqual([workers.map(seedsOf), queue.waiting], [[[0], [1, 2]], 1]);
  workers[0].reply({ kind: "drawn", png });
  assert.deepEqual(await first.png, png);
  assert.deepEqual([workers.map(seedsOf), queue.waiting], [[[0, 3], [1, 2]], 0]);
  workers.forEach((worker) => worker.reply({ kind: "drawn", png }));
  await Promise.all(others.map((drawing) => drawing.png));
  queue.close();
  assert.ok(workers.every((worker) => worker.isTerminated));
});

Deno.test("DrawQueue takes no more than may wait, and says when to come again", async () => {
  const { options, workers } = fakeDrawers({ mostWaiting: 2 });
  const queue = new DrawQueue(options);
  const drawings = [0, 1, 2].map((seed) => queue.add(orderOf(seed)));
  assert.throws(() => queue.add(orderOf(3)), (error) => {
    assert.ok(error instanceof BusyError);
    assert.equal(error.retrySeconds, 2);
    return true;
  });
  workers[0].reply({ kind: "drawn", png });
  await drawings[0].png;
  drawings.push(queue.add(orderOf(4)));
  assert.deepEqual([seedsOf(workers[0]), queue.waiting], [[0, 1], 2]);
  queue.close();
  await Promise.allSettled(drawings.map((drawing) => drawing.png));
});

Deno.test("DrawQueue takes out an order that is called off while it waits, and no other", async () => {
  const { options, workers } = fakeDrawers();
  const queue = new DrawQueue(options);
  const [first, second, third] = [0, 1, 2].map((seed) => queue.add(orderOf(seed)));
  assert.deepEqual([first.callOff(), second.callOff(), second.callOff()], [false, true, false]);
  await assert.rejects(second.png, { name: "AbortError" });
  assert.equal(queue.waiting, 1);
  workers[0].reply({ kind: "drawn", png });
  assert.deepEqual(await first.png, png);
  assert.deepEqual(seedsOf(workers[0]), [0, 2]);
  workers[0].reply({ kind: "drawn", png });
  await third.png;
  queue.close();
});

Deno.test("DrawQueue fails an order that its worker could not draw, reports it, and goes on with the same worker", async () => {
  const { options, workers, reports } = fakeDrawers();
  const queue = new DrawQueue(options);
  const [first, second] = [0, 1].map((seed) => queue.add(orderOf(seed)));
  workers[0].reply({ kind: "failed", message: "Cannot load model" });
  await assert.rejects(first.png, DrawingError);
  workers[0].reply({ kind: "drawn", png });
  await second.png;
  assert.deepEqual([workers.length, reports], [1, ["A poster was not drawn: Cannot load model"]]);
  queue.close();
});

Deno.test("DrawQueue puts another worker in the place of one that dies, reports it, and fails that one's order alone", async () => {
  const { options, workers, reports } = fakeDrawers();
  const queue = new DrawQueue(options);
  const [first, second] = [0, 1].map((seed) => queue.add(orderOf(seed)));
  workers[0].crash("out of memory");
  await assert.rejects(first.png, DrawingError);
  assert.deepEqual(workers.map(seedsOf), [[0], [1]]);
  // What the dead one still says is nobody's.
  workers[0].reply({ kind: "drawn", png: fileOf(1) });
  workers[1].reply({ kind: "drawn", png });
  assert.deepEqual(await second.png, png);
  assert.deepEqual(reports, ["A drawing worker was lost, another takes over: out of memory"]);
  assert.ok(workers[0].isTerminated);
  queue.close();
});

Deno.test("DrawQueue starts no third worker after two that died at once: orders are told to come again later", async () => {
  const { options, workers, reports } = fakeDrawers({ restMs: 60_000 });
  const queue = new DrawQueue(options);
  const drawings = [0, 1, 2].map((seed) => queue.add(orderOf(seed)));
  workers[0].crash("broken");
  workers[1].crash("broken");
  await assert.rejects(drawings[0].png, DrawingError);
  await assert.rejects(drawings[1].png, DrawingError);
  await assert.rejects(drawings[2].png, BusyError);
  assert.throws(() => queue.add(orderOf(3)), (error) => {
    assert.ok(error instanceof BusyError);
    assert.ok(error.retrySeconds > 2 && error.retrySeconds <= 60);
    return true;
  });
  assert.equal(workers.length, 2);
  assert.match(reports[1], /no other is started for 60 s: broken$/);
  queue.close();
});

Deno.test("DrawQueue starts a worker again after the rest", async () => {
  const { options, workers } = fakeDrawers({ restMs: 0 });
  const queue = new DrawQueue(options);
  for (const died of [0, 1]) {
    const drawing = queue.add(orderOf(died));
    workers[died].crash("broken");
    await assert.rejects(drawing.png, DrawingError);
  }
  const drawing = queue.add(orderOf(2));
  workers[2].reply({ kind: "drawn", png });
  assert.deepEqual(await drawing.png, png);
  queue.close();
});

Deno.test("DrawQueue ends a worker that takes too long over an order", async () => {
  const { options, workers, reports } = fakeDrawers({ limitMs: 1 });
  const queue = new DrawQueue(options);
  await assert.rejects(queue.add(orderOf(0)).png, DrawingError);
  assert.ok(workers[0].isTerminated);
  assert.match(
    reports[0],
    /^A drawing worker was lost, another takes over: no poster after 0.001 s/,
  );
  queue.close();
});

Deno.test("DrawQueue outlives the death of a real worker", async () => {
  const { options, reports } = fakeDrawers({
    startWorker: () =>
      new Worker(new URL("./_dying_worker.ts", import.meta.url), { type: "module" }),
  });
  const queue = new DrawQueue(options);
  await assert.rejects(queue.add(orderOf(13)).png, /No posters on a Friday/);
  assert.deepEqual(await queue.add(orderOf(14)).png, fileOf(14));
  assert.match(reports.join("\n"), /^A drawing worker was lost, another takes over: .*Friday.*$/);
  queue.close();
});

Deno.test("DrawQueue fails an order whose model is not there, by the server's own worker, which goes on", async () => {
  const { options, reports } = fakeDrawers({ startWorker: drawingOptions().startWorker });
  const queue = new DrawQueue(options);
  await assert.rejects(queue.add(orderOf(1)).png, /nowhere/);
  await assert.rejects(queue.add(orderOf(1)).png, /nowhere/);
  assert.equal(reports.length, 2);
  for (const line of reports) assert.match(line, /^A poster was not drawn: .*nowhere/);
  queue.close();
});
