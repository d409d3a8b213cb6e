// Stand-in for the part of Fresh 2 that our pages use: the name `fresh` maps here.

import type { ComponentChild } from "preact";
import type { Middleware, PageProps, PageResponse } from "./context.ts";
import type { Handler } from "./file_routes.ts";

export { App } from "./app.ts";
export { Context, page } from "./context.ts";
export type { Middleware, PageProps, PageResponse, RouteConfig } from "./context.ts";
export { HttpError } from "./errors.ts";
export { staticFiles } from "./static_files.ts";

/** What the handlers `H` of a route give its page as `data`. */
type DataOf<H> = H extends Handler<infer Data, never> ? Data
  : H extends Record<string, (...args: never[]) => infer Result>
    ? Extract<Awaited<Result>, PageResponse<unknown>> extends PageResponse<infer Data> ? Data
    : never
  : never;

/** Identity functions that give the parts of a route module their types. */
export function createDefine<State>() {
  return {
    handlers: <H extends Handler<unknown, State> | Record<string, Handler<unknown, State>>>(
      handlers: H,
    ): H => handlers,
    page: <H = never>(
      page: (props: PageProps<DataOf<H>, State>) => ComponentChild,
    ) => page,
    layout: (layout: (props: PageProps<unknown, State>) => ComponentChild) => layout,
    middleware: (middleware: Middleware<State>): Middleware<State> => middleware,
  };
}

/** Sends these directives as the content security policy of every answer. */
export function csp<State>(options: { csp: string[] }): Middleware<State> {
  return async (ctx) => {
    const response = await ctx.next();
    response.headers.set("content-security-policy", options.csp.join("; "));
    return response;
  };
}

/** Sends `/path/` to `/path`. */
export function trailingSlashes<State>(_mode: "never"): Middleware<State> {
  return (ctx) => {
    const path = ctx.url.pathname.replace(/\/+$/, "");
    // A path of two leading slashes would be read as the address of another site.
    if (path === ctx.url.pathname || path === "" || path.startsWith("//")) return ctx.next();
    return ctx.redirect(path + ctx.url.search, 301);
  };
}
