// Downloads of posters against a server of this machine: few at a time, tried again, and given up in the end.

import assert from "node:assert/strict";
import { DeadLink, downloader, limiter } from "../../tasks/_poster_download.ts";
import { flatFile, withFolder } from "../data/_pictures.ts";

/** Runs with a server that answers by path, and the times at which each path was asked for. */
async function withServer(
  answer: (path: string, attempt: number) => Response | Promise<Response>,
  run: (address: string, asked: Map<string, number[]>) => Promise<void>,
): Promise<void> {
  const asked = new Map<string, number[]>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    const times = [...asked.get(pathname) ?? [], performance.now()];
    asked.set(pathname, times);
    return answer(pathname, times.length);
  });
  try {
    await run(`http://127.0.0.1:${server.addr.port}`, asked);
  } finally {
    await server.shutdown();
  }
}

Deno.test("downloader fetches four at a time into files named by what the bytes are", () =>
  withFolder(async (root) => {
    const png = Uint8Array.from(await flatFile("png"));
    let [running, most] = [0, 0];
    const answer = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 30));
      running--;
      return new Response(png);
    };
    await withServer(answer, async (address) => {
      const fetchPoster = downloader({ folder: `${root}/new` });
      const paths = await Promise.all(
        Array.from({ length: 12 }, (_, i) => fetchPoster(`${address}/${i}.jpg`, String(i))),
      );
      assert.deepEqual([paths[7], most], [`${root}/new/7.png`, 4]);
      assert.deepEqual(await Deno.readFile(paths[7]), png);
    });
  }));

Deno.test("downloader waits longer before each of three tries, and as long as the server says", () =>
  withFolder(async (root) => {
    const jpeg = Uint8Array.from(await flatFile("jpeg"));
    const answer = (path: string, attempt: number) => {
      if (path === "/busy") return new Response(null, { status: 500 });
      if (attempt > 1) return new Response(jpeg);
      return new Response(null, { status: 429, headers: { "retry-after": "1" } });
    };
    await withServer(answer, async (address, asked) => {
      const fetchPoster = downloader({ folder: root, backoffMs: 40 });
      await Promise.all([
        fetchPoster(`${address}/later`, "later"),
        assert.rejects(fetchPoster(`${address}/busy`, "busy"), {
          name: "DeadLink",
          message: `${address}/busy answers 500, 3 times`,
        }),
      ]);
      const [first, second] = asked.get("/later") ?? [];
      assert.ok(second - first >= 990, `waited ${second - first} ms`);
      const busy = asked.get("/busy") ?? [];
      assert.equal(busy.length, 3);
      assert.ok(busy[1] - busy[0] >= 39 && busy[2] - busy[1] >= 79, String(busy));
    });
  }));

Deno.test("downloader gives a link up at once if another try would not help", () =>
  withFolder(async (root) => {
    const answer = (path: string) =>
      path === "/gone"
        ? new Response(null, { status: 410 })
        : path === "/patience"
        ? new Response(null, { status: 503, headers: { "retry-after": "86400" } })
        : new Response("<html>");
    await withServer(answer, async (address, asked) => {
      const fetchPoster = downloader({ folder: root, backoffMs: 1, timeoutMs: 5000 });
      const dead = (url: string, message: RegExp) =>
        assert.rejects(fetchPoster(url, "x"), (error) => {
          assert.ok(error instanceof DeadLink);
          assert.match(error.message, message);
          return true;
        });
      await dead(`${address}/gone`, /\/gone answers 410$/);
      await dead(`${address}/page`, /\/page is no picture$/);
      await dead(`${address}/patience`, /answers 503, to be asked again in 86400 s$/);
      await dead("file:///etc/hosts", /is no http address$/);
      await dead("http://127.0.0.1:1/a.jpg", /cannot be reached \(.*\), 3 times$/);
      assert.deepEqual([...asked.values()].map((times) => times.length), [1, 1, 1]);
      assert.deepEqual([...Deno.readDirSync(root)], []);
    });
  }));

Deno.test("downloader stops reading an answer that does not end", () =>
  withFolder(async (root) => {
    const endless = () => {
      const chunk = new Uint8Array(4096);
      return new Response(new ReadableStream({ pull: (stream) => stream.enqueue(chunk) }));
    };
    await withServer(endless, async (address, asked) => {
      const fetchPoster = downloader({ folder: root, mostBytes: 20_000 });
      await assert.rejects(fetchPoster(`${address}/long.jpg`, "1"), (error) => {
        assert.ok(error instanceof DeadLink);
        assert.match(error.message, /has more than 20000 bytes$/);
        return true;
      });
      assert.equal(asked.get("/long.jpg")?.length, 1);
    });
  }));

Deno.test("limiter goes on after a job that fails", async () => {
  const limit = limiter(1);
  const results = await Promise.allSettled([
    limit(() => Promise.reject(new Error("Torn"))),
    limit(() => Promise.resolve(2)),
  ]);
  assert.deepEqual(results.map(({ status }) => status), ["rejected", "fulfilled"]);
});
