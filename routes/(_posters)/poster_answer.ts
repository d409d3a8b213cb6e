// The answer to a request for a poster: the file, or in one plain sentence why there is none.

import { HttpError } from "fresh";
import { BusyError, DrawingError } from "../../server/draw_queue.ts";
import { type DrawnPosters, keyOf } from "../../server/drawn_posters.ts";
import { parsePosterQuery, type PosterModel } from "./poster_query.ts";

/** For good where the address names the weights; else an hour, as a newer model may draw it next time. */
const CACHE = { pinned: "public, max-age=31536000, immutable", other: "public, max-age=3600" };

/** What the server's caches call a request that its visitor has given up. */
const CLIENT_CLOSED = 499;

/** Who asks again as soon as they are refused would keep the server from others, so a refusal takes its time. */
const REFUSAL_MS = 250;

/** Answers GET and HEAD; only a GET of what is not in memory has something drawn. @param models on offer, the newest first */
export async function answerPoster(
  request: Request,
  models: readonly PosterModel[],
  posters: DrawnPosters,
): Promise<Response> {
  try {
    return await answer(request, models, posters);
  } catch (error) {
    if (error instanceof HttpError) return sentence(error.status, error.message);
    if (error instanceof BusyError) {
      await new Promise((resolve) => setTimeout(resolve, REFUSAL_MS));
      const wait = { "retry-after": String(error.retrySeconds) };
      return sentence(503, "Too many posters are asked for; try again in a moment", wait);
    }
    if (error instanceof DrawingError) return sentence(500, "The poster could not be drawn");
    if (request.signal.aborted) return new Response(null, { status: CLIENT_CLOSED });
    throw error;
  }
}

async function answer(
  { url, method, headers: asked, signal }: Request,
  models: readonly PosterModel[],
  posters: DrawnPosters,
): Promise<Response> {
  const { order, isPinned } = parsePosterQuery(new URL(url).searchParams, models);
  const key = keyOf(order), etag = `"${key}"`;
  const headers = new Headers({
    "content-type": "image/png",
    "cache-control": isPinned ? CACHE.pinned : CACHE.other,
    // Pages of other sites may show it: it is made for them.
    "cross-origin-resource-policy": "cross-origin",
    etag,
  });
  const known = asked.get("if-none-match")?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known?.includes(etag) || known?.includes("*")) {
    return new Response(null, { status: 304, headers });
  }
  const png = method === "HEAD" ? posters.find(key) : await posters.draw(key, order, signal);
  if (png) headers.set("content-length", String(png.length));
  return new Response(method === "HEAD" ? null : png, { headers });
}

function sentence(status: number, text: string, more: Record<string, string> = {}): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return new Response(`${text}.\n`, { status, headers: { ...headers, ...more } });
}
