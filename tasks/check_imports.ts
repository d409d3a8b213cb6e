// Fails on an import that runs against the arrows of the house, on a cycle, and on training code that a visitor would load.

import { findCycles, findWay, importEdges } from "./_import_graph.ts";
import {
  browserSafe,
  findArrowFault,
  hostExceptions,
  packages,
  roomOf,
  tfDoors,
  trainingOnly,
  trainsOnDemand,
} from "./_import_rules.ts";
import { readSources, type SourceFile } from "./_syntax.ts";

/** Names to paths and packages, as in the "imports" of deno.json. */
export type ImportMap = Readonly<Record<string, string>>;

if (import.meta.main) {
  const root = Deno.args[0] ?? new URL("..", import.meta.url).pathname;
  const config = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const files = await readSources(root);
  const faults = findImportFaults(files, config.imports ?? {});
  for (const fault of faults) console.error(fault);
  console.log(`${files.length} files: ${faults.length} faults in imports`);
  if (faults.length > 0) Deno.exit(1);
}

/** Every fault of the files' imports and of the import map, one line each: where, what, which rule. */
export function findImportFaults(files: SourceFile[], map: ImportMap): string[] {
  const edges = importEdges(files, map);
  const known = new Set(files.map((file) => file.path));
  const arrowFaults = edges.flatMap(({ from, to, site }) => {
    const rule = known.has(to) ? findArrowFault(from, to) : missingFile(to);
    return rule ? [`${from}:${site.line}: ${from} -> ${to}: ${rule}`] : [];
  });
  const cycles = findCycles(edges).map((ring) =>
    `${ring[0]}:1: ${ring.join(" -> ")}: files never import each other in a ring`
  );
  return [
    ...findMapFaults(map),
    ...files.flatMap((file) => findPackageFaults(file, map)),
    ...files.flatMap(findHostFaults),
    ...arrowFaults,
    ...cycles,
    ...findTrainingFaults(files, edges),
    ...findServerFaults(files, edges),
  ].sort();
}

function missingFile(path: string): string | undefined {
  if (/\.tsx?$/.test(path)) return "there is no such file";
}

/** Packages come from npm at one exact version, or are folders of the house. */
function findMapFaults(map: ImportMap): string[] {
  return Object.entries(map).flatMap(([name, target]) =>
    target.startsWith("./") || /^npm:\/?(@[^/]+\/)?[^/@]+@\d+\.\d+\.\d+(-[\w.]+)?\/?$/.test(target)
      ? []
      : [`deno.json: "${name}" -> "${target}": packages come from npm at one exact version`]
  );
}

function findPackageFaults(file: SourceFile, map: ImportMap): string[] {
  return file.imports.flatMap(({ specifier, line }) => {
    if (/^\.{0,2}\//.test(specifier) || map[specifier]?.startsWith("./")) return [];
    const rule = findPackageFault(file.path, specifier, map);
    return rule ? [`${file.path}:${line}: ${file.path} -> ${specifier}: ${rule}`] : [];
  });
}

function findPackageFault(path: string, specifier: string, map: ImportMap): string | undefined {
  const isNode = specifier.startsWith("node:");
  if (!isNode && !isMapped(specifier, map)) {
    return "packages are named in deno.json, with a version";
  }
  if (isNode && browserSafe.test(path)) return "code for browsers never names node:";
  if (/^(@tensorflow\/|tfjs)/.test(specifier) && roomOf(path) !== "tests" && !tfDoors.test(path)) {
    return "only gpu/tf*.ts name the tfjs packages";
  }
  const allowed = packages[roomOf(path)];
  if (allowed && !allowed.test(specifier)) return `${roomOf(path)} has no use for this package`;
}

function isMapped(specifier: string, map: ImportMap): boolean {
  const [scopeOrName, name] = specifier.split("/");
  return specifier in map || scopeOrName in map || `${scopeOrName}/${name}` in map;
}

function findHostFaults(file: SourceFile): string[] {
  if (!browserSafe.test(file.path) || file.path in hostExceptions) return [];
  return file.denoLines.map((line) =>
    `${file.path}:${line}: ${file.path} -> Deno: code for browsers never names Deno`
  );
}

function findTrainingFaults(files: SourceFile[], edges: ReturnType<typeof importEdges>): string[] {
  const starts = files.map((file) => file.path)
    .filter((path) => /^islands\//.test(path) && !(path in trainsOnDemand));
  // What is fetched later may train; a plain import of it would have it loaded at once.
  const atOnce = edges.filter(({ to, site }) => !(to in trainsOnDemand && site.kind === "lazy"));
  return files.map((file) => file.path).filter((path) => trainingOnly.test(path)).flatMap(
    (path) => {
      const way = findWay(atOnce, starts, (end) => end === path);
      return way ? [`${way[0]}:1: ${way.join(" -> ")}: training code never reaches a visitor`] : [];
    },
  );
}

/** The thread that answers never computes: what it imports leads to tfjs by way of a worker alone. */
function findServerFaults(files: SourceFile[], edges: ReturnType<typeof importEdges>): string[] {
  const inThread = edges.filter(({ site }) => site.kind !== "worker");
  const starts = files.map((file) => file.path).filter((path) => /^(main|routes)\b/.test(path));
  const way = findWay(inThread, starts, (end) => tfDoors.test(end));
  return way ? [`${way[0]}:1: ${way.join(" -> ")}: the server computes in workers alone`] : [];
}
