// Fails on what a reader would miss: docstrings, opening sentences, reasons for long files. Prints the sizes of the code.

import { listFiles, readSources, type SourceFile } from "./_syntax.ts";

/** Generated or foreign files, which the rules for our own do not fit. */
const generated = /^(static\/|.*\.d\.ts$|.*_generated\.ts$)/;

/** Longer files say why in a comment that names their length, such as "Over 400 lines: the parser reads top to bottom". */
const maxLines = 400;

/** Folders of one machine and hosts of registries; written in parts, so that these lines do not find themselves. */
const localPath = new RegExp(
  [
    String.raw`(?<![\w.~$}/-])/(root|home/\w+|Users/\w+|work)/[\w.]+`,
    String.raw`\bregistry\.np` + String.raw`mjs\.org|\bnpm\.js` + String.raw`r\.io`,
  ].join("|"),
);

if (import.meta.main) {
  const root = Deno.args[0] ?? new URL("..", import.meta.url).pathname;
  const files = await readSources(root);
  const faults = [...findDocFaults(files), ...await findLocalPaths(root)];
  for (const fault of faults) console.error(fault);
  for (const line of sizeLines(files)) console.log(line);
  console.log(`${files.length} files: ${faults.length} faults in docs`);
  if (faults.length > 0) Deno.exit(1);
}

/** What is missing from the files' own words, one line per fault. */
export function findDocFaults(files: SourceFile[]): string[] {
  return files.filter((file) => !generated.test(file.path)).flatMap((file) => [
    ...findOpeningFault(file),
    ...isTest(file) ? [] : findExportFaults(file),
    ...findLengthFault(file),
  ]).sort();
}

/** Paths of one machine and registry hosts in the files under a root, one line per fault; only text files are read. */
export async function findLocalPaths(root: string): Promise<string[]> {
  const paths = [...await listFiles(root), ...await listFiles(root, ".ci").catch(() => [])]
    .filter((path) => /\.(ts|tsx|md|json|py|css|svg|txt)$|^\.ci\//.test(path));
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(`${root}/${path}`)));
  return paths.flatMap((path, i) => findLocalPathLines(path, texts[i]));
}

/** The lines of one text that name a folder of one machine or a registry's host. */
export function findLocalPathLines(path: string, text: string): string[] {
  return text.split("\n").flatMap((line, i) => {
    const found = line.match(localPath)?.[0];
    return found ? [`${path}:${i + 1}: "${found.trim()}" names one machine or one registry`] : [];
  });
}

/** Sizes of source and tests: medians and worst of files and functions, and a warning for each that is beyond the target. */
export function sizeLines(files: SourceFile[]): string[] {
  const source = files.filter((file) => !isTest(file) && !generated.test(file.path));
  const tests = files.filter(isTest);
  const functions = source.flatMap((file) =>
    file.functions.map((f) => ({ ...f, path: file.path }))
  );
  const total = (some: SourceFile[]) => some.reduce((sum, file) => sum + file.lines, 0);
  return [
    `Source files: ${source.length}, lines: ${spread(source.map((file) => file.lines))}`,
    `Functions: ${functions.length}, lines: ${spread(functions.map((f) => f.lines))}`,
    `Exports per file: ${spread(source.map((file) => file.exports.length))}`,
    `Test lines per source line: ${(total(tests) / Math.max(1, total(source))).toFixed(2)}`,
    ...source.filter((file) => file.lines > 250).map((file) =>
      `Look: ${file.path} has ${file.lines} lines; the target is 250 at most`
    ),
    ...tests.filter((file) => file.lines > 400).map((file) =>
      `Look: ${file.path} has ${file.lines} lines; split it by behaviour above 400`
    ),
    ...functions.filter((f) => f.lines > 60).map((f) =>
      `Look: ${f.path}:${f.line} has a function of ${f.lines} lines; the target is 45 at most`
    ),
  ];
}

function findOpeningFault(file: SourceFile): string[] {
  if (file.opening && file.opening.length >= 20) return [];
  return [`${file.path}:1: the file opens without a sentence of its purpose`];
}

function findExportFaults(file: SourceFile): string[] {
  // What a route or a config file exports by default is what its opening sentence speaks of.
  const isOpening = (name: string) =>
    name === "default" && /^routes\/|^[\w.]+\.config\.ts$/.test(file.path);
  const missing = file.exports.filter(({ name, documented }) => !documented && !isOpening(name));
  return missing.map((symbol) =>
    `${file.path}:${symbol.line}: "${symbol.name}" is exported without a docstring`
  );
}

function findLengthFault(file: SourceFile): string[] {
  const excused = isTest(file) || new RegExp(`over ${maxLines} lines`, "i").test(file.comments);
  if (file.lines <= maxLines || excused) return [];
  return [
    `${file.path}:1: ${file.lines} lines and no comment that says "Over ${maxLines} lines: ..."`,
  ];
}

function isTest(file: SourceFile): boolean {
  return file.path.startsWith("tests/");
}

/** Median, 90th percentile and largest of some counts. */
function spread(counts: number[]): string {
  const sorted = counts.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return `median ${at(0.5)}, p90 ${at(0.9)}, max ${at(1)}`;
}
