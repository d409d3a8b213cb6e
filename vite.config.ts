// How Vite builds what runs at the visitor's: the islands, without what of tfjs and of our engines no page uses.

import { defineConfig, type Plugin } from "vite";
import { fresh } from "./fresh/vite.ts";
import { cpuKernels, drawingKernels } from "./gpu/drawing_kernels.ts";

/** Files that visitors get in another form: a pattern of their path, and what becomes of their text. */
const changes: readonly [path: RegExp, change: (code: string) => string][] = [
  // By these, backends of tfjs register every kernel that they have.
  [
    /\/tfjs-backend-cpu\/dist\/register_all_kernels\.js$/,
    (code) => registerOnly(cpuKernels, code),
  ],
  [
    /\/tfjs-backend-webgpu\/dist\/register_all_kernels\.js$/,
    (code) => registerOnly(drawingKernels, code),
  ],
  // It takes functions out of a namespace, of which a bundler then leaves none out.
  [/\/tfjs-backend-webgpu\/dist\/kernel_utils\/shared\.js$/, exportByName],
  [/\/gpu\/webgpu\/for_training\.ts$/, () => `throw new Error("Pages do not train");`],
];

const kernelImport = /^import \{ (\w+) \} from '\.\/kernels\/(\w+)';$/gm;

/** The same module for a few kernels alone. @throws {Error} if it does not have them */
function registerOnly(names: readonly string[], code: string): string {
  const configs = new Map(
    [...code.matchAll(kernelImport)].map(([, config, name]) => [name, config]),
  );
  const missing = names.filter((name) => !configs.has(name));
  if (missing.length > 0) throw new Error(`Cannot find tfjs's kernels ${missing.join(", ")}`);
  return [
    `import { registerKernel } from "@tensorflow/tfjs-core";`,
    ...names.map((name) => `import { ${configs.get(name)} } from "./kernels/${name}";`),
    ...names.map((name) => `registerKernel(${configs.get(name)});`),
  ].join("\n");
}

/** What is `const { a: b } = shared; export { b }` as `export { a as b } from`. */
function exportByName(code: string): string {
  const names = [...code.matchAll(/\b(\w+): (\w+ImplCPU)\b/g)].map(([, from, to]) =>
    `${from} as ${to}`
  );
  if (names.length === 0) throw new Error("Cannot find what tfjs's WebGPU backend shares");
  return `export { ${names.join(", ")} } from "@tensorflow/tfjs-backend-cpu/dist/shared";`;
}

function changeFiles(): Plugin {
  const plugin: Plugin = {
    name: "change-files",
    apply: "build",
    // A worker is a build of its own, with its own plugins.
    config: () => ({ worker: { plugins: () => [plugin] } }),
    transform: {
      filter: { id: changes.map(([path]) => path) },
      handler(code, id) {
        const change = changes.find(([path]) => path.test(id))?.[1];
        return change && { code: change(code), map: null };
      },
    },
  };
  return plugin;
}

export default defineConfig({ plugins: [fresh(), changeFiles()] });
