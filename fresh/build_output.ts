// What the build left for the server: the tags that load a page's islands.

/** A chunk in Vite's manifest. */
interface Chunk {
  file: string;
  imports?: string[];
}

const entry = "fresh/client.ts";
const manifest = readManifest();

/** HTML that loads the browser's entry and, ahead of its asking, the chunks of these islands; empty without islands. */
export function clientTags(islands: string[]): string {
  if ((import.meta as { env?: { DEV?: boolean } }).env?.DEV) {
    return script("/@vite/client") + script(`/${entry}`);
  }
  if (islands.length === 0 || !manifest[entry]) return "";
  const files = new Set<string>();
  const add = (key: string) => {
    if (files.has(manifest[key].file)) return;
    files.add(manifest[key].file);
    manifest[key].imports?.forEach(add);
  };
  for (const key of [entry, ...islands.map((name) => `islands/${name}.tsx`)]) add(key);
  const preload = [...files].slice(1).map((file) => `<link rel="modulepreload" href="/${file}">`);
  return script(`/${manifest[entry].file}`) + preload.join("");
}

function script(path: string): string {
  return `<script type="module" src="${path}"></script>`;
}

function readManifest(): Record<string, Chunk> {
  try {
    return JSON.parse(
      Deno.readTextFileSync(new URL("../dist/client/.vite/manifest.json", import.meta.url)),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {}; // not built: pages work, islands stay asleep
    throw error;
  }
}
