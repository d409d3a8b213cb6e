// Tests of the tags that load islands.

import { strict as assert } from "node:assert";
import { clientTags } from "../../fresh/build_output.ts";

const manifest = {
  "fresh/client.ts": { file: "assets/client-1.js", imports: ["_shared.js"] },
  "_shared.js": { file: "assets/shared-2.js" },
  "islands/A.tsx": { file: "assets/A-3.js", imports: ["_shared.js", "fresh/client.ts"] },
  "islands/B.tsx": { file: "assets/B-4.js" },
};
const entry = '<script type="module" fetchpriority="low" src="/assets/client-1.js"></script>';
const preload = (name: string) =>
  `<link rel="modulepreload" fetchpriority="low" href="/assets/${name}.js">`;

Deno.test("clientTags loads nothing for a page without islands, nor without a build", () => {
  assert.equal(clientTags([], manifest), "");
  assert.equal(clientTags(["A"], {}), "");
});

Deno.test("clientTags loads the entry and only the chunks of the islands used, each once", () => {
  assert.equal(clientTags(["A"], manifest), entry + preload("shared-2") + preload("A-3"));
  assert.equal(clientTags(["B"], manifest), entry + preload("shared-2") + preload("B-4"));
});

Deno.test("clientTags passes by an island that is newer than the build", () => {
  assert.equal(clientTags(["New"], manifest), entry + preload("shared-2"));
});
