// What the service worker keeps of the app, one cache per build: which requests it answers, and from where.

/** What the build tells the service worker. */
export interface Build {
  /** Changes with every page, script, style, font and picture of the app. */
  id: string;
  /** The pages' paths. */
  pages: readonly string[];
  /** Addresses of all that the pages use but models; each changes with its content. */
  files: readonly string[];
}

/** What the cache needs of the worker that it lives in; a test gives its own. */
export interface CacheHost {
  caches: Pick<CacheStorage, "open" | "keys" | "delete" | "match">;
  fetch(request: Request | string, init?: RequestInit): Promise<Response>;
  origin: string;
  /** Resolves when the network has had time enough for a page that is kept. */
  losePatience(): Promise<void>;
}

/** The page for whoever asks, without a network, for a page that is not kept. */
const OFFLINE_PAGE = "/offline";

/** How the names of these caches begin. The store of models has another name, and is left alone. */
export const CACHE_PREFIX = "lobbycard-app-";

/** What must always be the server's own word, or its silence. */
const serverOnly = /^\/(api\/|healthz$)/;

/** What a page names by its content: a built file, or one of the static files with a hash. Models are none of the build's. */
const reference = /\s(?:src|href)="(\/assets\/[^"]+|\/(?!models\/)[^"]+\?v=[^"]+)"/g;

/** The cache of one build. */
export class AppCache {
  /** The cache's name. */
  readonly name: string;
  readonly #files: ReadonlySet<string>;
  readonly #addresses: ReadonlyMap<string, string>;

  constructor(private readonly build: Build, private readonly host: CacheHost) {
    this.name = CACHE_PREFIX + build.id;
    this.#files = new Set(build.files);
    this.#addresses = new Map(build.files.map((file) => [file.split("?")[0], file]));
  }

  /**
   * Keeps everything, or nothing.
   *
   * @throws {TypeError} if the network fails or a file is missing, {RangeError} if the server is of another build by now
   */
  async fill(): Promise<void> {
    try {
      const cache = await this.host.caches.open(this.name);
      await Promise.all([
        ...this.build.files.map((file) => this.#keepFile(cache, file)),
        ...this.build.pages.map((page) => this.#fetchPage(cache, page)),
      ]);
    } catch (error) {
      await this.host.caches.delete(this.name);
      throw error;
    }
  }

  /** Deletes what other builds have kept. */
  async dropOthers(): Promise<void> {
    const names = (await this.host.caches.keys())
      .filter((name) => name.startsWith(CACHE_PREFIX) && name !== this.name);
    await Promise.all(names.map((name) => this.host.caches.delete(name)));
  }

  /**
   * The answer to a request; undefined for what the app does not keep, which is the browser's own to fetch.
   *
   * @param waitUntil is handed what goes on after the answer
   */
  answer(
    request: Request,
    waitUntil: (work: Promise<unknown>) => void,
  ): Promise<Response> | undefined {
    const { origin, pathname, search } = new URL(request.url);
    if (request.method !== "GET" || origin !== this.host.origin || serverOnly.test(pathname)) {
      return;
    }
    if (this.#files.has(pathname + search)) return this.#answerKept(request, pathname + search);
    if (request.mode === "navigate") return this.#answerPage(request, pathname, waitUntil);
    const address = search === "" ? this.#addresses.get(pathname) : undefined;
    return address ? this.#answerFresh(this.host.fetch(request), [address]) : undefined;
  }

  /** The kept file. Its address changes with its content, so there is no newer one. */
  async #answerKept(request: Request, address: string): Promise<Response> {
    return await this.#find(address) ?? await this.host.fetch(request);
  }

  #answerPage(
    request: Request,
    pathname: string,
    waitUntil: (work: Promise<unknown>) => void,
  ): Promise<Response> {
    const network = this.host.fetch(request);
    if (this.build.pages.includes(pathname)) {
      const copy = network.then((response) => response.clone());
      waitUntil(copy.then((page) => this.#renewPage(pathname, page)).catch(() => {}));
    }
    return this.#answerFresh(network, [pathname, OFFLINE_PAGE]);
  }

  /** The network's answer. Where it fails, what is kept of these addresses; where it takes too long, only the first. */
  async #answerFresh(network: Promise<Response>, addresses: string[]): Promise<Response> {
    const impatient = this.host.losePatience().then(() => this.#find(addresses[0]));
    try {
      return await Promise.race([network, impatient]) ?? await network;
    } catch (error) {
      for (const address of addresses) {
        const kept = await this.#find(address);
        if (kept) return kept;
      }
      throw error;
    }
  }

  /** What is kept of an address. Opening the cache would make one where there is none. */
  async #find(address: string): Promise<Response | undefined> {
    return await this.host.caches.match(address, { cacheName: this.name, ignoreVary: true });
  }

  async #keepFile(cache: Cache, address: string): Promise<void> {
    await cache.put(address, await this.#fetchWhole(address, "default"));
  }

  async #fetchPage(cache: Cache, page: string): Promise<void> {
    const response = await this.#fetchWhole(page, "no-cache");
    const foreign = await this.#findForeign(response.clone());
    if (foreign) {
      throw new RangeError(
        `Cannot keep ${page}: it uses ${foreign}; expected files of build ${this.build.id} only`,
      );
    }
    await cache.put(page, response);
  }

  /** Keeps a page as the server sent it just now, unless its scripts are those of a newer build. */
  async #renewPage(pathname: string, response: Response): Promise<void> {
    if (!response.ok || response.redirected || await this.#findForeign(response.clone())) return;
    const cache = await this.host.caches.open(this.name);
    await cache.put(pathname, response);
  }

  /** A file that a page uses and this build does not have, if there is one. */
  async #findForeign(page: Response): Promise<string | undefined> {
    const html = await page.text();
    return [...html.matchAll(reference)].map(([, file]) => file)
      .find((file) => !this.#files.has(file));
  }

  async #fetchWhole(address: string, cache: RequestCache): Promise<Response> {
    const response = await this.host.fetch(address, { cache });
    if (response.ok && !response.redirected) return response;
    throw new TypeError(
      `Cannot keep ${address}: the server answered ${response.status}; expected 200`,
    );
  }
}
