// Builds what runs at the visitor's into dist/, and checks the size of each page's script against its budget.

import { createHash } from "node:crypto";
import { styleText } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";
import config from "../vite.config.ts";
import { buildServiceWorker, SERVICE_WORKER } from "./_service_worker_build.ts";
import { buildSimd } from "./build_simd.ts";

/** Most script that a page may load before the model, gzip, in kB. */
const budgetKb = 160;
/** Most that a visitor's browser fetches to keep the app for use without a network, gzip, in kB. */
const offlineBudgetKb = 1500;
/** Files of pages that have one address each: no parameters, nothing private. */
const page = /^routes((?:\/[a-z]\w*)+)\.tsx$/;
const assets = "dist/client/assets";
const eagerImport = /(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g;
const lazyImport = /import\(\s*["'`]\.\/([\w.-]+\.js)["'`]/g;
const workerStart = /new URL\(\s*["'`](?:\/assets\/|\.\/)?([\w.-]+\.js)["'`]/g;
const compressible = /\.(css|html|js|json|svg|txt|wasm|webmanifest)$/;

await buildSimd();
await build({ ...config, configFile: false, logLevel: "warn" });
const { app } = await import("../main.ts"); // reads the build, so it comes after it
const handler = app.handler();
const ask = (path: string) => handler(new Request(`http://localhost${path}`));
const pages = (await listFiles("routes")).flatMap((path) => {
  const name = path.match(page)?.[1];
  return name ? [name.replace(/\/index$/, "") || "/"] : [];
});
const files = [...await listFiles(assets), ...await listFiles("static")];
const kept = await buildServiceWorker({ files, pages, ask });
await encodeFiles([...files, SERVICE_WORKER]);
const sizesFit = await checkSizes();
if (!await checkOfflineSize(kept) || !sizesFit) Deno.exit(1);

/** Compresses each file of text or code once, under the hash of its content, so that no request has to. */
async function encodeFiles(paths: string[]): Promise<void> {
  await Deno.remove("dist/encoded", { recursive: true }).catch(() => {});
  await Deno.mkdir("dist/encoded", { recursive: true });
  for (const path of paths) {
    if (!compressible.test(path)) continue;
    const bytes = await Deno.readFile(path);
    if (bytes.length < 500) continue; // one network packet either way
    const name = `dist/encoded/${createHash("sha256").update(bytes).digest("hex")}`;
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    await Deno.writeFile(`${name}.br`, brotliCompressSync(bytes, { params }));
    await Deno.writeFile(`${name}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Prints a table of what each page loads; whether all are within the budget. */
async function checkSizes(): Promise<boolean> {
  let ok = true;
  console.log(`Script, gzip kB (at most ${budgetKb})\npage      at once  with worker  with engine`);
  for (const page of pages) {
    const html = await (await ask(page)).text();
    const atOnce = await reach(html.match(/[\w.-]+\.js/g) ?? []);
    const withWorker = await reach([...atOnce, ...await find(atOnce, workerStart)]);
    // A worker loads one of its engines, so the largest counts.
    const engines = await find(
      new Set([...withWorker].filter((file) => !atOnce.has(file))),
      lazyImport,
    );
    const sizes = await Promise.all(
      engines.map(async (file) => weigh(await reach([...withWorker, file]))),
    );
    const row = [await weigh(atOnce), await weigh(withWorker)];
    row.push(Math.max(row[1], ...await Promise.all(sizes)));
    ok &&= row[2] <= budgetKb;
    const line = page.padEnd(9) +
      row.map((kb, i) => kb.toFixed(1).padStart([8, 13, 13][i])).join("");
    console.log(row[2] > budgetKb ? styleText("red", `${line}  over budget`) : line);
  }
  return ok;
}

/** Prints what the service worker keeps of the app; whether that is within the budget. */
async function checkOfflineSize(addresses: string[]): Promise<boolean> {
  let kb = 0;
  for (const address of addresses) {
    const bytes = new Uint8Array(await (await ask(address)).arrayBuffer());
    kb += (compressible.test(address.split("?")[0]) ? gzipSync(bytes) : bytes).length / 1000;
  }
  const line = `Kept for use without a network, gzip kB (at most ${offlineBudgetKb}): ` +
    `${kb.toFixed(0)} in ${addresses.length} files`;
  const ok = kb <= offlineBudgetKb;
  console.log(ok ? line : styleText("red", `${line}  over budget`));
  return ok;
}

/** These chunks and all that they import before they run. */
async function reach(files: string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let next = files; next.length > 0;) {
    next.forEach((file) => found.add(file));
    next = (await find(new Set(next), eagerImport)).filter((file) => !found.has(file));
  }
  return found;
}

/** Names of the chunks that these chunks refer to in the way of `pattern`. */
async function find(files: Set<string>, pattern: RegExp): Promise<string[]> {
  const names: string[] = [];
  for (const file of files) {
    const code = await Deno.readTextFile(`${assets}/${file}`);
    names.push(...[...code.matchAll(pattern)].map(([, name]) => name));
  }
  return names;
}

/** Size of chunks in kB of gzip. */
async function weigh(files: Set<string>): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    bytes += gzipSync(await Deno.readFile(`${assets}/${file}`), { level: 9 }).length;
  }
  return bytes / 1000;
}

async function listFiles(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) paths.push(...await listFiles(path));
    else paths.push(path);
  }
  return paths.sort();
}
