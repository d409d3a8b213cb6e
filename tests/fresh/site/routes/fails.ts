// A route that fails in the way that its query names.

import { type Context, HttpError } from "fresh";

/** Throws. */
export const handlers = {
  GET(ctx: Context<unknown>): Response {
    const status = ctx.url.searchParams.get("status");
    throw status ? new HttpError(Number(status), "No such card") : new TypeError("Secret");
  },
};
