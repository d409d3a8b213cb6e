// The answers of /api/poster.png: what is sent, kept, refused, and that nothing else waits for it. No poster is drawn here.

import assert from "node:assert/strict";
import { App } from "fresh";
import { answerPoster } from "../../routes/(_posters)/poster_answer.ts";
import type { PosterModel } from "../../routes/(_posters)/poster_query.ts";
import { DrawnPosters } from "../../server/drawn_posters.ts";
import { fakeDrawers, fileOf, manifest, seedsOf } from "../server/_fake_drawers.ts";

const models: PosterModel[] = [
  { manifest, weightsUrl: "/models/tiny", weightsFile: "file:///models/tiny" },
];
const png = fileOf(10);

/** A desk whose worker a test answers for. */
function openDesk(changes: Parameters<typeof fakeDrawers>[0] = {}) {
  const drawers = fakeDrawers(changes);
  const posters = new DrawnPosters(drawers.options);
  const ask = (query: string, init: RequestInit = {}) =>
    answerPoster(new Request(`http://localhost/api/poster.png${query}`, init), models, posters);
  /** Asks, and has it drawn. */
  const draw = async (query: string, init: RequestInit = {}) => {
    const answer = ask(query, init);
    drawers.workers.at(-1)?.reply({ kind: "drawn", png });
    return await answer;
  };
  return { ...drawers, posters, ask, draw };
}

/** Status, type, and text. */
async function tell(response: Response): Promise<[number, string | null, string]> {
  return [response.status, response.headers.get("content-type"), await response.text()];
}

const plain = "text/plain; charset=utf-8";

Deno.test("A poster is sent as a PNG file that other sites may show and that has a strong tag", async () => {
  const { posters, draw } = openDesk();
  const response = await draw("?seed=1");
  assert.equal(response.status, 200);
  assert.deepEqual(Object.fromEntries(response.headers), {
    "cache-control": "public, max-age=3600",
    "content-length": "10",
    "content-type": "image/png",
    "cross-origin-resource-policy": "cross-origin",
    etag: response.headers.get("etag"),
  });
  assert.match(response.headers.get("etag") ?? "", /^"[0-9a-f]{32}"$/);
  assert.deepEqual(await response.bytes(), png);
  posters.close();
});

Deno.test("A poster whose address names the weights may be kept for good, under the same tag", async () => {
  const { posters, workers, draw, ask } = openDesk();
  const response = await draw("?seed=1&v=aaaaaaaaaaaaaaaa");
  assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  const other = await ask("?v=bbbbbbbbbbbbbbbb&seed=1");
  assert.equal(other.headers.get("cache-control"), "public, max-age=3600");
  assert.equal(other.headers.get("etag"), response.headers.get("etag"));
  assert.deepEqual(await other.bytes(), png);
  // The second one, told otherwise, came from memory.
  assert.deepEqual(seedsOf(workers[0]), [1]);
  posters.close();
});

Deno.test("Whoever has a poster gets 304, and nothing is drawn for it", async () => {
  const { posters, workers, draw, ask } = openDesk();
  const etag = (await draw("?seed=1")).headers.get("etag") ?? "";
  for (const tags of [etag, `"x", W/${etag}`, "*"]) {
    const response = await ask("?seed=1", { headers: { "if-none-match": tags } });
    assert.deepEqual([response.status, response.body], [304, null], tags);
    assert.equal(response.headers.get("etag"), etag);
    assert.equal(response.headers.get("cache-control"), "public, max-age=3600");
  }
  assert.deepEqual(seedsOf(workers[0]), [1]);
  // Nor if the server has forgotten it, or never had it.
  const fresh = openDesk();
  const known = await fresh.ask("?seed=1", { headers: { "if-none-match": etag } });
  assert.deepEqual([known.status, fresh.workers.length], [304, 0]);
  const changed = draw("?seed=2", { headers: { "if-none-match": etag } });
  assert.equal((await changed).status, 200);
  posters.close();
});

Deno.test("HEAD has nothing drawn: the size is told where the poster is in memory", async () => {
  const { posters, workers, ask, draw } = openDesk();
  const before = await ask("?seed=1", { method: "HEAD" });
  assert.deepEqual([before.status, before.body, workers.length], [200, null, 0]);
  assert.equal(before.headers.get("content-length"), null);
  const drawn = await draw("?seed=1");
  assert.equal(drawn.headers.get("etag"), before.headers.get("etag"));
  const after = await ask("?seed=1", { method: "HEAD" });
  assert.deepEqual([after.body, after.headers.get("content-length")], [null, "10"]);
  assert.equal((await ask("?seed=x", { method: "HEAD" })).status, 400);
  posters.close();
});

Deno.test("A wrong query gets 400 and one plain sentence, and nothing is drawn", async () => {
  const { posters, workers, ask } = openDesk();
  const response = await ask("?seed=<b>");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(await tell(response), [
    ...[400, plain],
    'Cannot draw a poster: seed is "<b>"; expected a whole number from 0 to 4294967295.\n',
  ]);
  const missing = await answerPoster(new Request("http://localhost/"), [], posters);
  assert.deepEqual(await tell(missing), [404, plain, "There is no poster model on this server.\n"]);
  assert.equal(workers.length, 0);
  posters.close();
});

Deno.test("Beyond the queue comes 503 with the seconds to wait, which no cache keeps", async () => {
  const { posters, workers, ask } = openDesk({ mostWaiting: 2 });
  const taken = [1, 2, 3].map((seed) => ask(`?seed=${seed}`));
  const refused = await ask("?seed=4");
  assert.equal(refused.headers.get("retry-after"), "2");
  assert.equal(refused.headers.get("cache-control"), "no-store");
  assert.deepEqual(await tell(refused), [
    ...[503, plain, "Too many posters are asked for; try again in a moment.\n"],
  ]);
  for (const answer of taken) {
    workers[0].reply({ kind: "drawn", png });
    assert.equal((await answer).status, 200);
  }
  const again = ask("?seed=4");
  workers[0].reply({ kind: "drawn", png });
  assert.equal((await again).status, 200);
  posters.close();
});

Deno.test("A poster whose worker dies or fails gets 500 without the reason; the next one is drawn", async () => {
  const { posters, workers, reports, ask } = openDesk();
  const died = ask("?seed=1");
  workers[0].crash("file:///secret");
  const response = await died;
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(await tell(response), [500, plain, "The poster could not be drawn.\n"]);
  const failed = ask("?seed=1");
  workers[1].reply({ kind: "failed", message: "file:///secret" });
  assert.deepEqual(await tell(await failed), [500, plain, "The poster could not be drawn.\n"]);
  const drawn = ask("?seed=1");
  workers[1].reply({ kind: "drawn", png });
  assert.equal((await drawn).status, 200);
  assert.equal(reports.length, 2);
  posters.close();
});

Deno.test("A request that is given up leaves the queue", async () => {
  const { posters, workers, ask } = openDesk();
  const first = ask("?seed=1"), leaving = new AbortController();
  const second = ask("?seed=2", { signal: leaving.signal });
  assert.equal(posters.queue.waiting, 1);
  leaving.abort();
  assert.equal((await second).status, 499);
  assert.equal(posters.queue.waiting, 0);
  workers[0].reply({ kind: "drawn", png });
  assert.equal((await first).status, 200);
  assert.deepEqual(seedsOf(workers[0]), [1]);
  posters.close();
});

Deno.test("A visitor who hangs up leaves the queue of a server that listens", async () => {
  const { posters, workers } = openDesk();
  let arrived = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const server = Deno.serve({ port: 0, onListen() {} }, (request) => {
    const answer = answerPoster(request, models, posters);
    if (request.url.endsWith("2")) answer.then(() => left.resolve());
    arrived.resolve();
    return answer;
  });
  const address = `http://localhost:${server.addr.port}/api/poster.png`;
  const first = fetch(`${address}?seed=1`);
  await arrived.promise;
  arrived = Promise.withResolvers();
  const leaving = new AbortController();
  const second = fetch(`${address}?seed=2`, { signal: leaving.signal });
  await arrived.promise;
  assert.equal(posters.queue.waiting, 1);
  leaving.abort();
  await assert.rejects(second, { name: "AbortError" });
  await left.promise;
  assert.equal(posters.queue.waiting, 0);
  workers[0].reply({ kind: "drawn", png });
  assert.deepEqual(await (await first).bytes(), png);
  await server.shutdown();
  posters.close();
});

Deno.test("Other addresses answer while the queue is full", async () => {
  const { posters, workers, options } = openDesk({ workers: 2, mostWaiting: 16 });
  const app = new App()
    .get("/api/poster.png", ({ req }) => answerPoster(req, models, posters))
    .mount(new URL("../../", import.meta.url));
  const handler = app.handler();
  const get = (path: string) => handler(new Request(`http://localhost${path}`));
  await get("/healthz"); // reads the routes
  const crowd = Array.from({ length: 40 }, (_, seed) => get(`/api/poster.png?seed=${seed}`));
  const refused = await Promise.all(crowd.slice(18));
  assert.deepEqual(new Set(refused.map(({ status }) => status)), new Set([503]));
  for (const path of ["/healthz", "/", "/style", "/posters", "/models", "/about"]) {
    assert.equal((await get(path)).status, 200, path);
  }
  assert.equal((await get("/nope")).status, 404);
  assert.equal(posters.queue.waiting, options.mostWaiting);
  while (posters.queue.waiting > 0) {
    for (const worker of workers) worker.reply({ kind: "drawn", png });
  }
  for (const worker of workers) worker.reply({ kind: "drawn", png });
  const drawn = await Promise.all(crowd.slice(0, 18));
  assert.deepEqual(new Set(drawn.map(({ status }) => status)), new Set([200]));
  posters.close();
});
