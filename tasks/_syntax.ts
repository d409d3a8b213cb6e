// Reads TypeScript files with a real parser (Oxc, through Vite): what they import, export, mention, and how long their functions are.

import { type ESTree, parseSync, Visitor } from "vite";

/** One import, export-from, dynamic import or worker address. */
export interface ImportSite {
  specifier: string;
  line: number;
  /** `lazy` is a dynamic import; `worker` is `new URL("./x.ts", import.meta.url)`, how a Worker or a bundle entry is named. */
  kind: "value" | "type" | "lazy" | "worker";
}

/** One exported symbol. */
export interface ExportSite {
  name: string;
  line: number;
  /** Whether a doc comment stands right before it. */
  documented: boolean;
}

/** One function, method or arrow function with a body in braces. */
export interface FunctionSite {
  line: number;
  lines: number;
}

/** What the checks need to know of one file. */
export interface SourceFile {
  /** From the root, with slashes. */
  path: string;
  lines: number;
  /** The comment that opens the file, without its marks, or undefined if the file opens with something else. */
  opening?: string;
  /** All comments, joined. */
  comments: string;
  imports: ImportSite[];
  exports: ExportSite[];
  functions: FunctionSite[];
  /** Lines that name the global `Deno` in code; strings and comments do not count. */
  denoLines: number[];
}

/** Folders that hold no source of ours, and the engine's kernels, which are AssemblyScript. */
const skippedFolders = /^(node_modules|dist|runs|coverage|assembly|\..+)$/;

/** The paths of all files under a folder, from that folder, sorted; built and hidden folders are left out. */
export async function listFiles(root: string, folder = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(`${root}/${folder}`)) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory && !skippedFolders.test(entry.name)) {
      paths.push(...await listFiles(root, path));
    }
    if (entry.isFile) paths.push(path);
  }
  return paths.sort();
}

/** All TypeScript files under a root, parsed. @throws {SyntaxError} naming the first file that does not parse. */
export async function readSources(root: string): Promise<SourceFile[]> {
  const paths = (await listFiles(root)).filter((path) => /\.tsx?$/.test(path));
  return await Promise.all(
    paths.map(async (path) => parseSource(path, await Deno.readTextFile(`${root}/${path}`))),
  );
}

/**
 * What a file's text says, by its syntax tree.
 *
 * @throws {SyntaxError} if the text does not parse.
 */
export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text, { lang: path.endsWith("x") ? "tsx" : "ts" });
  const lineOf = lineFinder(text);
  const error = parsed.errors[0];
  if (error) {
    throw new SyntaxError(
      `Cannot parse ${path}:${lineOf(error.labels[0]?.start ?? 0)}: ${error.message}`,
    );
  }
  const file: SourceFile = {
    path,
    lines: text.trimEnd().split("\n").length,
    opening: openingOf(text, parsed.comments),
    comments: parsed.comments.map((comment) => comment.value).join("\n"),
    imports: [],
    exports: [],
    functions: [],
    denoLines: [],
  };
  const isDocumented = (start: number) =>
    parsed.comments.some((comment) =>
      comment.type === "Block" && comment.value.startsWith("*") && comment.end <= start &&
      onlyIgnoresBetween(text.slice(comment.end, start))
    );
  collectImports(parsed.program, file, lineOf);
  collectExports(parsed.program, file, lineOf, isDocumented);
  collectRest(parsed.program, file, lineOf);
  return file;
}

/** Between a doc comment and its symbol only white space and lint directives may stand. */
function onlyIgnoresBetween(text: string): boolean {
  return text.replace(/\/\/ deno-lint-ignore.*/g, "").trim() === "";
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const next = starts.findIndex((start) => start > offset);
    return next < 0 ? starts.length : next;
  };
}

function openingOf(text: string, comments: { value: string; start: number; end: number }[]) {
  const first = comments[0];
  if (!first || text.slice(0, first.start).replace(/^#!.*/, "").trim() !== "") return;
  return first.value.replace(/^\s*\*+|\s*\*+\s*$/gm, "").trim();
}

function collectImports(
  program: ESTree.Program,
  file: SourceFile,
  lineOf: (offset: number) => number,
): void {
  const add = (source: ESTree.Node, kind: ImportSite["kind"]) => {
    if (source.type !== "Literal" || typeof source.value !== "string") return;
    file.imports.push({ specifier: source.value, line: lineOf(source.start), kind });
  };
  const isTypeOnly = (kind: string | undefined, parts: { type: string }[], key: string) =>
    kind === "type" || (parts.length > 0 &&
      parts.every((part) => (part as Record<string, unknown>)[key] === "type"));
  new Visitor({
    ImportDeclaration(node) {
      const type = isTypeOnly(node.importKind, node.specifiers, "importKind");
      add(node.source, type ? "type" : "value");
    },
    ExportNamedDeclaration(node) {
      if (!node.source) return;
      const type = isTypeOnly(node.exportKind, node.specifiers, "exportKind");
      add(node.source, type ? "type" : "value");
    },
    ExportAllDeclaration(node) {
      add(node.source, node.exportKind === "type" ? "type" : "value");
    },
    ImportExpression(node) {
      add(node.source, "lazy");
    },
    TSImportType(node) {
      add(node.source, "type");
    },
    NewExpression(node) {
      const [address, base] = node.arguments;
      const isUrl = node.callee.type === "Identifier" && node.callee.name === "URL";
      if (!isUrl || base?.type !== "MemberExpression" || base.object.type !== "MetaProperty") {
        return;
      }
      if (address.type === "Literal" && /^\.\.?\/.*\.tsx?$/.test(String(address.value))) {
        add(address, "worker");
      }
    },
  }).visit(program);
}

function collectExports(
  program: ESTree.Program,
  file: SourceFile,
  lineOf: (offset: number) => number,
  isDocumented: (start: number) => boolean,
): void {
  const starts = declarationStarts(program);
  const add = (name: string, start: number, at = start) => {
    // Overloads share a name: the first one carries the docstring.
    if (file.exports.some((found) => found.name === name)) return;
    file.exports.push({ name, line: lineOf(at), documented: isDocumented(start) });
  };
  for (const node of program.body) {
    if (node.type === "ExportDefaultDeclaration") {
      const name = node.declaration.type === "Identifier" ? node.declaration.name : undefined;
      add("default", starts.get(name ?? "") ?? node.start, node.start);
    }
    // What is passed on from another file is documented there.
    if (node.type !== "ExportNamedDeclaration" || node.source) continue;
    if (node.declaration) {
      for (const name of declaredNames(node.declaration)) add(name, node.start);
    }
    for (const { local, exported } of node.specifiers) {
      if (local.type !== "Identifier" || exported.type !== "Identifier") continue;
      const start = starts.get(local.name);
      if (start !== undefined) add(exported.name, start, node.start);
    }
  }
}

/** Where each top-level declaration begins, by name. */
function declarationStarts(program: ESTree.Program): Map<string, number> {
  const starts = new Map<string, number>();
  for (const node of program.body) {
    const inner = node.type === "ExportNamedDeclaration" ? node.declaration : node;
    for (const name of inner ? declaredNames(inner) : []) {
      if (!starts.has(name)) starts.set(name, node.start);
    }
  }
  return starts;
}

function declaredNames(node: ESTree.Node): string[] {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => id.type === "Identifier" ? [id.name] : []);
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
      return node.id ? [node.id.name] : [];
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSEnumDeclaration":
      return [node.id.name];
    default:
      return [];
  }
}

function collectRest(
  program: ESTree.Program,
  file: SourceFile,
  lineOf: (offset: number) => number,
): void {
  const measure = (node: { start: number; end: number; body: unknown }) => {
    const line = lineOf(node.start);
    if (node.body) file.functions.push({ line, lines: lineOf(node.end) - line + 1 });
  };
  new Visitor({
    Identifier(node) {
      if (node.name === "Deno") file.denoLines.push(lineOf(node.start));
    },
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression(node) {
      if (node.body.type === "BlockStatement") measure(node);
    },
  }).visit(program);
}
