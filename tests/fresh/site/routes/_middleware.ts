// Middleware for every route of the test site.

import type { Middleware } from "fresh";

/** What the middleware of the test site writes down. */
export interface Trail {
  trail: string[];
}

const middleware: Middleware<Trail> = (ctx) => {
  ctx.state.trail = ["root"];
  return ctx.next();
};

export default middleware;
