// Serves files of `static/` and of the built client: strong ETags, ranges, precompressed text, lasting caches.

import { createHash } from "node:crypto";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAccept } from "hono/utils/accept";
import type { Middleware } from "./context.ts";
import { serverSide } from "./runtime.ts";

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};
const isCompressible = /^text|json|svg|wasm/;

/** A file that may be served; `hash` is the SHA-256 of its content, hex. */
interface ServedFile {
  path: string;
  size: number;
  hash: string;
}

/** Middleware that answers GET and HEAD of the project's static and built files; all else goes on. */
export function staticFiles<State>(): Middleware<State> {
  return serveFolders(new URL("../", import.meta.url));
}

/** The same for another project folder: the stand-in's own tests use it. */
export function serveFolders<State>(project: URL): Middleware<State> {
  const [own, built, encoded] = ["static", "dist/client", "dist/encoded"]
    .map((name) => fileURLToPath(new URL(name, project)));
  const findFile = fileFinder([built, own]);
  serverSide.asset = assetAddress(own);
  return async (ctx) => {
    const file = await findFile(ctx.url.pathname);
    if (!file) return ctx.next();
    if (ctx.req.method !== "GET" && ctx.req.method !== "HEAD") {
      return new Response("Method Not Allowed", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    const version = ctx.url.searchParams.get("v") ?? "";
    const lasts = file.path.startsWith(`${built}/assets/`) ||
      (version.length >= 16 && file.hash.startsWith(version));
    const cache = lasts ? "public, max-age=31536000, immutable" : "no-cache";
    return await answer(ctx.req, file, encoded, new Headers({ "cache-control": cache }));
  };
}

async function answer(req: Request, file: ServedFile, encodedFolder: string, headers: Headers) {
  const type = types[extname(file.path)] ?? "application/octet-stream";
  const range = req.headers.get("range");
  let { path, size } = file;
  let etag = `"${file.hash.slice(0, 32)}"`;
  headers.set("content-type", type);
  headers.set("accept-ranges", "bytes");
  if (isCompressible.test(type)) {
    headers.set("vary", "accept-encoding");
    const encoding = range ? undefined : await findEncoded(req, `${encodedFolder}/${file.hash}`);
    if (encoding) {
      ({ path, size } = encoding);
      etag = `"${file.hash.slice(0, 32)}-${encoding.name}"`;
      headers.set("content-encoding", encoding.name);
    }
  }
  headers.set("etag", etag);
  const known = req.headers.get("if-none-match")?.split(",").map((tag) =>
    tag.trim().replace(/^W\//, "")
  );
  if (known?.includes(etag) || known?.includes("*")) {
    return new Response(null, { status: 304, headers });
  }
  const ifRange = req.headers.get("if-range");
  const part = range && (!ifRange || ifRange === etag) ? parseRange(range, size) : undefined;
  if (part === null) {
    headers.set("content-range", `bytes */${size}`);
    headers.delete("content-type");
    return new Response(null, { status: 416, headers });
  }
  const [start, end] = part ?? [0, size - 1];
  if (part) headers.set("content-range", `bytes ${start}-${end}/${size}`);
  headers.set("content-length", String(end - start + 1));
  const isEmpty = req.method === "HEAD" || size === 0;
  const body = isEmpty ? null : await readBytes(path, start, end - start + 1);
  return new Response(body, { status: part ? 206 : 200, headers });
}

/** First and last byte asked for; null if there is no such part, undefined for what is not one range of bytes. */
function parseRange(text: string, size: number): [number, number] | null | undefined {
  const [, from, to] = text.match(/^bytes=(\d*)-(\d*)$/) ?? [];
  if (from === undefined || (from === "" && to === "")) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== "" && to !== "" && Number(from) > Number(to)) return undefined;
  return start < size ? [start, end] : null;
}

/** The bytes of a file as a stream; it is read as fast as it is taken. */
async function readBytes(path: string, start: number, length: number) {
  const file = await Deno.open(path);
  if (start > 0) await file.seek(start, Deno.SeekMode.Start);
  return file.readable.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        controller.enqueue(chunk.subarray(0, length));
        length -= chunk.length;
        if (length <= 0) controller.terminate();
      },
    }),
  );
}

/** The best precompressed form of a file that the visitor takes and the build has made. */
async function findEncoded(req: Request, path: string) {
  const wanted = parseAccept(req.headers.get("accept-encoding") ?? "").filter(({ q }) => q > 0);
  for (const [name, ending] of [["br", "br"], ["gzip", "gz"]]) {
    if (!wanted.some(({ type }) => type === name)) continue;
    const found = await statFile(`${path}.${ending}`);
    if (found) return { name, path: `${path}.${ending}`, size: found.size };
  }
}

/** A function from a URL's path to the file that it means in one of these folders. */
function fileFinder(folders: string[]): (pathname: string) => Promise<ServedFile | undefined> {
  const hashes = new Map<string, { stamp: string; hash: Promise<string> }>();
  return async (pathname) => {
    const inside = toFilePath(pathname);
    for (const folder of inside === undefined ? [] : folders) {
      const path = `${folder}/${inside}`;
      const found = await statFile(path, folder);
      if (!found) continue;
      const stamp = `${found.mtime?.getTime()} ${found.size}`;
      const known = hashes.get(path);
      const hash = known?.stamp === stamp ? known.hash : hashFile(path);
      if (hash !== known?.hash) hashes.set(path, { stamp, hash });
      return { path, size: found.size, hash: await hash };
    }
  };
}

/** `a/b.css` for `/a/b.css`; undefined for what cannot name a public file: dots first, separators, NUL, bad escapes. */
function toFilePath(pathname: string): string | undefined {
  try {
    const names = pathname.slice(1).split("/").map(decodeURIComponent);
    return names.some((name) => /^\.|^$|[/\\\0]/.test(name)) ? undefined : names.join("/");
  } catch {
    return undefined;
  }
}

/** What is known of a plain file; undefined if there is none, or if it lies outside of `folder`. */
async function statFile(path: string, folder?: string): Promise<Deno.FileInfo | undefined> {
  try {
    if (folder && !(await Deno.realPath(path)).startsWith(`${await Deno.realPath(folder)}/`)) {
      return;
    }
    const info = await Deno.stat(path);
    return info.isFile ? info : undefined;
  } catch {
    return undefined; // missing, a name too long, a link to where the server may not read: no such file
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of (await Deno.open(path)).readable) hash.update(chunk);
  return hash.digest("hex");
}

/** `path` with the hash of the file in `folder` that it means; as it is if there is none. */
function assetAddress(folder: string): (path: string) => string {
  const addresses = new Map<string, string>();
  return (path) => {
    const known = addresses.get(path);
    if (known) return known;
    let address = path;
    try {
      const hash = createHash("sha256").update(Deno.readFileSync(folder + path)).digest("hex");
      address += `?v=${hash.slice(0, 16)}`;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    addresses.set(path, address);
    return address;
  };
}
