// Vite plugin: builds the islands for the browser, and in development runs the app inside Vite's server.

import { Readable } from "node:stream";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin, ViteDevServer } from "vite";

const jsx = { runtime: "automatic", importSource: "preact" } as const;
const own = (name: string) => new URL(name, import.meta.url).pathname;

/** Makes `vite` and `vite build` work on a project of ours as Fresh's own plugin does on its. */
export function fresh(): Plugin {
  return {
    name: "fresh-stand-in",
    config: (_, { command }) => ({
      appType: "custom",
      publicDir: command === "serve" ? "static" : false,
      resolve: {
        alias: [
          { find: /^fresh\/runtime$/, replacement: own("runtime.ts") },
          { find: /^fresh$/, replacement: own("mod.ts") },
        ],
      },
      oxc: { jsx },
      optimizeDeps: { entries: "fresh/client.ts", rolldownOptions: { transform: { jsx } } },
      // A page that asks for isolation runs no worker that does not.
      server: { headers: { "cross-origin-embedder-policy": "require-corp" } },
      worker: { format: "es" },
      build: {
        outDir: "dist/client",
        manifest: true,
        modulePreload: { polyfill: false },
        rolldownOptions: { input: "fresh/client.ts" },
      },
    }),
    // The returned function runs after Vite's own middleware: what is no module is a page.
    configureServer: (server) => () => {
      server.middlewares.use((req, res, next) => answer(server, req, res).catch(next));
    },
    handleHotUpdate: ({ server, file }) => {
      // The app finds its routes by looking, so Vite cannot tell what a change of one touches.
      server.moduleGraph.invalidateAll();
      if (!file.includes("/islands/")) server.ws.send({ type: "full-reload" });
    },
  };
}

async function answer(server: ViteDevServer, req: IncomingMessage, res: ServerResponse) {
  const { app } = await server.ssrLoadModule("/main.ts");
  const url = new URL(req.url ?? "/", `http://${req.headers.host}`);
  const headers = Object.entries(req.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]]
  );
  const response: Response = await app.handler()(new Request(url, { method: req.method, headers }));
  res.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body) Readable.fromWeb(response.body as never).pipe(res);
  else res.end();
}
