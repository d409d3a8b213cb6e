// The house's own lint rules: file names, console, error messages, randomness.

/// <reference lib="deno.unstable" />

const root = new URL("../../", import.meta.url).pathname;

/** The file's path from the repository's root, with slashes. */
function housePath(context: Deno.lint.RuleContext): string {
  const path = context.filename.replaceAll("\\", "/");
  return path.startsWith(root) ? path.slice(root.length) : path;
}

/** What is wrong with a source file's name or folder, or undefined if it follows the house's naming. */
export function findNameFault(path: string): string | undefined {
  // The site that the tests of fresh/ serve is laid out as the app's own.
  const folders = path.replace(/^tests\/fresh\/site\//, "").split("/");
  const file = folders.pop() ?? "";
  const vague = [...folders, file.replace(/\.\w+$/, "")]
    .find((part) => /^_?(utils?|helpers?|common|misc)$/.test(part));
  if (vague) return `"${vague}" says nothing about what is inside: name the thing it holds`;
  const component = folders[0] === "islands" || folders.includes("components") ||
    folders.some((folder) => folder.startsWith("(_"));
  if (folders[0] === "routes" && !component) {
    // A route's file is named by its URL: index.tsx, about.tsx, [id].tsx.
    return /^(_?[a-z0-9_]+|\[{1,2}(\.\.\.)?[a-z_]+\]{1,2})(\.[a-z]+)*\.tsx?$/.test(file)
      ? undefined
      : `"${file}" is not a route name: lower case, or a parameter in brackets`;
  }
  if (file === "index.ts" || file === "index.tsx" || file === "mod.tsx") {
    return `"${file}" hides what it holds: imports name the file itself`;
  }
  if (/^_?[a-z0-9]+(_[a-z0-9]+)*(\.(config|d))?\.tsx?$/.test(file)) return;
  if (component && /^[A-Z][A-Za-z0-9]*\.tsx$/.test(file)) return;
  const expected = component ? "PascalCase.tsx or snake_case.ts" : "snake_case.ts";
  return `"${file}" is not a house name: expected ${expected}`;
}

/** What is wrong with the wording of an error message, or undefined if it follows the grammar. */
export function findMessageFault(start: string, end: string): string | undefined {
  if (/^[a-z]/.test(start)) return "An error message starts with a capital letter";
  if (/\.$/.test(end) && !/\.\.\.$/.test(end)) return "An error message ends without a full stop";
}

const fileName: Deno.lint.Rule = {
  create: (context) => ({
    Program(node) {
      const fault = findNameFault(housePath(context));
      if (fault) context.report({ node, message: fault });
    },
  }),
};

const noConsole: Deno.lint.Rule = {
  create(context) {
    if (/^(tasks|tests)\//.test(housePath(context))) return {};
    return {
      MemberExpression(node) {
        if (node.object.type === "Identifier" && node.object.name === "console") {
          context.report({ node, message: "console belongs to tasks/ and tests/ only" });
        }
      },
    };
  },
};

// An error class of our own may take its message elsewhere than in the first argument.
const builtInErrors = /^(Type|Range|Syntax)?Error$/;

const errorMessage: Deno.lint.Rule = {
  create: (context) => ({
    NewExpression(node) {
      if (node.callee.type !== "Identifier" || !builtInErrors.test(node.callee.name)) return;
      const text = node.arguments[0];
      const [start, end] = text?.type === "Literal" && typeof text.value === "string"
        ? [text.value, text.value]
        : text?.type === "TemplateLiteral"
        ? [text.quasis[0].raw, text.quasis[text.quasis.length - 1].raw]
        : ["", ""];
      const fault = findMessageFault(start, end);
      if (fault) context.report({ node: text, message: fault });
    },
  }),
};

const noMathRandom: Deno.lint.Rule = {
  create(context) {
    if (!/^(gpu|models|data|tasks)\//.test(housePath(context))) return {};
    return {
      'MemberExpression[object.name="Math"][property.name="random"]'(node: Deno.lint.Node) {
        context.report({
          node,
          message: "Math.random cannot be repeated",
          hint: "Draw from randomStream(seed, ...names) of gpu/random.ts",
        });
      },
    };
  },
};

/** The plugin that `deno lint` loads by the line in deno.json. */
const houseRules: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "file-name": fileName,
    "no-console": noConsole,
    "error-message": errorMessage,
    "no-math-random": noMathRandom,
  },
};

export default houseRules;
