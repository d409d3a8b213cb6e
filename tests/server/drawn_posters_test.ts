// Posters by their orders: keys, the memory of what was drawn, and orders that several share or leave.

import assert from "node:assert/strict";
import type { PosterOrder } from "../../server/draw_protocol.ts";
import { BusyError } from "../../server/draw_queue.ts";
import { DrawnPosters, keyOf } from "../../server/drawn_posters.ts";
import { posterManifest } from "../models/_exported_poster.ts";
import { fakeDrawers, fileOf, manifest, orderOf, seedsOf } from "./_fake_drawers.ts";

const never = new AbortController().signal;
const ask = (posters: DrawnPosters, order: PosterOrder, signal = never) =>
  posters.draw(keyOf(order), order, signal);

Deno.test("keyOf() follows all that a file depends on, and nothing else", () => {
  const order = orderOf(1), { recipe } = order;
  const renamed = { ...manifest, id: "other", card: "Another card.", name: "Other" };
  assert.match(keyOf(order), /^[0-9a-f]{32}$/);
  assert.equal(keyOf({ ...order, manifest: renamed, weightsFile: "file:///x" }), keyOf(order));
  const anyConfig = { ...manifest.config, normalise: false } as typeof manifest.config;
  const others: PosterOrder[] = [
    orderOf(2),
    orderOf(1, 2),
    { ...order, recipe: { ...recipe, truncation: 0.7 } },
    { ...order, recipe: { ...recipe, genres: [0, 1, 0] } },
    { ...order, recipe: { ...recipe, variation: { seed: 1, amount: 0.5 } } },
    { ...order, manifest: { ...manifest, config: anyConfig } },
    {
      ...order,
      manifest: posterManifest({}, { bytes: manifest.weights.bytes, sha256: "b".repeat(64) }),
    },
  ];
  assert.equal(new Set([order, ...others].map(keyOf)).size, others.length + 1);
});

Deno.test("DrawnPosters draws a poster once, however many ask at once or later", async () => {
  const { options, workers } = fakeDrawers();
  const posters = new DrawnPosters(options), order = orderOf(1);
  assert.equal(posters.find(keyOf(order)), undefined);
  const together = [1, 2, 3].map(() => ask(posters, order));
  workers[0].reply({ kind: "drawn", png: fileOf(10) });
  assert.deepEqual(await Promise.all(together), [fileOf(10), fileOf(10), fileOf(10)]);
  assert.deepEqual(await ask(posters, order), fileOf(10));
  assert.deepEqual(posters.find(keyOf(order)), fileOf(10));
  assert.deepEqual(seedsOf(workers[0]), [1]);
  posters.close();
});

Deno.test("DrawnPosters keeps no more bytes than it may, and no failure", async () => {
  const { options, workers } = fakeDrawers({ mostBytes: 25 });
  const posters = new DrawnPosters(options);
  for (const seed of [1, 2, 3]) {
    const file = ask(posters, orderOf(seed));
    workers[0].reply({ kind: "drawn", png: fileOf(10) });
    await file;
  }
  const held = [1, 2, 3].map((seed) => posters.find(keyOf(orderOf(seed))) !== undefined);
  assert.deepEqual(held, [false, true, true]);
  const failed = ask(posters, orderOf(4));
  workers[0].reply({ kind: "failed", message: "broken" });
  await assert.rejects(failed, /broken/);
  const again = ask(posters, orderOf(4));
  workers[0].reply({ kind: "drawn", png: fileOf(5) });
  assert.deepEqual(await again, fileOf(5));
  posters.close();
});

Deno.test("DrawnPosters takes an order out of the queue when the last who wants it has left", async () => {
  const { options, workers } = fakeDrawers();
  const posters = new DrawnPosters(options);
  const first = ask(posters, orderOf(0));
  const leaving = [new AbortController(), new AbortController()];
  const both = leaving.map(({ signal }) => ask(posters, orderOf(1), signal));
  assert.equal(posters.queue.waiting, 1);
  leaving[0].abort();
  await assert.rejects(both[0], { name: "AbortError" });
  assert.equal(posters.queue.waiting, 1);
  leaving[1].abort();
  await assert.rejects(both[1], { name: "AbortError" });
  assert.equal(posters.queue.waiting, 0);
  // Asked for anew, it is an order like any other.
  const again = ask(posters, orderOf(1));
  assert.equal(posters.queue.waiting, 1);
  workers[0].reply({ kind: "drawn", png: fileOf(1) });
  await first;
  workers[0].reply({ kind: "drawn", png: fileOf(2) });
  assert.deepEqual(await again, fileOf(2));
  assert.deepEqual(seedsOf(workers[0]), [0, 1]);
  posters.close();
});

Deno.test("DrawnPosters keeps a poster whose only reader left while it was drawn", async () => {
  const { options, workers } = fakeDrawers();
  const posters = new DrawnPosters(options), order = orderOf(1), leaving = new AbortController();
  const left = ask(posters, order, leaving.signal);
  leaving.abort();
  await assert.rejects(left, { name: "AbortError" });
  const joined = ask(posters, order);
  workers[0].reply({ kind: "drawn", png: fileOf(3) });
  assert.deepEqual(await joined, fileOf(3));
  assert.deepEqual(seedsOf(workers[0]), [1]);
  posters.close();
});

Deno.test("DrawnPosters does nothing for someone who has left already, and refuses beyond the queue", async () => {
  const { options, workers } = fakeDrawers({ mostWaiting: 1 });
  const posters = new DrawnPosters(options);
  await assert.rejects(ask(posters, orderOf(1), AbortSignal.abort()), { name: "AbortError" });
  assert.equal(workers.length, 0);
  const taken = [1, 2].map((seed) => ask(posters, orderOf(seed)));
  await assert.rejects(ask(posters, orderOf(3)), BusyError);
  // What is under way already takes no more room.
  const joined = ask(posters, orderOf(2));
  workers[0].reply({ kind: "drawn", png: fileOf(1) });
  await taken[0];
  workers[0].reply({ kind: "drawn", png: fileOf(2) });
  assert.deepEqual(await Promise.all([taken[1], joined]), [fileOf(2), fileOf(2)]);
  posters.close();
});
