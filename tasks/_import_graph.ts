// The graph of the house's own imports: where a specifier leads, cycles, and the shortest way between files.

import type { ImportSite, SourceFile } from "./_syntax.ts";

/** An import that leads to a file of the house. */
export interface Edge {
  from: string;
  to: string;
  site: ImportSite;
}

/**
 * Where a specifier leads, as a path from the root, or undefined if it leaves the house (npm, `node:`).
 *
 * @param map the import map: names to paths such as `./fresh/mod.ts` or to npm packages.
 */
export function resolveImport(
  from: string,
  specifier: string,
  map: Readonly<Record<string, string>>,
): string | undefined {
  const mapped = map[specifier];
  if (mapped?.startsWith("./")) return normalise(mapped);
  if (/^\.\.?\//.test(specifier)) return normalise(`${from}/../${specifier}`);
  if (specifier.startsWith("/")) return normalise(`.${specifier}`);
}

/** All edges between files of the house. */
export function importEdges(
  files: SourceFile[],
  map: Readonly<Record<string, string>>,
): Edge[] {
  return files.flatMap((file) =>
    file.imports.flatMap((site) => {
      const to = resolveImport(file.path, site.specifier, map);
      return to === undefined ? [] : [{ from: file.path, to, site }];
    })
  );
}

/**
 * One cycle per group of files that import each other in a ring, as a list of paths that ends where it begins.
 *
 * A lazy import does not close a ring: it runs after both files are loaded. Neither does a worker's address.
 */
export function findCycles(edges: Edge[]): string[][] {
  const next = adjacency(edges.filter(({ site }) => site.kind === "value" || site.kind === "type"));
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const start of [...next.keys()].sort()) {
    if (done.has(start)) continue;
    const ring = shortestWay(next, next.get(start) ?? [], (path) => path === start);
    if (!ring) continue;
    cycles.push([start, ...ring]);
    for (const path of ring) done.add(path);
  }
  return cycles;
}

/** The shortest way from one of the starts to a file that the test accepts, or undefined; types do not count as a way. */
export function findWay(
  edges: Edge[],
  starts: string[],
  accepts: (path: string) => boolean,
): string[] | undefined {
  return shortestWay(adjacency(edges.filter(({ site }) => site.kind !== "type")), starts, accepts);
}

function adjacency(edges: Edge[]): Map<string, string[]> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...next.get(from) ?? [], to]);
  return next;
}

function shortestWay(
  next: Map<string, string[]>,
  starts: string[],
  accepts: (path: string) => boolean,
): string[] | undefined {
  const queue = starts.map((path) => [path]);
  const seen = new Set(starts);
  for (let way = queue.shift(); way; way = queue.shift()) {
    const last = way[way.length - 1];
    if (accepts(last)) return way;
    for (const path of next.get(last) ?? []) {
      if (seen.has(path)) continue;
      seen.add(path);
      queue.push([...way, path]);
    }
  }
}

function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
