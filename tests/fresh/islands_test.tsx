// Tests of the stand-in's islands on the server's side.

import { strict as assert } from "node:assert";
import { App } from "fresh";
import { asset, Head, IS_BROWSER } from "fresh/runtime";
import { renderTree, serialiseProps } from "../../fresh/islands.ts";

const handler = new App().mount(new URL("site/", import.meta.url)).handler();
const html = await (await handler(new Request("http://localhost/island"))).text();

Deno.test("An island is marked with its name and its props, escaped", () => {
  const props =
    "{&quot;start&quot;:3,&quot;labels&quot;:[&quot;&lt;a>&quot;,&quot;\\&quot;b\\&quot;&quot;]}";
  const marked = `<fresh-island name="Counter" props="${props}"><button type="button">3</button>`;
  assert.ok(html.includes(marked), html);
});

Deno.test("An island inside an island is a plain component", () => {
  const panel =
    '<fresh-island name="Panel" props="{}"><div><button type="button">1</button></div></fresh-island>';
  assert.ok(html.includes(panel), html);
});

Deno.test("Head moves its children into the head", () => {
  assert.ok(
    html.includes("<title>Islands &amp; co</title>") &&
      html.indexOf("<title>") < html.indexOf("</head>"),
    html,
  );
});

Deno.test("renderTree names the islands that a page uses, and forgets those of the page before", () => {
  assert.deepEqual(renderTree(<p>none</p>), { html: "<p>none</p>", head: "", islands: [] });
});

Deno.test("Head draws nothing where it stands", () => {
  const { html, head } = renderTree(
    <p>
      <Head>
        <meta name="a" />
      </Head>
    </p>,
  );
  assert.deepEqual([html, head], ["<p></p>", '<meta name="a"/>']);
});

Deno.test("serialiseProps keeps plain values, arrays and objects", () => {
  const props = { a: 1, b: "two", c: null, d: [true, { e: "</script>" }] };
  assert.deepEqual(JSON.parse(serialiseProps("Island", props)), props);
});

Deno.test("serialiseProps refuses what the browser would not get", () => {
  const refused = { f: () => 0, d: new Date(), m: new Map(), b: new Uint8Array(1), s: Symbol() };
  for (const [name, value] of Object.entries(refused)) {
    assert.throws(
      () => serialiseProps("Island", { deep: [{ [name]: value }] }),
      new RegExp(`Serialise prop ${name} of island Island: found \\w+; expected`),
    );
  }
  assert.throws(() => serialiseProps("Island", { children: "text" }), /prop children/);
});

Deno.test("IS_BROWSER is false on the server, and asset leaves an unknown file alone", () => {
  assert.equal(IS_BROWSER, false);
  assert.equal(asset("/none.css"), "/none.css");
});
