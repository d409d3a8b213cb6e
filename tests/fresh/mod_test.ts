// Tests of the stand-in's small parts: makers and middleware.

import { strict as assert } from "node:assert";
import { App, createDefine, csp, HttpError, page, trailingSlashes } from "fresh";

const ok = () => new Response("ok");

Deno.test("page gives data with status and headers", () => {
  assert.deepEqual(page({ a: 1 }, { status: 201 }), { data: { a: 1 }, status: 201 });
});

Deno.test("createDefine gives back what it is given", () => {
  const define = createDefine<{ a: number }>();
  for (const make of [define.page, define.layout]) {
    const component = () => null;
    assert.equal(make(component), component);
  }
  assert.equal(define.middleware(ok), ok);
  const handlers = { GET: ok };
  assert.equal(define.handlers(handlers), handlers);
});

Deno.test("HttpError has a status and a message", () => {
  const error = new HttpError(404);
  assert.ok(error instanceof Error);
  assert.deepEqual([error.status, error.message], [404, "HTTP status 404"]);
  assert.equal(new HttpError(400, "Bad reel").message, "Bad reel");
});

Deno.test("csp sends its directives with every answer", async () => {
  const app = new App().use(csp({ csp: ["default-src 'none'", "img-src 'self'"] })).get("/", ok);
  const { headers } = await app.handler()(new Request("http://localhost/"));
  assert.equal(headers.get("content-security-policy"), "default-src 'none'; img-src 'self'");
});

Deno.test("trailingSlashes sends a path with a slash to the one without", async () => {
  const handler = new App().use(trailingSlashes("never")).get("/", ok).get("/a", ok).handler();
  const ask = async (path: string) => {
    const { status, headers } = await handler(new Request(`http://localhost${path}`));
    return [status, headers.get("location")];
  };
  assert.deepEqual(await ask("/a/?b=1"), [301, "/a?b=1"]);
  assert.deepEqual(await ask("/"), [200, null]);
  assert.deepEqual(await ask("/a"), [200, null]);
});

Deno.test("trailingSlashes never sends a visitor to another site", async () => {
  const handler = new App().use(trailingSlashes("never")).handler();
  for (const path of ["//evil.example/", "///evil.example//", "/\\evil.example/"]) {
    const { headers } = await handler(new Request(`http://localhost${path}`));
    const to = new URL(headers.get("location") ?? "/", "http://localhost/");
    assert.equal(to.host, "localhost", path);
  }
});
