// Errors on their way to an answer.

import type { Middleware } from "./context.ts";

/** Thrown to answer with a status; the error page sees it as `error`. */
export class HttpError extends Error {
  override name = "HttpError";

  constructor(readonly status: number, message = `HTTP status ${status}`) {
    super(message);
  }
}

/** Middleware that hands what is thrown further in to `handler`, and tells the log of faults. */
export function catching<State>(handler: Middleware<State>): Middleware<State> {
  return async (ctx) => {
    const depth = ctx.layouts.length;
    try {
      return await ctx.next();
    } catch (error) {
      if (!(error instanceof HttpError)) logError(error, `${ctx.req.method} ${ctx.url.pathname}: `);
      ctx.error = error;
      ctx.layouts.length = depth;
      return await handler(ctx);
    }
  };
}

/** The answer where no page takes the error. */
export function plainError(error: unknown): Response {
  if (error instanceof HttpError) return new Response(error.message, { status: error.status });
  logError(error);
  return new Response("Internal Server Error", { status: 500 });
}

function logError(error: unknown, where = ""): void {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`${where}${text}\n`));
}
