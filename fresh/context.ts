// What handlers, middleware and pages get: the request, its context and the ways to answer.

import { type ComponentType, h, type VNode } from "preact";
import { clientTags } from "./build_output.ts";
import { renderTree } from "./islands.ts";

/** A step on the way to the answer. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** What a handler returns to have the route's page drawn. */
export interface PageResponse<Data> {
  data: Data;
  status?: number;
  headers?: HeadersInit;
}

/** Draws the route's page with `data`. */
export function page<Data>(data: Data, init: Omit<PageResponse<Data>, "data"> = {}) {
  return { data, ...init };
}

/** What a page, layout or app wrapper is drawn with; `Component` is what a wrapper wraps. */
export interface PageProps<Data = unknown, State = unknown> {
  data: Data;
  url: URL;
  params: Record<string, string>;
  state: State;
  error: unknown;
  Component: ComponentType;
}

/** Settings that a route module exports as `config`. */
export interface RouteConfig {
  routeOverride?: string;
  skipAppWrapper?: boolean;
  skipInheritedLayouts?: boolean;
}

/** A page, layout or app wrapper. */
export type View<State> = ComponentType<PageProps<unknown, State>>;

/** One request on its way through the app. */
export class Context<State> {
  readonly url: URL;
  readonly config = { basePath: "" };
  params: Record<string, string> = {};
  state = {} as State;
  route: string | null = null;
  error: unknown = null;
  next: () => Promise<Response>;
  /** The stand-in's own: the app wrapper, and the layouts so far, outermost first. */
  wrapper: View<State> | null = null;
  layouts: View<State>[] = [];

  constructor(
    readonly req: Request,
    readonly info: Partial<Deno.ServeHandlerInfo>,
    /** The stand-in's own: what happens when no route answers. */
    readonly unmatched: () => Promise<Response>,
  ) {
    this.url = new URL(req.url);
    this.next = unmatched;
  }

  /** An answer that sends the visitor elsewhere. */
  redirect(path: string, status = 302): Response {
    return new Response(null, { status, headers: { location: path } });
  }

  /** A page drawn with `data`, or a wrapper around `inner`; the stand-in's own. */
  draw(component: View<State>, data?: unknown, inner: VNode | null = null): VNode {
    const { url, params, state, error } = this;
    const props = { data, url, params, state, error, Component: () => inner };
    return h(component as ComponentType<object>, props);
  }

  /** An HTML answer: `content` inside the layouts and the app wrapper. */
  render(content: VNode, init: ResponseInit = {}): Promise<Response> {
    const wrappers = this.wrapper ? [this.wrapper, ...this.layouts] : this.layouts;
    const tree = wrappers.reduceRight((inner, view) => this.draw(view, undefined, inner), content);
    const { html, head, islands } = renderTree(tree);
    const headers = new Headers(init.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    const body = html.replace("</head>", () => `${head}${clientTags(islands)}</head>`);
    return Promise.resolve(new Response(`<!DOCTYPE html>${body}`, { ...init, headers }));
  }
}
