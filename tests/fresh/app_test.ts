// Tests of the stand-in's app: order, methods, errors, and how it listens.

import { strict as assert } from "node:assert";
import { App, HttpError, type Middleware } from "fresh";
import { h } from "preact";

interface Trail {
  trail?: string[];
}

const note = (name: string): Middleware<Trail> => (ctx) => {
  ctx.state.trail = [...ctx.state.trail ?? [], name];
  return ctx.next();
};
const tell: Middleware<Trail> = (ctx) => new Response(ctx.state.trail?.join(" "));

async function ask(app: App<Trail>, path: string, init?: RequestInit) {
  const response = await app.handler()(new Request(`http://localhost${path}`, init));
  return { status: response.status, headers: response.headers, body: await response.text() };
}

Deno.test("App applies middleware and routes from top to bottom", async () => {
  const app = new App<Trail>().use(note("a"), note("b")).get("/", tell).use(note("late"));
  assert.equal((await ask(app, "/")).body, "a b");
});

Deno.test("App.use with a path is for that path and what is below it", async () => {
  const app = new App<Trail>().use("/in", note("in")).use(note("all"))
    .get("/in", tell).get("/in/deep", tell).get("/inner", tell);
  assert.equal((await ask(app, "/in")).body, "in all");
  assert.equal((await ask(app, "/in/deep")).body, "in all");
  assert.equal((await ask(app, "/inner")).body, "all");
});

Deno.test("App.get runs several handlers in turn, App.post answers POST", async () => {
  const app = new App<Trail>().get("/a", note("one"), tell).post("/a", () => new Response("post"));
  assert.equal((await ask(app, "/a")).body, "one");
  assert.equal((await ask(app, "/a", { method: "POST" })).body, "post");
});

Deno.test("App answers HEAD as GET, without the body but with its length", async () => {
  const app = new App<Trail>().get("/a", () => new Response("12345"));
  const { status, headers, body } = await ask(app, "/a", { method: "HEAD" });
  assert.deepEqual([status, headers.get("content-length"), body], [200, "5", ""]);
});

Deno.test("App answers 405 with what is allowed where a path has other methods", async () => {
  const app = new App<Trail>().use(note("a")).get("/a", tell).post("/a", tell);
  const { status, headers } = await ask(app, "/a", { method: "DELETE" });
  assert.deepEqual([status, headers.get("allow")], [405, "GET, HEAD, POST"]);
});

Deno.test("App answers 404 where nothing is, or what notFound says", async () => {
  assert.equal((await ask(new App<Trail>(), "/x")).status, 404);
  const app = new App<Trail>().notFound((ctx) =>
    new Response(`no ${ctx.url.pathname}`, { status: 404 })
  );
  assert.equal((await ask(app, "/x")).body, "no /x");
});

Deno.test("App.onError answers what was thrown below its path, and sees the error", async () => {
  const app = new App<Trail>()
    .onError("/in", (ctx) => new Response((ctx.error as HttpError).message, { status: 418 }))
    .get("/in", () => {
      throw new HttpError(403, "Not you");
    })
    .get("/out", () => {
      throw new HttpError(403, "Nor you");
    });
  assert.deepEqual([(await ask(app, "/in")).status, (await ask(app, "/in")).body], [
    418,
    "Not you",
  ]);
  assert.deepEqual([(await ask(app, "/out")).status, (await ask(app, "/out")).body], [
    403,
    "Nor you",
  ]);
});

Deno.test("App gives decoded parameters, and leaves a stray percent sign as it is", async () => {
  const app = new App<Trail>().get(
    "/p/:id",
    (ctx) => new Response(`${ctx.params.id} ${ctx.route}`),
  );
  assert.equal((await ask(app, "/p/a%20b")).body, "a b /p/:id");
  assert.equal((await ask(app, "/p/%zz")).body, "%zz /p/:id");
});

Deno.test("App.appWrapper is around what ctx.render draws", async () => {
  const app = new App<Trail>().appWrapper(({ Component }) => h("main", null, h(Component, null)))
    .get("/", (ctx) => ctx.render(h("p", null, "<hi>"), { status: 202 }));
  const { status, headers, body } = await ask(app, "/");
  assert.deepEqual([status, headers.get("content-type")], [202, "text/html; charset=utf-8"]);
  assert.equal(body, "<!DOCTYPE html><main><p>&lt;hi></p></main>");
});

Deno.test("Context.redirect sends 302, or the status given", async () => {
  const app = new App<Trail>().get("/a", (ctx) => ctx.redirect("/b"))
    .get("/c", (ctx) => ctx.redirect("/d", 308));
  const [a, c] = [await ask(app, "/a"), await ask(app, "/c")];
  assert.deepEqual([a.status, a.headers.get("location")], [302, "/b"]);
  assert.deepEqual([c.status, c.headers.get("location")], [308, "/d"]);
});

Deno.test("App.listen finishes the requests in flight when its signal comes", async () => {
  const stop = new AbortController();
  const entered = Promise.withResolvers<void>();
  const address = Promise.withResolvers<Deno.NetAddr>();
  const app = new App<Trail>().get("/slow", async () => {
    entered.resolve();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return new Response("done");
  });
  const onListen = address.resolve;
  const served = app.listen({ port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen });
  const answer = fetch(`http://127.0.0.1:${(await address.promise).port}/slow`);
  await entered.promise;
  stop.abort();
  assert.equal(await (await answer).text(), "done");
  await served;
});
