// Tests of the stand-in's file conventions, on the site beside.

import { strict as assert } from "node:assert";
import { App } from "fresh";

const handler = new App().mount(new URL("site/", import.meta.url)).handler();

async function ask(path: string, method = "GET") {
  const response = await handler(new Request(`http://localhost${path}`, { method }));
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** The page that the site's wrapper and outer layout make of `content`. */
const inShell = (content: string) =>
  `<!DOCTYPE html><html><head></head><body><main>${content}</main></body></html>`;

Deno.test("fsRoutes serves index as its folder, inside app wrapper and layout", async () => {
  const { status, headers, body } = await ask("/");
  assert.deepEqual([status, headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assert.equal(body, inShell("<h1>home</h1>"));
});

Deno.test("fsRoutes draws the page with what the handler returns", async () => {
  const { status, headers, body } = await ask("/data");
  assert.deepEqual([status, headers.get("x-film"), body], [201, "A", inShell("<p>reel</p>")]);
});

Deno.test("fsRoutes passes on the Response of a handler", async () => {
  assert.equal((await ask("/data", "POST")).body, "posted");
});

Deno.test("fsRoutes answers 405 for a method without a handler, with the error page", async () => {
  const { status, headers, body } = await ask("/data", "DELETE");
  assert.deepEqual([status, headers.get("allow")], [405, "GET, HEAD, POST"]);
  assert.equal(body, inShell("<p>error 405</p>"));
  assert.equal((await ask("/", "POST")).headers.get("allow"), "GET, HEAD");
});

Deno.test("fsRoutes gives a handler function every method", async () => {
  assert.equal((await ask("/plain", "PUT")).body, "PUT /plain");
});

Deno.test("fsRoutes puts a static path before a parameter, and a parameter before the rest", async () => {
  assert.equal((await ask("/items/new")).body, inShell("<p>new item</p>"));
  assert.equal((await ask("/items/7")).body, inShell("<p>item 7</p>"));
  assert.equal((await ask("/files/a")).body, inShell("<p>name a</p>"));
  assert.equal((await ask("/files/a/b")).body, inShell("<p>file a/b</p>"));
});

Deno.test("fsRoutes leaves groups out of the path and uses their layout", async () => {
  assert.equal((await ask("/inside")).body, inShell("<section><p>inside</p></section>"));
});

Deno.test("fsRoutes makes no routes of private folders and reserved names", async () => {
  for (const path of ["/Hidden", "/(_components)/Hidden", "/_app", "/_layout", "/_404"]) {
    assert.equal((await ask(path)).status, 404, path);
  }
});

Deno.test("fsRoutes runs a folder's middleware after its parent's, and nests layouts", async () => {
  assert.equal((await ask("/nested")).body, inShell("<article><p>root first second</p></article>"));
});

Deno.test("fsRoutes leaves out wrapper and layouts where the config says so", async () => {
  assert.equal((await ask("/bare")).body, "<!DOCTYPE html><p>bare</p>");
});

Deno.test("fsRoutes takes a route's own address", async () => {
  assert.equal((await ask("/elsewhere/1")).body, inShell("<p>moved</p>"));
  assert.equal((await ask("/moved")).status, 404);
});

Deno.test("fsRoutes shows _404 where nothing is", async () => {
  const { status, body } = await ask("/no/such");
  assert.deepEqual([status, body], [404, inShell("<p>nothing at /no/such</p>")]);
});

Deno.test("fsRoutes shows _404 and _error for an HttpError, with its status", async () => {
  assert.equal((await ask("/fails?status=404")).body, inShell("<p>nothing at /fails</p>"));
  const { status, body } = await ask("/fails?status=410");
  assert.deepEqual([status, body], [410, inShell("<p>error 410</p>")]);
});

Deno.test("fsRoutes shows _error with 500 for a fault, tells nothing of it and logs it", async () => {
  const { log, result } = await capture(() => ask("/fails"));
  assert.deepEqual([result.status, result.body], [500, inShell("<p>error inside</p>")]);
  assert.match(log, /^GET \/fails: TypeError: Secret/);
});

Deno.test("fsRoutes shows the nearest error page, inside its folder's layout", async () => {
  const nested = inShell("<article><p>nested error</p></article>");
  const { result } = await capture(() => ask("/nested/fails"));
  assert.deepEqual([result.status, result.body], [500, nested]);
  assert.deepEqual([(await ask("/nested/no")).status, (await ask("/nested/no")).body], [
    404,
    nested,
  ]);
});

/** What `run` gives and what it writes to the log. */
async function capture<Result>(run: () => Promise<Result>) {
  const { writeSync } = Deno.stderr;
  let log = "";
  Deno.stderr.writeSync = (bytes) => (log += new TextDecoder().decode(bytes), bytes.length);
  try {
    return {
      result: await run(),
      get log() {
        return log;
      },
    };
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
}
