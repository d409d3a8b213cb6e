// The app: routes and middleware on Hono's router, applied top to bottom.

import { TrieRouter } from "hono/router/trie-router";
import { Context, type Middleware, type View } from "./context.ts";
import { catching, HttpError, plainError } from "./errors.ts";
import { below, type Entry, readRoutes } from "./file_routes.ts";

type Router<State> = TrieRouter<Entry<State>>;
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** A web app after Fresh 2's `App`; the part of it that our pages use. */
export class App<State> {
  #entries: (Entry<State> | Promise<Entry<State>[]>)[] = [];
  #notFound: Middleware<State> = () => {
    throw new HttpError(404, "Not Found");
  };

  /** Adds middleware, for every path or for `path` and below. */
  use(...args: [string, ...Middleware<State>[]] | Middleware<State>[]): this {
    const [first, ...rest] = args;
    if (typeof first !== "string") return this.#add("ALL", "*", args as Middleware<State>[], false);
    return this.#add("ALL", below(first), rest as Middleware<State>[], false);
  }

  /** Answers GET (and HEAD) of a path. */
  get(path: string, ...handlers: Middleware<State>[]): this {
    return this.#add("GET", path, handlers, true);
  }

  /** Answers POST of a path. */
  post(path: string, ...handlers: Middleware<State>[]): this {
    return this.#add("POST", path, handlers, true);
  }

  /** Mounts `routes/` of the project, and makes `islands/` known. */
  fsRoutes(): this {
    return this.mount(new URL("../", import.meta.url));
  }

  /** Mounts `routes/` and `islands/` of another folder: the stand-in's own tests do. */
  mount(project: URL): this {
    const loading = readRoutes<State>(project);
    loading.catch(() => {}); // told to whoever asks for the handler's first answer
    this.#entries.push(loading);
    return this;
  }

  /** Wraps every page. */
  appWrapper(component: View<State>): this {
    return this.use((ctx) => {
      ctx.wrapper = component;
      return ctx.next();
    });
  }

  /** Answers errors that were thrown at `path` and below. */
  onError(path: string, handler: Middleware<State>): this {
    return this.use(path, catching(handler));
  }

  /** Answers what no route answers. */
  notFound(handler: Middleware<State>): this {
    this.#notFound = handler;
    return this;
  }

  /** The app as a function of the request; the routes' files are read once, from here on. */
  handler(): (req: Request, info?: Partial<Deno.ServeHandlerInfo>) => Promise<Response> {
    const router = this.#route();
    router.catch(() => {}); // told by each answer
    return async (req, info = {}) => this.#answer(await router, req, info);
  }

  /** Serves until `signal`, and then till the requests in flight are answered. */
  async listen(options: Deno.ServeTcpOptions = {}): Promise<void> {
    const { signal, ...rest } = options;
    const router = await this.#route();
    const server = Deno.serve(
      { automaticCompression: true, ...rest },
      (req, info) => this.#answer(router, req, info),
    );
    // Deno's own use of a signal cuts requests in flight; a shutdown lets them finish.
    signal?.addEventListener("abort", () => void server.shutdown(), { once: true });
    await server.finished;
  }

  #add(method: string, path: string, handlers: Middleware<State>[], isRoute: boolean): this {
    for (const run of handlers) {
      this.#entries.push({ method, path, route: isRoute ? path : null, run });
    }
    return this;
  }

  async #route(): Promise<Router<State>> {
    const router: Router<State> = new TrieRouter();
    for (const entry of (await Promise.all(this.#entries)).flat()) {
      router.add(entry.method, entry.path, entry);
    }
    return router;
  }

  async #answer(
    router: Router<State>,
    req: Request,
    info: Partial<Deno.ServeHandlerInfo>,
  ): Promise<Response> {
    let allow = "";
    const { pathname } = new URL(req.url);
    const match = (method: string) => router.match(method, pathname)[0];
    const ctx: Context<State> = new Context(req, info, async () => {
      const allowed = methods.filter((method) => match(method).some(([entry]) => entry.route));
      if (allowed.length === 0) return await this.#notFound(ctx);
      allow = allowed.join(", ").replace(/^GET/, "GET, HEAD");
      throw new HttpError(405, "Method Not Allowed");
    });
    const start = match(req.method === "HEAD" ? "GET" : req.method)
      .reduceRight<() => Promise<Response>>((next, [entry, params]) => async () => {
        ctx.params = Object.fromEntries(Object.entries(params).map(([k, v]) => [k, decode(v)]));
        ctx.route = entry.route ?? ctx.route;
        ctx.next = next;
        return await entry.run(ctx);
      }, ctx.unmatched);
    const response = await start().catch(plainError);
    if (response.status === 405 && allow) response.headers.set("allow", allow);
    if (req.method !== "HEAD") return response;
    const { byteLength } = await response.arrayBuffer();
    if (byteLength > 0) response.headers.set("content-length", String(byteLength));
    return new Response(null, response);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign
  }
}
