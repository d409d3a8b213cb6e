// Tests of what the service worker keeps: what it answers, from where, and what it leaves to the browser.

import { strict as assert } from "node:assert";
import { AppCache, type Build, type CacheHost } from "../../islands/_app_cache.ts";

const origin = "https://lobbycard.test";
const build: Build = {
  id: "one",
  pages: ["/", "/posters", "/offline"],
  files: ["/assets/client-1a.js", "/pages.css?v=aa", "/samples/village.jpg?v=bb"],
};

/** A site of these addresses, its network, and what has been kept of it. */
function site(pages: Record<string, string> = {}) {
  const answers = new Map([
    ...build.files.map((file) => [file, `file ${file}`]),
    ...build.pages.map((page) => [page, `<link href="/pages.css?v=aa"> page ${page}`]),
    ...Object.entries(pages),
  ] as [string, string][]);
  const caches = new Map<string, Map<string, Response>>();
  const patience = Promise.withResolvers<void>();
  const state = {
    answers,
    caches,
    asked: [] as string[],
    /** What the network does. */
    network: (address: string): Promise<Response> => {
      const body = answers.get(address);
      const headers = { "cross-origin-embedder-policy": "require-corp" };
      return Promise.resolve(
        new Response(body, { status: body === undefined ? 404 : 200, headers }),
      );
    },
    losePatience: patience.resolve,
  };
  const host: CacheHost = {
    caches: memoryCaches(caches),
    fetch: (request) => {
      const address = typeof request === "string" ? request : request.url.replace(origin, "");
      state.asked.push(address);
      return state.network(address);
    },
    origin,
    losePatience: () => patience.promise,
  };
  return Object.assign(state, { host, app: new AppCache(build, host) });
}

/** As much of the Cache API as is in use: what is stored may be read more than once. */
function memoryCaches(stores: Map<string, Map<string, Response>>): CacheHost["caches"] {
  return {
    keys: () => Promise.resolve([...stores.keys()]),
    delete: (name) => Promise.resolve(stores.delete(name)),
    open: (name) => {
      const store = stores.get(name) ?? new Map<string, Response>();
      stores.set(name, store);
      const put = (key: string, value: Response) => Promise.resolve(void store.set(key, value));
      return Promise.resolve({ put } as unknown as Cache);
    },
    match: (key, { cacheName } = {}) =>
      Promise.resolve(stores.get(cacheName ?? "")?.get(String(key))?.clone()),
  };
}

function ask(address: string, init: RequestInit & { isPage?: boolean } = {}): Request {
  const request = new Request(new URL(address, origin), init);
  // No script can make one of these.
  return Object.defineProperty(request, "mode", { value: init.isPage ? "navigate" : "no-cors" });
}

/** The text of an answer, once all that goes on after it is done too. */
async function answer(app: AppCache, request: Request): Promise<string | undefined> {
  const work: Promise<unknown>[] = [];
  const response = await app.answer(request, (more) => work.push(more));
  await Promise.all(work);
  return await response?.text();
}

const offline = () => Promise.reject(new TypeError("Failed to fetch"));
const page = (address: string) => ask(address, { isPage: true });

Deno.test("AppCache keeps every page and file under the build's id, headers included", async () => {
  const { app, caches } = site();
  await app.fill();
  const kept = caches.get("lobbycard-app-one");
  assert.deepEqual([...kept?.keys() ?? []].sort(), [...build.pages, ...build.files].sort());
  assert.equal(kept?.get("/")?.headers.get("cross-origin-embedder-policy"), "require-corp");
});

Deno.test("AppCache keeps nothing where a file is missing, or a page is of another build", async () => {
  const missing = site();
  missing.answers.delete("/pages.css?v=aa");
  await assert.rejects(
    missing.app.fill(),
    /Cannot keep \/pages\.css\?v=aa: the server answered 404/,
  );
  assert.equal(missing.caches.size, 0);
  for (const file of ["/assets/client-2b.js", "/pages.css?v=cc"]) {
    const newer = site({ "/posters": `<script type="module" src="${file}"></script>` });
    await assert.rejects(newer.app.fill(), (error: Error) => {
      const message = `Cannot keep /posters: it uses ${file}; expected files of build one only`;
      return error instanceof RangeError && error.message === message;
    });
    assert.equal(newer.caches.size, 0);
  }
});

Deno.test("AppCache keeps a page with models that came after the build", async () => {
  const { app } = site({ "/posters": '<img src="/models/new/sample.png?v=dd"><a href="/style">' });
  await app.fill();
});

Deno.test("AppCache drops other builds, and neither models nor strangers", async () => {
  const { app, caches } = site();
  const others = ["lobbycard-models-1", "strange", "lobbycard-app-zero", "lobbycard-app-onerous"];
  for (const name of [...others, app.name]) caches.set(name, new Map());
  await app.dropOthers();
  assert.deepEqual([...caches.keys()], ["lobbycard-models-1", "strange", "lobbycard-app-one"]);
});

Deno.test("AppCache answers for a file with its hash without asking the server", async () => {
  const web = site();
  await web.app.fill();
  web.asked.length = 0;
  for (const file of build.files) assert.equal(await answer(web.app, ask(file)), `file ${file}`);
  assert.deepEqual(web.asked, []);
  web.caches.clear(); // as a browser without room does
  assert.equal(await answer(web.app, ask("/pages.css?v=aa")), "file /pages.css?v=aa");
  assert.deepEqual(web.asked, ["/pages.css?v=aa"]);
});

Deno.test("AppCache asks the server for a file without its hash, and helps out offline", async () => {
  const web = site({ "/samples/village.jpg": "newest" });
  await web.app.fill();
  assert.equal(await answer(web.app, ask("/samples/village.jpg")), "newest");
  web.network = offline;
  assert.equal(
    await answer(web.app, ask("/samples/village.jpg")),
    "file /samples/village.jpg?v=bb",
  );
});

Deno.test("AppCache answers a page from the server, and keeps it as it is now", async () => {
  const web = site();
  await web.app.fill();
  web.answers.set("/posters?model=a", "newer models");
  assert.equal(await answer(web.app, page("/posters?model=a")), "newer models");
  web.network = offline;
  assert.equal(await answer(web.app, page("/posters?model=b")), "newer models");
});

Deno.test("AppCache does not keep a newer build's page, an error or a redirect in place of its own", async () => {
  const own = '<link href="/pages.css?v=aa"> page /posters';
  const redirected = new Response("login");
  Object.assign(Object.defineProperty(redirected, "redirected", { value: true }), {
    clone: () => redirected,
  });
  for (
    const other of [
      new Response('<script src="/assets/client-2b.js">'),
      new Response("broken", { status: 500 }),
      redirected,
    ]
  ) {
    const web = site();
    await web.app.fill();
    web.network = () => Promise.resolve(other);
    assert.match(await answer(web.app, page("/posters")) ?? "", /login|broken|client-2b/);
    web.network = offline;
    assert.equal(await answer(web.app, page("/posters")), own);
  }
});

Deno.test("AppCache gives a kept page when the network takes too long, and waits where there is none", async () => {
  const web = site();
  await web.app.fill();
  const slow = Promise.withResolvers<Response>();
  web.network = () => slow.promise;
  const [kept, unknown] = [page("/posters"), page("/unknown")].map((request) =>
    web.app.answer(request, () => {})?.then((response) => response.text())
  );
  web.losePatience();
  assert.match(await kept ?? "", /page \/posters/);
  slow.resolve(new Response("at last"));
  assert.equal(await unknown, "at last");
});

Deno.test("AppCache gives the offline page for a page that is not kept", async () => {
  const web = site();
  await web.app.fill();
  web.network = offline;
  assert.match(await answer(web.app, page("/unknown")) ?? "", /page \/offline/);
  web.caches.clear();
  await assert.rejects(answer(web.app, page("/unknown")), /Failed to fetch/);
});

Deno.test("AppCache leaves everything else to the browser", async () => {
  const web = site();
  await web.app.fill();
  web.asked.length = 0;
  const others = [
    page("/api/poster.png?seed=1"),
    page("/healthz"),
    page("https://elsewhere.test/posters"),
    ask("/posters", { method: "POST" }),
    ask("/api/poster.png"),
    ask("/posters"),
    ask("/assets/client-2b.js"),
    ask("/pages.css?v=cc"),
    ask("/models/a/weights.safetensors?v=dd"),
    ask("https://elsewhere.test/assets/client-1a.js"),
  ];
  for (const other of others) {
    assert.equal(web.app.answer(other, () => assert.fail(other.url)), undefined, other.url);
  }
  assert.deepEqual(web.asked, []);
});
