// Builds the service worker into dist/: its script, what it is to keep, and an id that changes with any of that.

import { createHash } from "node:crypto";
import { build } from "vite";

/** The built worker. It lies at the root, for it may answer only for addresses below its own. */
export const SERVICE_WORKER = "dist/client/sw.js";

/** What the pages use of static/, as opposed to licences, and to models, which are kept as they are used. */
const used = /^static\/(?!models\/).*\.(css|jpg|png|svg|webmanifest|webp|woff2)$/;

/** What Vite has named by its content. */
const built = /^dist\/client(?=\/assets\/)/;

/** Stands for the id until all that it is made of is known. */
const placeholder = "id-of-this-build";

/**
 * Builds the worker for the client that Vite has left in dist/.
 *
 * @param from.files what Vite has built, and what lies in static/
 * @param from.pages paths of the pages to keep
 * @param from.ask the app's answer to a path
 * @returns the addresses of all that the worker keeps
 */
export async function buildServiceWorker({ files: paths, pages, ask }: {
  files: string[];
  pages: string[];
  ask: (path: string) => Promise<Response>;
}): Promise<string[]> {
  const files = await Promise.all(
    paths.filter((path) => built.test(path) || used.test(path)).map(addressOf),
  );
  const code = await bundle({ id: placeholder, pages, files });
  const hash = createHash("sha256").update(code);
  for (const page of pages) hash.update(await (await ask(page)).text());
  const parts = code.split(placeholder);
  if (parts.length !== 2) {
    throw new SyntaxError(
      `Cannot build the service worker: it has ${parts.length - 1} ids; expected 1`,
    );
  }
  await Deno.writeTextFile(SERVICE_WORKER, parts.join(hash.digest("hex").slice(0, 16)));
  return [...pages, ...files];
}

/** The worker as one classic script, which every browser takes. */
async function bundle(kept: { id: string; pages: string[]; files: string[] }): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { BUILD: JSON.stringify(kept) },
    build: {
      write: false,
      rolldownOptions: {
        input: "islands/_service_worker.ts",
        output: { format: "iife" },
      },
    },
  });
  const outputs = [result].flat().flatMap((part) => "output" in part ? part.output : []);
  if (outputs.length === 1 && outputs[0].type === "chunk") return outputs[0].code;
  throw new TypeError(
    `Cannot build the service worker: Vite made ${outputs.length} files; expected one script`,
  );
}

/** The address of a file as pages, scripts and styles name it. */
async function addressOf(path: string): Promise<string> {
  if (built.test(path)) return path.replace(built, "");
  const hash = createHash("sha256").update(await Deno.readFile(path)).digest("hex");
  return `${path.replace("static", "")}?v=${hash.slice(0, 16)}`;
}
