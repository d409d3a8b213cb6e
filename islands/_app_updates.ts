// The page's side of the service worker: registers it, hears of a newer one, and lets that take over when the visitor agrees.

import { CACHE_PREFIX } from "./_app_cache.ts";

/** What a page says to a waiting worker when the visitor wants the new version. */
export const TAKE_OVER = "take-over";

/** The worker's address; its folder is what it may answer for. */
const SCRIPT = "/sw.js";

/** What comes of watching. */
export interface UpdateListener {
  /** A new version is ready, and waits for `accept`. */
  onReady(): void;
  /** The new version is in place: the page is to be loaded anew. */
  reload(): void;
}

/** Watches over the versions of the app. */
export class AppUpdates {
  readonly #end = new AbortController();
  #registration: ServiceWorkerRegistration | undefined;
  #isAccepted = false;

  constructor(
    private readonly container: ServiceWorkerContainer,
    private readonly listener: UpdateListener,
  ) {}

  /** Registers the worker. @throws whatever the browser says where it may not keep anything */
  async start(): Promise<void> {
    const { signal } = this.#end;
    let wasControlled = this.container.controller !== null;
    this.container.addEventListener("controllerchange", () => {
      if (this.#isAccepted) this.listener.reload();
      // Another tab has agreed: what this page has not loaded yet is gone.
      else if (wasControlled) this.listener.onReady();
      wasControlled = true;
    }, { signal });
    await this.container.register(SCRIPT);
    const registration = await this.container.getRegistration();
    if (!registration || signal.aborted) return;
    this.#registration = registration;
    registration.addEventListener("updatefound", () => this.#watch(registration), { signal });
    this.#watch(registration);
    if (registration.waiting && registration.active) this.listener.onReady();
  }

  /** Asks the server whether there is a newer version. */
  async look(): Promise<void> {
    // Without a network there is nothing to hear.
    await this.#registration?.update().catch(() => {});
  }

  /** Lets the new version take over; `reload` is called once it has. */
  accept(): void {
    if (this.#isAccepted) return;
    const waiting = this.#registration?.waiting;
    if (!waiting) return this.listener.reload();
    this.#isAccepted = true;
    waiting.postMessage(TAKE_OVER);
  }

  /** Hears nothing any more. */
  stop(): void {
    this.#end.abort();
  }

  /** Tells when the worker that is being installed is through; the first one of all waits for nobody. */
  #watch(registration: ServiceWorkerRegistration): void {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed" && registration.active) this.listener.onReady();
    }, { signal: this.#end.signal });
  }
}

/** Ends every worker of this site and deletes what they have kept: who develops must see each change at once. */
export async function forgetWorkers(
  container: Pick<ServiceWorkerContainer, "getRegistrations">,
  caches: Pick<CacheStorage, "keys" | "delete">,
): Promise<void> {
  const registrations = await container.getRegistrations();
  await Promise.all(registrations.map((registration) => registration.unregister()));
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX));
  await Promise.all(names.map((name) => caches.delete(name)));
}
