// Turns the files of `routes/` into entries of the app, by Fresh 2's file conventions.

import type { Context, Middleware, PageResponse, RouteConfig, View } from "./context.ts";
import { catching, HttpError } from "./errors.ts";
import { registerIsland } from "./islands.ts";

/** A middleware or a route's handler at its place in the app; `route` is null for middleware. */
export interface Entry<State> {
  method: string;
  path: string;
  route: string | null;
  run: Middleware<State>;
}

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
  for (
    const [name, module] of await loadFolder<State>(new URL("islands/", project), /^[^_]+\.tsx$/)
  ) {
    registerIsland(name, module.default);
  }
  const modules = await loadFolder<State>(new URL("routes/", project), /\.tsx?$/);
  const pages: Entry<State>[] = [];
  const folders = new Set([""]);
  for (const [name, module] of modules) {
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    if (/(^|\/)(_error|_404)$/.test(name)) folders.add(folder);
    if (/(^|\/)_[^/]*$/.test(name)) continue;
    const path = module.config?.routeOverride ?? toPath(name);
    for (const [method, run] of routeSteps(module)) {
      const steps = [...folderSteps(folder, modules), run];
      pages.push(...steps.map((run) => ({ method, path, route: path, run })));
    }
  }
  // Where no page is, the error pages of the folder still are.
  const fallbacks = [...folders].flatMap((folder) => {
    const steps: Middleware<State>[] = [...folderSteps(folder, modules), (ctx) => ctx.unmatched()];
    return steps.map((run) => ({ method: "ALL", path: below(toPath(folder)), route: null, run }));
  });
  return [...pages.sort(byPath), ...fallbacks.sort(byPath)];
}

/** The pattern for a path and everything below it. */
export function below(path: string): string {
  return path === "*" ? path : `${path.replace(/\/$/, "")}/*`;
}

/** The URL pattern of a route's name: `(group)/a/[id]` is `/a/:id`. */
export function toPath(name: string): string {
  const parts = name.split("/").filter((part) => part && part !== "index" && !part.startsWith("("));
  return "/" + parts.map((part) => {
    return part.replace(/^\[\.\.\.(.+)\]$/, ":$1{.+}").replace(/^\[(.+)\]$/, ":$1");
  }).join("/");
}

function byPath(a: { path: string }, b: { path: string }): number {
  // "~" comes after all that a file is called
  const [keyA, keyB] = [a, b].map(({ path }) =>
    path.replace(/\/(\*|:[^/]*\{.*)/, "/~~").replaceAll("/:", "/~:")
  );
  return keyA < keyB ? -1 : Number(keyA > keyB);
}

/** What the folders from the root to `folder` put before a route: wrapper, layouts, error pages, middleware. */
function folderSteps<State>(folder: string, modules: Map<string, RouteModule<State>>) {
  const steps: Middleware<State>[] = [];
  const ends = [...folder.matchAll(/\//g)].map(({ index }) => index + 1);
  for (const at of [0, ...ends].map((end) => folder.slice(0, end))) {
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

/** The modules below a folder by their paths without endings; folders called `(_...)` are private. */
async function loadFolder<State>(
  folder: URL,
  wanted: RegExp,
  modules = new Map<string, RouteModule<State>>(),
  prefix = "",
) {
  for (
    const { name, isDirectory } of await Array.fromAsync(Deno.readDir(new URL(prefix, folder)))
  ) {
    const path = prefix + name;
    if (isDirectory && !name.startsWith("(_")) {
      await loadFolder(
        folder,
        wanted,
        modules,
        `${path}/`,
      );
    }
    if (isDirectory || !wanted.test(name)) continue;
    const { href } = new URL(path, folder);
    modules.set(path.replace(/\.tsx?$/, ""), await import(/* @vite-ignore */ href));
  }
  return modules;
}
