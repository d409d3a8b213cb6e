// The service worker: answers for the app's pages and files, so that they are there without a network.

import { AppCache, type Build } from "./_app_cache.ts";
import { TAKE_OVER } from "./_app_updates.ts";

/** The build writes it here. */
declare const BUILD: Build;

/** How long a page may keep a visitor waiting who has a kept one. */
const PATIENCE_MS = 3000;

/** An event that holds the worker awake; the page's own types have none. */
interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

/** The part of a service worker's global scope in use here. */
interface WorkerScope {
  addEventListener(kind: "install" | "activate", run: (event: WorkerEvent) => void): void;
  addEventListener(
    kind: "fetch",
    run: (
      event: WorkerEvent & { request: Request; respondWith(answer: Promise<Response>): void },
    ) => void,
  ): void;
  addEventListener(kind: "message", run: (event: WorkerEvent & { data: unknown }) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const scope = globalThis as unknown as WorkerScope;
const app = new AppCache(BUILD, {
  caches,
  fetch: (request, init) => fetch(request, init),
  origin: location.origin,
  losePatience: () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)),
});

scope.addEventListener("install", (event) => event.waitUntil(app.fill()));

scope.addEventListener("activate", (event) => {
  // The page of a first visit is answered from here on, too, should its network go before it is loaded again.
  event.waitUntil(app.dropOthers().then(() => scope.clients.claim()));
});

scope.addEventListener("message", (event) => {
  if (event.data === TAKE_OVER) event.waitUntil(scope.skipWaiting());
});

scope.addEventListener("fetch", (event) => {
  const answer = app.answer(event.request, (work) => event.waitUntil(work));
  if (answer) event.respondWith(answer);
});
