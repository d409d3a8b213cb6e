// Serves the app while it is being written: pages and islands reload as their files change.

import { createServer } from "vite";
import config from "../vite.config.ts";

const port = Number(Deno.env.get("PORT") ?? "8000");
const server = await createServer({
  ...config,
  configFile: false,
  server: { port, strictPort: true },
});
await server.listen();
console.log(`Lobbycard, in development, is at http://localhost:${port}`);
