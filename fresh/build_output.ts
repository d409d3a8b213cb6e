// What the build left for the server: the tags that load a page's islands.

/** Vite's manifest: what became of each source file. */
export type Manifest = Record<string, { file: string; imports?: string[] }>;

const entry = "fresh/client.ts";
const built = readManifest();

/**
 * HTML that loads the browser's entry and, ahead of its asking, the chunks of these islands; empty without islands.
 * An island that the build does not know stays asleep.
 */
export function clientTags(islands: string[], manifest: Manifest = built): string {
  if ((import.meta as { env?: { DEV?: boolean } }).env?.DEV) {
    return script("/@vite/client") + script(`/${entry}`);
  }
  if (islands.length === 0 || !manifest[entry]) return "";
  const files = new Set<string>();
  const add = (source: string) => {
    const chunk = manifest[source];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    chunk.imports?.forEach(add);
  };
  [entry, ...islands.map((name) => `islands/${name}.tsx`)].forEach(add);
  const preload = [...files].slice(1).map((file) =>
    `<link rel="modulepreload" fetchpriority="low" href="/${file}">`
  );
  return script(`/${manifest[entry].file}`) + preload.join("");
}

function script(path: string): string {
  return `<script type="module" fetchpriority="low" src="${path}"></script>`;
}

function readManifest(): Manifest {
  try {
    return JSON.parse(
      Deno.readTextFileSync(new URL("../dist/client/.vite/manifest.json", import.meta.url)),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {}; // not built: pages work all the same
    throw error;
  }
}
