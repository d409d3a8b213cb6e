// Tests the poster page's state against a worker that the test plays: what is asked for, in which order, and what is shown.

import { strict as assert } from "node:assert";
import type { PosterReply, PosterRequest } from "../../islands/_poster_protocol.ts";
import { CELLS, type Shot } from "../../islands/_poster_recipe.ts";
import { PosterSession } from "../../islands/_poster_session.ts";
import { type FakeWorker, fakeWorker } from "./_fake_worker.ts";
import { paint, toyPosters } from "./_toy_posters.ts";

type PosterWorker = FakeWorker<PosterRequest, PosterReply>;

const models = [
  toyPosters("first"),
  toyPosters("second", { genres: ["comedy", "war"] }),
  toyPosters("plain", { genres: [] }),
];
const LINK = "?model=first&genres=horror:1&seed=7&truncation=0.8";

/** A started session, its workers, and its frames, which pass when the test says so. */
function startSession(search = LINK) {
  const workers: PosterWorker[] = [];
  const frames: (() => void)[] = [];
  const session = new PosterSession(models, {
    createWorker: () => {
      const worker: PosterWorker = fakeWorker();
      workers.push(worker);
      return worker;
    },
    nextFrame: (run) => void frames.push(run),
    random: () => 0.5,
  });
  session.start(search);
  const newest = () => workers[workers.length - 1];
  return {
    ...{ session, workers, newest, frames },
    passFrame: () => frames.splice(0).forEach((run) => run()),
    draws: () => newest().requests.filter((request) => request.kind === "draw"),
  };
}

function makeReady(worker: PosterWorker) {
  const engine = { engine: "simd", description: "CPU: test", fallbackReason: "" } as const;
  worker.reply({ kind: "engine", ...engine });
  worker.reply({ kind: "ready" });
}

/** Answers the newest request with a picture in a colour of its own. */
function finish(worker: PosterWorker, brightness = 0): Shot {
  const request = worker.requests.findLast(({ kind }) => kind === "draw");
  assert.ok(request?.kind === "draw", "The worker was asked for no picture");
  const picture = paint(2, 3, () => [brightness, 0, 0]);
  worker.reply({ kind: "drawn", id: request.id, picture, milliseconds: 9, tensors: 4 });
  return request.shot;
}

/** Answers until nothing more is asked for. */
function finishAll({ newest, draws }: ReturnType<typeof startSession>): void {
  for (let answered = -1; answered < draws().length;) {
    answered = draws().length;
    finish(newest(), answered);
    if (draws().length === answered) return;
  }
}

Deno.test("PosterSession draws the link's poster first, then one variation after the other", () => {
  const { session, newest, draws } = startSession();
  assert.deepEqual(newest().requests, [
    { kind: "load", model: models[0], engine: "auto", refresh: false },
  ]);
  makeReady(newest());
  assert.equal(draws().length, 1);
  assert.ok(session.isDrawing.value);
  const recipe = { seed: 7, genres: [1, 0, 0], truncation: 0.8, steps: [] };
  assert.deepEqual(finish(newest()), { recipe });
  assert.ok(!session.isDrawing.value);
  for (let cell = 0; cell < CELLS; cell++) {
    assert.equal(draws().length, cell + 2, "One picture at a time");
    assert.deepEqual(finish(newest()), session.cells.value[cell]);
  }
  assert.equal(draws().length, 1 + CELLS, "Then it rests");
});

Deno.test("PosterSession draws once for all moves of a frame, and the newest", () => {
  const started = startSession();
  const { session, newest, passFrame, frames, draws } = started;
  makeReady(newest());
  finishAll(started);
  const before = draws().length;
  for (const weight of [0.1, 0.2, 0.3]) session.weigh(1, weight);
  assert.equal(frames.length, 1);
  assert.equal(draws().length, before, "Not before the frame");
  passFrame();
  assert.equal(draws().length, before + 1);
  assert.deepEqual(finish(newest()).recipe.genres, [1, 0.3, 0]);
});

Deno.test("PosterSession has one picture under way and at most one that waits: the newest", () => {
  const { session, newest, passFrame, draws } = startSession();
  makeReady(newest());
  for (const weight of [0.1, 0.2, 0.3]) {
    session.weigh(1, weight);
    passFrame();
  }
  assert.equal(draws().length, 1, "The worker is busy");
  finish(newest(), 50);
  assert.equal(session.drawn.value.get("poster")?.picture.data[0], 50, "Shown on the way");
  assert.ok(session.isDrawing.value, "But it is not the wanted one");
  assert.equal(draws().length, 2);
  assert.deepEqual(finish(newest()).recipe.genres, [1, 0.3, 0]);
  assert.ok(!session.isDrawing.value);
});

Deno.test("PosterSession has the poster wait for one variation at most", () => {
  const { session, newest, passFrame, draws } = startSession();
  makeReady(newest());
  finish(newest());
  session.turn({ seed: 8 });
  passFrame();
  assert.equal(draws().length, 2, "The first variation is under way");
  finish(newest());
  assert.equal(finish(newest()).recipe.seed, 8);
});

Deno.test("PosterSession shows a variation at once that is chosen, and draws new ones around it", () => {
  const started = startSession();
  const { session, newest, passFrame, draws } = started;
  makeReady(newest());
  finishAll(started);
  const chosen = session.cells.value[2];
  const picture = session.drawn.value.get(2)?.picture;
  const before = draws().length;
  session.choosePicture(chosen);
  passFrame();
  assert.equal(session.drawn.value.get("poster")?.picture, picture);
  assert.deepEqual(session.options.value.recipe, chosen.recipe);
  const { steps } = finish(newest()).recipe;
  assert.deepEqual([draws().length > before, steps.length, steps[0]], [
    ...[true, 2],
    chosen.recipe.steps[0],
  ]);
  session.turn({ seed: 9 });
  assert.deepEqual(session.options.value.recipe.steps, [], "Another number has steps of its own");
});

Deno.test("PosterSession goes from one kept poster to the other, and leaves the way with any fader", () => {
  const started = startSession();
  const { session, newest, passFrame, draws } = started;
  makeReady(newest());
  finishAll(started);
  session.keep("a");
  passFrame();
  assert.equal(session.drawn.value.get("a"), session.drawn.value.get("poster"), "Known already");
  session.choose({ share: 0.5 });
  assert.deepEqual(session.cells.value[0].way, undefined, "One end is no way");
  session.turn({ seed: 8 });
  session.keep("b");
  session.choose({ share: 0.5 });
  passFrame();
  finishAll(started);
  const shot = session.drawn.value.get("poster")?.shot;
  assert.deepEqual([shot?.recipe.seed, shot?.way?.to.seed, shot?.way?.share], [7, 8, 0.5]);
  assert.deepEqual(session.cells.value.map(({ way }) => way?.share).at(-1), 1);
  session.choosePicture(session.cells.value[7]);
  assert.equal(session.options.value.share, 1);
  session.weigh(2, 0.5);
  passFrame();
  finishAll(started);
  assert.equal(session.options.value.share, undefined);
  assert.equal(session.drawn.value.get("poster")?.shot.way, undefined);
  assert.ok(draws().length > 2 * CELLS);
});

Deno.test("PosterSession takes the weights of common genres to another model", () => {
  const { session, workers } = startSession("?model=first&genres=comedy:0.6,horror:1&seed=7");
  session.choose({ model: models[1] });
  assert.equal(workers.length, 2);
  assert.ok(workers[0].isTerminated);
  assert.deepEqual(session.options.value.recipe.genres, [0.6, 0]);
  session.choose({ model: models[2] });
  assert.deepEqual(session.options.value.recipe.genres, []);
});

Deno.test("PosterSession surprises with another seed and other genres, and keeps how daring it is", () => {
  const { session } = startSession("?model=first&genres=comedy:0.6&seed=7&truncation=0.5");
  session.surprise();
  const { seed, genres, truncation } = session.options.value.recipe;
  assert.notEqual(seed, 7);
  assert.ok(genres.includes(1));
  assert.equal(truncation, 0.5);
});

Deno.test("PosterSession tells what of a link does not hold", () => {
  const { session } = startSession("?model=first&genres=noir:1&seed=7");
  assert.match(session.notices.value.join(), /does not know: noir/);
});

Deno.test("PosterSession follows another link, with the weights in the order of its model", () => {
  const { session, workers, newest, passFrame } = startSession();
  makeReady(newest());
  session.follow("model=first&seed=9&genres=comedy:1&title=Nine");
  passFrame();
  assert.equal(workers.length, 1);
  finish(newest());
  assert.equal(finish(newest()).recipe.seed, 9);
  session.follow("model=second&seed=9&genres=war:1");
  assert.equal(workers.length, 2);
  assert.deepEqual(session.options.value.recipe.genres, [0, 1]);
  assert.equal(session.options.value.words.title, "");
});

Deno.test("PosterSession goes on after a lost device, first on a new one, then on the CPU", () => {
  const { session, workers, newest, draws } = startSession();
  makeReady(newest());
  newest().reply({ kind: "device-lost", reason: "destroyed" });
  assert.equal(workers.length, 2);
  assert.match(session.notices.value.join(), /lost.*new one/);
  makeReady(newest());
  assert.equal(draws().length, 1, "The poster under way is asked for again");
  newest().reply({ kind: "device-lost", reason: "destroyed" });
  const [load] = newest().requests;
  assert.equal(load.kind === "load" && load.engine, "cpu");
  assert.match(session.notices.value.join(), /lost again.*CPU/);
});

Deno.test("PosterSession gives up a poster that broke the worker, until something is chosen", () => {
  const { session, workers, newest, passFrame, draws } = startSession();
  makeReady(newest());
  newest().crash("out of memory");
  assert.match(session.problem.value, /broke off \(out of memory\)/);
  assert.ok(!session.isDrawing.value);
  assert.equal(workers.length, 2);
  makeReady(newest());
  const [first] = draws();
  assert.ok(first.kind === "draw" && first.shot.recipe.steps.length === 1, "Only a variation");
  finish(newest());
  session.weigh(0, 0.9);
  assert.equal(session.problem.value, "");
  passFrame();
  finish(newest());
  assert.deepEqual(finish(newest()).recipe.genres, [0.9, 0, 0]);
});

Deno.test("PosterSession reports a picture that cannot be drawn, and does not ask again by itself", () => {
  const { session, newest, draws } = startSession();
  makeReady(newest());
  newest().reply({ kind: "job-failed", id: 1, message: "Cannot draw posters: no" });
  assert.equal(session.problem.value, "Cannot draw posters: no");
  const shots = new Set<string>();
  for (let i = 0; i < CELLS; i++) shots.add(JSON.stringify(finish(newest())));
  assert.equal(shots.size, CELLS);
  assert.equal(draws().length, 1 + CELLS);
});

Deno.test("PosterSession passes by every cache when it retries a corrupt model", () => {
  const { session, newest } = startSession();
  newest().reply({ kind: "load-failed", code: "corrupt", message: "Wrong hash" });
  session.life.retry();
  const [load] = newest().requests;
  assert.ok(load.kind === "load" && load.refresh);
});

Deno.test("PosterSession tells the worker to free its device, and draws no more", async () => {
  const { session, newest, passFrame } = startSession();
  makeReady(newest());
  session.weigh(0, 0.1);
  session.stop();
  passFrame();
  assert.deepEqual(newest().requests.at(-1), { kind: "dispose" });
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.ok(newest().isTerminated);
});
