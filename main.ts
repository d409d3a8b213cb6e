// The web app: security headers, static files and the pages of routes/. Serves when it is the program.

import { App, csp, staticFiles, trailingSlashes } from "fresh";
import { define, type State } from "./define.ts";
import { styleHashes } from "./routes/(_components)/styles.tsx";
import { readShelf } from "./routes/(_models)/shelf.ts";

const headers = define.middleware(async (ctx) => {
  const response = await ctx.next();
  response.headers.set("cross-origin-opener-policy", "same-origin");
  response.headers.set("cross-origin-embedder-policy", "require-corp");
  // What is made to be shown elsewhere says so itself.
  if (!response.headers.has("cross-origin-resource-policy")) {
    response.headers.set("cross-origin-resource-policy", "same-origin");
  }
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("x-frame-options", "DENY");
  response.headers.set("referrer-policy", "no-referrer");
  // The one page that restyles what a camera sees.
  const camera = ctx.url.pathname === "/style" ? "(self)" : "()";
  response.headers.set(
    "permissions-policy",
    `camera=${camera}, geolocation=(), microphone=(), payment=(), usb=()`,
  );
  return response;
});

/** The app; tests call its handler in process. */
export const app = new App<State>()
  .use(headers)
  .use(csp({
    csp: [
      "default-src 'none'",
      // The CPU engine compiles WebAssembly; nothing else may be evaluated.
      "script-src 'self' 'wasm-unsafe-eval'",
      ["style-src 'self'", ...styleHashes].join(" "),
      "img-src 'self' blob: data:",
      "font-src 'self'",
      "connect-src 'self'",
      "worker-src 'self'",
      "manifest-src 'self'",
      "media-src 'self' blob:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ],
  }))
  .use(staticFiles())
  .use(trailingSlashes("never"))
  .fsRoutes();

if (import.meta.main) await serve();

/** Serves until SIGTERM or SIGINT; requests in flight are finished. */
async function serve(): Promise<void> {
  const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  const fail = (line: string): never => {
    Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
    Deno.exit(1);
  };
  const setting = Deno.env.get("PORT") ?? "8000";
  const port = Number(setting);
  if (!/^\d{1,5}$/.test(setting) || port > 65535) {
    fail(`Cannot serve: PORT is "${setting}"; expected a number from 0 to 65535`);
  }
  for (const problem of (await readShelf()).problems) say(problem);
  const stop = new AbortController();
  let askedAt = 0;
  const onSignal = () => {
    // Asked again, it does not wait any longer; but one Ctrl-C may arrive twice, by way of `deno task`.
    if (askedAt > 0 && Date.now() - askedAt > 500) Deno.exit(1);
    askedAt ||= Date.now();
    stop.abort();
  };
  Deno.addSignalListener("SIGTERM", onSignal);
  Deno.addSignalListener("SIGINT", onSignal);
  try {
    await app.listen({
      port,
      signal: stop.signal,
      onListen: (address) => say(`Lobbycard is at http://localhost:${address.port}`),
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    fail(`Cannot serve: port ${port} is taken; set PORT to a free one`);
  }
  Deno.exit(0);
}
