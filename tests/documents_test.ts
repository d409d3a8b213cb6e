// What the documents promise is there: tasks, files, links, one version of Deno, one version of each package.

import assert from "node:assert/strict";

const root = new URL("..", import.meta.url);
const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

const read = (path: string) => Deno.readTextFile(new URL(path, root));
const config = JSON.parse(await read("deno.json"));

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(new URL(path, root)).then(() => true, () => false);
}

/** The documents and the decisions, as [path, text]. */
async function readDocuments(): Promise<[string, string][]> {
  const paths = [...documents];
  for await (const entry of Deno.readDir(new URL("docs/decisions", root))) {
    paths.push(`docs/decisions/${entry.name}`);
  }
  return await Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await read(path)]),
  );
}

Deno.test("the documents name only tasks that deno.json has", async () => {
  const missing = (await readDocuments()).flatMap(([path, text]) =>
    [...text.matchAll(/\b(?:deno|deno@[\d.]+) task ([a-z][\w:-]*)/g)]
      .filter(([, name]) => !(name in config.tasks))
      .map(([, name]) => `${path}: ${name}`)
  );
  assert.deepEqual(missing, []);
});

Deno.test("the documents name only files that exist", async () => {
  const path = /^(gpu|models|data|tasks|islands|routes|fresh|static|tests|docs|\.ci)\/[\w./]*$/;
  const missing: string[] = [];
  for (const [document, text] of await readDocuments()) {
    const prose = text.replace(/```[^]*?```/g, "");
    for (const [, quoted] of prose.matchAll(/`([^`\s]+)`/g)) {
      if (path.test(quoted) && !await exists(quoted)) missing.push(`${document}: ${quoted}`);
    }
  }
  assert.deepEqual(missing, []);
});

Deno.test("the documents link only to files that exist", async () => {
  const missing: string[] = [];
  for (const [document, text] of await readDocuments()) {
    for (const [, target] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (/^https?:/.test(target)) continue;
      const address = new URL(target, new URL(document, root));
      if (!await exists(address.href)) missing.push(`${document}: ${target}`);
    }
  }
  assert.deepEqual(missing, []);
});

Deno.test("README.md begins with the two commands, and .ci/run tests with the same words", async () => {
  const commands = [...(await read("README.md")).matchAll(/^npx .*?(?=\s+#|$)/gm)].map(([line]) =>
    line
  );
  assert.deepEqual(commands.slice(0, 2).map((line) => line.replace(/\d+\.\d+\.\d+/, "X")), [
    "npx --yes deno@X task start",
    "npx --yes deno@X task test",
  ]);
  assert.ok((await read(".ci/run")).includes(commands[1]), `.ci/run does not run "${commands[1]}"`);
});

Deno.test("browser.json maps each name as deno.json does", async () => {
  const { imports } = JSON.parse(await read("browser.json"));
  for (const [name, target] of Object.entries(imports)) {
    assert.equal(target, config.imports[name], name);
  }
});
