// A list of middleware for a folder.

import type { Middleware } from "fresh";
import type { Trail } from "../_middleware.ts";

const add = (name: string): Middleware<Trail> => (ctx) => {
  ctx.state.trail.push(name);
  return ctx.next();
};

export default [add("first"), add("second")];
