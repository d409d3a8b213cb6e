// Tests of the file server: what is found, what is not, and how it is sent.

import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { App } from "fresh";
import { asset } from "fresh/runtime";
import { pathToFileURL } from "node:url";
import { serveFolders } from "../../fresh/static_files.ts";

const project = await Deno.makeTempDir({ prefix: "lobbycard-static-" });
const weights = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
const css = `a { color: red }\n${"/* text that shrinks */\n".repeat(50)}`;
const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

for (
  const folder of [
    "static/models/a",
    "static/.git",
    "dist/client/assets",
    "dist/client/.vite",
    "dist/encoded",
  ]
) {
  await Deno.mkdir(`${project}/${folder}`, { recursive: true });
}
await Deno.writeFile(`${project}/static/models/a/weights.safetensors`, weights);
await Deno.writeTextFile(`${project}/static/styles.css`, css);
await Deno.writeTextFile(`${project}/static/with space.txt`, "space");
await Deno.writeTextFile(`${project}/static/empty.txt`, "");
await Deno.writeTextFile(`${project}/static/.git/config`, "secret");
await Deno.writeTextFile(`${project}/static/.env`, "secret");
await Deno.writeTextFile(`${project}/outside.txt`, "secret");
await Deno.symlink(`${project}/outside.txt`, `${project}/static/link.txt`);
await Deno.symlink(project, `${project}/static/folder-link`);
await Deno.symlink("nowhere", `${project}/static/dangling.txt`);
await Deno.writeTextFile(`${project}/dist/client/assets/client-1a2b.js`, "export {};");
await Deno.writeTextFile(`${project}/dist/client/.vite/manifest.json`, "{}");
await Deno.writeFile(`${project}/dist/encoded/${sha256(css)}.gz`, gzipSync(css));
globalThis.addEventListener("unload", () => Deno.removeSync(project, { recursive: true }));

const handler = new App().use(serveFolders(pathToFileURL(`${project}/`))).handler();

async function ask(path: string, headers: HeadersInit = {}, method = "GET") {
  const response = await handler(new Request(`http://localhost${path}`, { headers, method }));
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body };
}

const model = "/models/a/weights.safetensors";

Deno.test("staticFiles sends a file whole, with type, length and the hash of its content", async () => {
  const { status, headers, body } = await ask(model);
  assert.equal(status, 200);
  assert.deepEqual(body, weights);
  assert.equal(headers.get("content-type"), "application/octet-stream");
  assert.equal(headers.get("content-length"), "200000");
  assert.equal(headers.get("accept-ranges"), "bytes");
  assert.equal(headers.get("etag"), `"${sha256(weights).slice(0, 32)}"`);
  assert.equal(headers.get("cache-control"), "no-cache");
});

Deno.test("staticFiles answers HEAD with the headers of GET and no body", async () => {
  const { status, headers, body } = await ask(model, {}, "HEAD");
  assert.deepEqual([status, headers.get("content-length"), body.length], [200, "200000", 0]);
});

Deno.test("staticFiles sends an empty file", async () => {
  const { status, headers, body } = await ask("/empty.txt");
  assert.deepEqual([status, headers.get("content-length"), body.length], [200, "0", 0]);
  assert.equal((await ask("/empty.txt", { range: "bytes=0-" })).status, 416);
});

Deno.test("staticFiles lets a file be kept for good where the address has its hash", async () => {
  const lasting = "public, max-age=31536000, immutable";
  const cache = async (path: string) => (await ask(path)).headers.get("cache-control");
  assert.equal(await cache(`${model}?v=${sha256(weights)}`), lasting);
  assert.equal(await cache(`${model}?v=${sha256("older")}`), "no-cache");
  assert.equal(await cache(`${model}?v=`), "no-cache");
  assert.equal(await cache("/assets/client-1a2b.js"), lasting);
  assert.equal(asset("/styles.css"), `/styles.css?v=${sha256(css).slice(0, 16)}`);
  assert.equal(await cache(asset("/styles.css")), lasting);
});

Deno.test("staticFiles answers 304 to who has the file", async () => {
  const etag = (await ask(model)).headers.get("etag") ?? "";
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const { status, headers, body } = await ask(model, { "if-none-match": known });
    assert.deepEqual([status, body.length, headers.get("etag")], [304, 0, etag], known);
  }
  assert.equal((await ask(model, { "if-none-match": '"other"' })).status, 200);
});

Deno.test("staticFiles notices that a file has changed", async () => {
  await Deno.writeTextFile(`${project}/static/changing.txt`, "one");
  const first = (await ask("/changing.txt")).headers.get("etag");
  await Deno.writeTextFile(`${project}/static/changing.txt`, "three");
  const { headers, body } = await ask("/changing.txt", { "if-none-match": first ?? "" });
  assert.notEqual(headers.get("etag"), first);
  assert.equal(new TextDecoder().decode(body), "three");
});

Deno.test("staticFiles sends one range of bytes", async () => {
  const cases: [string, number, number][] = [
    ["bytes=0-0", 0, 0],
    ["bytes=10-99999", 10, 99_999],
    ["bytes=199990-", 199_990, 199_999],
    ["bytes=-5", 199_995, 199_999],
    ["bytes=-999999", 0, 199_999],
    ["bytes=199999-999999", 199_999, 199_999],
  ];
  for (const [range, start, end] of cases) {
    const { status, headers, body } = await ask(model, { range });
    assert.equal(status, 206, range);
    assert.equal(headers.get("content-range"), `bytes ${start}-${end}/200000`);
    assert.equal(headers.get("content-length"), String(end - start + 1));
    assert.deepEqual(body, weights.subarray(start, end + 1));
  }
});

Deno.test("staticFiles answers 416 to a range behind the end", async () => {
  for (const range of ["bytes=200000-", "bytes=200000-200001", "bytes=-0"]) {
    const { status, headers, body } = await ask(model, { range });
    assert.deepEqual([status, body.length], [416, 0], range);
    assert.equal(headers.get("content-range"), "bytes */200000");
  }
});

Deno.test("staticFiles sends the whole file for what is not one range", async () => {
  for (const range of ["bytes=0-1,5-6", "bytes=5-1", "bytes=-", "lines=1-2", "bytes=a-b"]) {
    assert.equal((await ask(model, { range })).status, 200, range);
  }
});

Deno.test("staticFiles sends a range only of the file that the visitor has begun", async () => {
  const etag = (await ask(model)).headers.get("etag") ?? "";
  const range = "bytes=0-9";
  assert.equal((await ask(model, { range, "if-range": etag })).status, 206);
  assert.equal((await ask(model, { range, "if-range": '"older"' })).status, 200);
});

Deno.test("staticFiles sends precompressed text to who takes it, under a tag of its own", async () => {
  const plain = await ask("/styles.css", { "accept-encoding": "identity" });
  const small = await ask("/styles.css", { "accept-encoding": "br, gzip" });
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(small.headers.get("content-encoding"), "gzip");
  assert.equal(new TextDecoder().decode(gunzipSync(small.body)), css);
  assert.equal(small.headers.get("content-length"), String(small.body.length));
  assert.notEqual(small.headers.get("etag"), plain.headers.get("etag"));
  for (const { headers } of [plain, small]) {
    assert.equal(headers.get("vary"), "accept-encoding");
    assert.equal(headers.get("content-type"), "text/css; charset=utf-8");
  }
  assert.equal(
    (await ask("/styles.css", { "accept-encoding": "gzip;q=0" })).body.length,
    css.length,
  );
  const part = await ask("/styles.css", { "accept-encoding": "gzip", range: "bytes=0-3" });
  assert.deepEqual([part.status, new TextDecoder().decode(part.body)], [206, "a { "]);
});

Deno.test("staticFiles never compresses weights", async () => {
  const { headers } = await ask(model, { "accept-encoding": "br, gzip" });
  assert.deepEqual([headers.get("content-encoding"), headers.get("vary")], [null, null]);
});

Deno.test("staticFiles finds a name with an escape", async () => {
  assert.equal((await ask("/with%20space.txt")).status, 200);
});

Deno.test("staticFiles has no file for a path that leads out, hides or breaks", async () => {
  const paths = [
    "/",
    "/models",
    "/models/a",
    "/models/a/",
    "/none.css",
    "/styles.css/",
    "//styles.css",
    "/%2e%2e/outside.txt",
    "/..%2foutside.txt",
    "/..%5coutside.txt",
    "/models%2fa%2fweights.safetensors",
    "/models/..%2f..%2foutside.txt",
    "/%2fetc%2fpasswd",
    "/.env",
    "/%2eenv",
    "/.git/config",
    "/.vite/manifest.json",
    "/link.txt",
    "/folder-link/outside.txt",
    "/dangling.txt",
    "/styles.css%00",
    "/%00",
    "/styles.css%00.txt",
    "/%zz",
    "/%",
    "/%c0%af",
    `/${"a".repeat(5000)}`,
    `/${"a/".repeat(3000)}`,
    "/styles.css%0a",
    "/C:%5cwindows",
  ];
  for (const path of paths) assert.equal((await ask(path)).status, 404, path);
});

Deno.test("staticFiles answers 405 with what is allowed to other methods", async () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const { status, headers } = await ask(model, {}, method);
    assert.deepEqual([status, headers.get("allow")], [405, "GET, HEAD"], method);
  }
});

Deno.test("staticFiles lets go of a file whose reader leaves", async () => {
  const response = await handler(new Request(`http://localhost${model}`));
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel(); // the test runner fails a test that leaves a file open
});
