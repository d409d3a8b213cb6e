// Turns the files of `routes/` into entries of the app, by Fresh 2's file conventions.

import { below, catching, type Entry } from "./app.ts";
import {
  type Context,
  HttpError,
  type Middleware,
  type PageResponse,
  type RouteConfig,
  type View,
} from "./context.ts";
import { registerIsland } from "./islands.ts";

/** A route's handler: an answer, or what its page is drawn with. */
export type Handler<Data, State> = (
  ctx: Context<State>,
) => Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;

type Handlers<State> = Handler<unknown, State> | Record<string, Handler<unknown, State>>;

/** What a file below `routes/` may export. */
interface RouteModule<State> {
  default?: View<State> | Middleware<State> | Middleware<State>[];
  handler?: Handlers<State>;
  handlers?: Handlers<State>;
  config?: RouteConfig;
}

/** Reads `routes/` and `islands/` of a project folder. Static paths come before parameters, these before the rest. */
export async function readRoutes<State>(project: URL): Promise<Entry<State>[]> {
  for (const path of await listModules(new URL("islands/", project))) {
    if (!/^[^_].*\.tsx$/.test(path)) continue;
    const { default: island } = await load<State>(new URL(`islands/${path}`, project));
    registerIsland(path.replace(".tsx", ""), island);
  }
  const modules = new Map<string, RouteModule<State>>();
  for (const path of await listModules(new URL("routes/", project))) {
    const name = path.replace(/\.tsx?$/, "");
    modules.set(name, await load<State>(new URL(`routes/${path}`, project)));
  }
  const pages: Entry<State>[][] = [];
  const fallbacks = new Map<string, Entry<State>[]>();
  const addFallback = (folder: string) => {
    const steps: Middleware<State>[] = folderSteps(folder, modules);
    const path = below(toPath(folder));
    fallbacks.set(folder, toEntries("ALL", path, null, [...steps, (ctx) => ctx.unmatched()]));
  };
  addFallback("");
  for (const [name, module] of modules) {
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    const file = name.slice(folder.length);
    const path = module.config?.routeOverride ?? toPath(name);
    const before = folderSteps(folder, modules);
    if (file === "_error" || file === "_404") {
      addFallback(folder);
    } else if (!file.startsWith("_")) {
      for (const [method, run] of routeSteps(module)) {
        pages.push(toEntries(method, path, path, [...before, run]));
      }
    }
  }
  const order = (entries: Entry<State>[]) => entries[0] ? sortKey(entries[0].path) : "";
  const sorted = [pages, [...fallbacks.values()]].map((list) =>
    list.sort((a, b) => order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0)
  );
  return sorted.flat(2);
}

/** The URL pattern of a route's name: `(group)/a/[id]` is `/a/:id`. */
export function toPath(name: string): string {
  const parts = name.split("/").filter((part) => part && part !== "index" && !part.startsWith("("));
  return "/" + parts.map((part) => {
    return part.replace(/^\[\.\.\.(.+)\]$/, ":$1{.+}").replace(/^\[(.+)\]$/, ":$1");
  }).join("/");
}

function sortKey(path: string): string {
  return path.split("/").map((part) => part.match(/^\*|\{/) ? "~2" : part[0] === ":" ? "~1" : part)
    .join("/");
}

function toEntries<State>(
  method: string,
  path: string,
  route: string | null,
  steps: Middleware<State>[],
): Entry<State>[] {
  return steps.map((run) => ({ method, path, route, run }));
}

/** What the folders from the root to `folder` put before a route: wrapper, layouts, error pages, middleware. */
function folderSteps<State>(folder: string, modules: Map<string, RouteModule<State>>) {
  const steps: Middleware<State>[] = [];
  for (
    const at of [
      "",
      ...folder.split("/").slice(0, -1).map((_, i, parts) => `${parts.slice(0, i + 1).join("/")}/`),
    ]
  ) {
    const part = (name: string) => modules.get(at + name);
    const [app, layout] = [part("_app"), part("_layout")];
    if (app) steps.push((ctx) => (ctx.wrapper = app.default as View<State>, ctx.next()));
    if (layout) {
      steps.push((ctx) => {
        if (layout.config?.skipInheritedLayouts) ctx.layouts = [];
        if (layout.config?.skipAppWrapper) ctx.wrapper = null;
        ctx.layouts.push(layout.default as View<State>);
        return ctx.next();
      });
    }
    const [error, missing] = [part("_error"), part("_404")];
    if (error || missing) steps.push(catching((ctx) => errorPage(ctx, error, missing)));
    const middleware = part("_middleware");
    const own = middleware?.handler ?? middleware?.default ?? [];
    steps.push(...[own].flat() as Middleware<State>[]);
  }
  return steps;
}

function errorPage<State>(
  ctx: Context<State>,
  error: RouteModule<State> | undefined,
  missing: RouteModule<State> | undefined,
): Promise<Response> {
  const status = ctx.error instanceof HttpError ? ctx.error.status : 500;
  const module = status === 404 ? missing ?? error : error;
  if (!module) throw ctx.error;
  return ctx.render(ctx.draw(module.default as View<State>), { status });
}

/** The methods that a route answers, each with what answers it. */
function routeSteps<State>(module: RouteModule<State>): [string, Middleware<State>][] {
  const own = module.handler ?? module.handlers ?? {};
  const byMethod = typeof own === "function"
    ? { ALL: own }
    : own as Record<string, Handler<unknown, State>>;
  const page: Handler<unknown, State> = () => ({ data: undefined });
  const handlers = module.default && !("ALL" in byMethod) ? { GET: page, ...byMethod } : byMethod;
  return Object.entries(handlers).map(([method, handler]) => [method, async (ctx) => {
    if (module.config?.skipAppWrapper) ctx.wrapper = null;
    if (module.config?.skipInheritedLayouts) ctx.layouts = [];
    const result = await handler(ctx);
    if (result instanceof Response) return result;
    return await ctx.render(ctx.draw(module.default as View<State>, result.data), result);
  }]);
}

/** Paths of the modules below a folder that are not private to it. */
async function listModules(folder: URL, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await Array.fromAsync(Deno.readDir(new URL(prefix, folder)))) {
    const path = prefix + entry.name;
    if (entry.isDirectory && !entry.name.startsWith("(_")) {
      paths.push(...await listModules(folder, `${path}/`));
    } else if (/\.tsx?$/.test(entry.name)) paths.push(path);
  }
  return paths.sort();
}

function load<State>(url: URL): Promise<RouteModule<State>> {
  return import(/* @vite-ignore */ url.href);
}
