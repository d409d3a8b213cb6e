// Tests the home page's wall against a worker that the test plays: what is drawn when, and what is left hanging.

import { strict as assert } from "node:assert";
import type { PosterReply, PosterRequest } from "../../islands/_poster_protocol.ts";
import { RENEWAL_MS, WallSession } from "../../islands/_wall_session.ts";
import { type FakeWorker, fakeWorker } from "./_fake_worker.ts";
import { paint, toyPosters } from "./_toy_posters.ts";

type PosterWorker = FakeWorker<PosterRequest, PosterReply>;

/** A wall of three places, its workers, and its timers, which run when the test says so. */
function startWall() {
  const workers: PosterWorker[] = [];
  const timers: { run: () => void; milliseconds: number }[] = [];
  let draws = 0;
  const session = new WallSession(toyPosters("first"), 3, {
    createWorker: () => {
      const worker: PosterWorker = fakeWorker();
      workers.push(worker);
      return worker;
    },
    // A cheap sequence in [0, 1) that does not stand still.
    random: () => (draws++ * 0.37) % 1,
    later: (run, milliseconds) => {
      const timer = { run, milliseconds };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  });
  const newest = () => workers[workers.length - 1];
  const asked = () => newest().requests.filter((request) => request.kind === "draw");
  return {
    ...{ session, workers, newest, timers, asked },
    passTime: () => timers.splice(0).forEach(({ run }) => run()),
    ids: () => session.posters.map(({ value }) => value?.id),
  };
}

function makeReady(worker: PosterWorker): void {
  worker.reply({ kind: "engine", engine: "simd", description: "CPU: test", fallbackReason: "" });
  worker.reply({ kind: "ready" });
}

/** Answers the newest request. */
function finish(worker: PosterWorker): void {
  const request = worker.requests.findLast(({ kind }) => kind === "draw");
  assert.ok(request?.kind === "draw", "The worker was asked for no picture");
  const picture = paint(2, 3, () => [request.id, 0, 0]);
  worker.reply({ kind: "drawn", id: request.id, picture, milliseconds: 9, tensors: 4 });
}

/** A wall that is full. */
function fullWall() {
  const wall = startWall();
  wall.session.watch(true);
  makeReady(wall.newest());
  for (let i = 0; i < 3; i++) finish(wall.newest());
  return wall;
}

Deno.test("WallSession starts nothing until the wall can be seen", () => {
  const { session, workers, newest } = startWall();
  session.watch(false);
  assert.equal(workers.length, 0);
  session.watch(true);
  session.watch(false);
  session.watch(true);
  assert.equal(workers.length, 1, "And that once");
  assert.deepEqual(newest().requests.map(({ kind }) => kind), ["load"]);
});

Deno.test("WallSession fills the wall one by one, no two neighbours in time of one genre", () => {
  const { session, newest, asked, ids, timers } = startWall();
  session.watch(true);
  makeReady(newest());
  for (let hung = 0; hung < 3; hung++) {
    assert.equal(asked().length, hung + 1, "One at a time");
    assert.equal(ids().filter((id) => id !== undefined).length, hung);
    finish(newest());
  }
  assert.equal(asked().length, 3, "Then it rests");
  assert.deepEqual(timers.map(({ milliseconds }) => milliseconds), [RENEWAL_MS]);
  const genres = asked().map(({ shot }) => shot.recipe.genres.indexOf(1));
  assert.deepEqual(genres.toSorted(), [0, 1, 2], "Each genre had its turn");
});

Deno.test("WallSession renews one of the older half after a while, and keeps what hung there before", () => {
  const { session, newest, passTime, asked, ids } = fullWall();
  const before = session.posters.map(({ value }) => value);
  passTime();
  assert.equal(asked().length, 4);
  finish(newest());
  const [renewed, ...others] = session.posters.flatMap(({ value }, place) =>
    value?.id === 4 ? [place] : []
  );
  assert.deepEqual(others, []);
  assert.ok((before[renewed]?.id ?? 9) < 3, "Not the newest");
  assert.equal(session.posters[renewed].value?.before, before[renewed]?.picture);
  assert.equal(new Set(ids()).size, 3);
});

Deno.test("WallSession rests while it is paused, or cannot be seen, and goes on afterwards", () => {
  const { session, timers, passTime, asked, newest } = fullWall();
  session.play(false);
  assert.equal(timers.length, 0);
  session.play(true);
  assert.equal(timers.length, 1);
  session.watch(false);
  assert.equal(timers.length, 0, "A tab behind others draws nothing");
  session.watch(true);
  passTime();
  session.watch(false);
  finish(newest());
  assert.deepEqual([asked().length, timers.length], [4, 0], "What was under way is hung, no more");
});

Deno.test("WallSession fills a paused wall, for whoever asks for less motion", () => {
  const { session, newest, ids, timers } = startWall();
  session.play(false);
  session.watch(true);
  makeReady(newest());
  for (let i = 0; i < 3; i++) finish(newest());
  assert.ok(ids().every((id) => id !== undefined));
  assert.equal(timers.length, 0);
});

Deno.test("WallSession leaves alone what the visitor points at", () => {
  const { session, newest, passTime } = fullWall();
  const held = session.posters.findIndex(({ value }) => value?.id === 1);
  session.hold(held);
  for (let i = 0; i < 12; i++) {
    passTime();
    finish(newest());
  }
  assert.equal(session.posters[held].value?.id, 1);
  session.hold(undefined);
  for (let i = 0; i < 12; i++) {
    passTime();
    finish(newest());
  }
  assert.notEqual(session.posters[held].value?.id, 1);
});

Deno.test("WallSession tells of a poster that failed and rests, until it is told to go on", () => {
  const { session, newest, passTime, asked, timers } = fullWall();
  passTime();
  newest().reply({ kind: "job-failed", id: asked().length, message: "Out of paint" });
  assert.deepEqual([session.problem.value, session.isPlaying.value], ["Out of paint", false]);
  assert.equal(timers.length, 0);
  session.play(true);
  assert.equal(session.problem.value, "");
  passTime();
  assert.equal(asked().length, 5);
});

Deno.test("WallSession survives a worker that breaks, and says so", () => {
  const { session, workers, newest, passTime } = fullWall();
  passTime();
  newest().crash("no memory");
  assert.equal(workers.length, 2);
  assert.match(session.problem.value, /no memory/);
  makeReady(newest());
  session.play(true);
  passTime();
  finish(newest());
  assert.ok(session.posters.some(({ value }) => value && value.id > 3));
});
