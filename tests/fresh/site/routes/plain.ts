// A route whose handler is one function.

import type { Context } from "fresh";

/** Answers every method. */
export const handler = (ctx: Context<unknown>) => new Response(`${ctx.req.method} ${ctx.route}`);
