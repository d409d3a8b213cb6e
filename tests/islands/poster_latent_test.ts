// The page's end of the worker that looks into a generator: asked when it is ready, ended when it has answered, and never heard again.

import assert from "node:assert/strict";
import { PosterLatent, SEARCH_STEPS } from "../../islands/_poster_latent.ts";
import {
  type LatentReply,
  type LatentRequest,
  parseLatentReply,
  parseLatentRequest,
} from "../../islands/_poster_latent_protocol.ts";
import { type FakeWorker, fakeWorker } from "./_fake_worker.ts";
import { paint, toyPosters } from "./_toy_posters.ts";

type Worker = FakeWorker<LatentRequest, LatentReply>;

const model = toyPosters("a");
const picture = paint(16, 24, () => [1, 2, 3]);
const file = new Blob(["a picture"]);

function page() {
  const workers: Worker[] = [], found: unknown[] = [];
  const latent = new PosterLatent({
    createWorker: () => {
      const worker: Worker = fakeWorker();
      workers.push(worker);
      return worker;
    },
    choice: () => ({ model, engine: "cpu" }),
    onFound: (poster) => void found.push(poster),
  });
  const ended = (worker: Worker) => worker.requests.some(({ kind }) => kind === "dispose");
  return { latent, workers, found, ended };
}

/** The number of the job that a worker was given last. */
function jobOf({ requests }: Worker): number {
  const job = requests.findLast((request) => "id" in request);
  assert(job && "id" in job);
  return job.id;
}

Deno.test("PosterLatent asks for directions once the model is loaded, and ends the worker with the answer", () => {
  const { latent, workers, ended } = page();
  assert.equal(workers.length, 0, "nothing is fetched before it is needed");
  latent.findDirections(4);
  const [worker] = workers;
  assert.deepEqual(worker.requests.map(({ kind }) => kind), ["load"]);
  worker.reply({ kind: "ready" });
  assert.deepEqual(worker.requests[1], { kind: "find-directions", id: 1, count: 4 });
  const vectors = [Float32Array.of(1, 0)], shares = [0.6];
  worker.reply({ kind: "directions", id: 1, vectors, shares });
  assert.deepEqual(latent.directions.value, { of: "latent", vectors, shares });
  assert(ended(worker));
});

Deno.test("PosterLatent shows a search, and gives its poster away", () => {
  const { latent, workers, found, ended } = page();
  latent.find(file);
  assert.deepEqual(latent.search.value, { step: 0, steps: SEARCH_STEPS, left: 1 });
  const [worker] = workers;
  worker.reply({ kind: "ready" });
  const id = jobOf(worker);
  worker.reply({ kind: "search-step", id, step: 10, left: 0.5, picture, target: picture });
  const { value } = latent.search;
  assert.deepEqual([value?.step, value?.left, value?.picture], [10, 0.5, picture]);
  const poster = { latent: Float32Array.of(1), genres: [0.5], left: 0.2, picture };
  worker.reply({ kind: "found", id, ...poster });
  assert.equal(latent.search.value, undefined);
  assert.deepEqual(found, [{ kind: "found", id, ...poster }]);
  assert(ended(worker));
});

Deno.test("PosterLatent hears nothing of a search that was cancelled", () => {
  const { latent, workers, found, ended } = page();
  latent.find(file);
  const [worker] = workers, hear = worker.onmessage;
  worker.reply({ kind: "ready" });
  const id = jobOf(worker);
  latent.cancel();
  assert(ended(worker));
  // As if the answer had been on its way already.
  const data = { kind: "found", id, latent: Float32Array.of(1), genres: [], left: 0.2, picture };
  hear?.(new MessageEvent("message", { data }));
  assert.deepEqual([found, latent.search.value, latent.problem.value], [[], undefined, ""]);
});

Deno.test("PosterLatent says what went wrong, whatever it was", () => {
  const { latent, workers } = page();
  const breaks: ((worker: Worker) => void)[] = [
    (worker) => {
      worker.reply({ kind: "ready" });
      worker.reply({ kind: "job-failed", id: jobOf(worker), message: "no picture" });
    },
    (worker) => worker.reply({ kind: "load-failed", code: "network", message: "no network" }),
    (worker) => worker.crash("out of memory"),
  ];
  for (const [i, reason] of ["no picture", "no network", "out of memory"].entries()) {
    latent.find(file);
    assert.equal(latent.problem.value, "");
    breaks[i](workers[workers.length - 1]);
    assert.equal(latent.problem.value, `This did not work: ${reason}`);
    assert.equal(latent.search.value, undefined);
  }
});

Deno.test("PosterLatent asks again where a device was lost", () => {
  const { latent, workers } = page();
  latent.find(file);
  workers[0].reply({ kind: "ready" });
  workers[0].reply({ kind: "device-lost", reason: "gone" });
  assert.equal(workers.length, 2);
  workers[1].reply({ kind: "ready" });
  assert.equal(jobOf(workers[1]), jobOf(workers[0]));
});

Deno.test("the latent protocol refuses what is no message of its own", () => {
  const search = { kind: "search", id: 1, file, steps: 3 };
  assert.deepEqual(parseLatentRequest(search), search);
  assert.throws(() => parseLatentRequest({ ...search, file: "a" }), /file is a; expected a blob/);
  assert.throws(() => parseLatentRequest({ kind: "draw" }), /its kind is draw/);
  const found = { kind: "found", id: 1, latent: Float32Array.of(1), genres: [1], left: 0, picture };
  assert.deepEqual(parseLatentReply(found), found);
  const broken: [object, RegExp][] = [
    [{ latent: [1] }, /latent is 1; expected a list of numbers/],
    [{ latent: Float32Array.of(NaN) }, /latent is NaN/],
    [{ genres: ["a"] }, /genres is a; expected a list of weights/],
    [{ picture: {} }, /picture is .*; expected a picture/],
  ];
  for (const [change, message] of broken) {
    assert.throws(() => parseLatentReply({ ...found, ...change }), message);
  }
  const directions = { kind: "directions", id: 1, vectors: [Float32Array.of(1)], shares: [1] };
  assert.deepEqual(parseLatentReply(directions), directions);
  assert.throws(() => parseLatentReply({ ...directions, vectors: [[1]] }), /list of vectors/);
});
