// Tests of the pages: status, then type, then body.

import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import sharp from "sharp";
import { POSTER_MODELS } from "../../models/poster/config.ts";
import { PAPERS } from "../../routes/(_about)/papers.ts";
import { ask } from "./_ask.ts";

const html = "text/html; charset=utf-8";
const pages = [
  ["/", "Same scene. Other film.", "pictures in the look of another film"],
  ["/style", "Style", "Style · Lobbycard"],
  ["/posters", "Posters", "Posters · Lobbycard"],
  ["/models", "Models", "Models · Lobbycard"],
  ["/about", "About", "About · Lobbycard"],
];

for (const [path, heading, title] of pages) {
  Deno.test(`${path} is a page with one heading, a title and its place in the navigation`, async () => {
    const { status, type, body } = await ask(path);
    assert.deepEqual([status, type], [200, html]);
    assert.deepEqual(body.match(/<h1>(.*?)<\/h1>/g), [`<h1>${heading}</h1>`]);
    assert.equal(body.match(/<title>/g)?.length, 1);
    assert.ok(body.match(/<title>(.*?)<\/title>/)?.[1].includes(title));
    assert.ok(body.includes(`href="${path}" aria-current="page"`));
    assert.ok(body.startsWith('<!DOCTYPE html><html lang="en">'));
  });

  Deno.test(`${path} has nothing inline that its security policy would stop`, async () => {
    const { body, headers } = await ask(path);
    assert.doesNotMatch(body, / style="| on[a-z]+="|javascript:/);
    for (const [script] of body.matchAll(/<script.*?<\/script>/gs)) {
      assert.match(
        script,
        /^<script type="module" fetchpriority="low" src="\/[^"]+"><\/script>$/,
      );
    }
    const policy = headers.get("content-security-policy") ?? "";
    const [allowed] = policy.match(/style-src [^;]*/) ?? [""];
    const styles = [...body.matchAll(/<style>([^]*?)<\/style>/g)].map(([, text]) => text);
    assert.ok(styles.length >= 2, "The shell's two");
    for (const text of styles) {
      const hash = createHash("sha256").update(text).digest("base64");
      assert.ok(allowed.includes(`'sha256-${hash}'`), text.slice(0, 80));
    }
    assert.doesNotMatch(body, /rel="stylesheet"/, "A file would hold back the first paint");
  });

  Deno.test(`${path} asks only for files that are there`, async () => {
    const { body } = await ask(path);
    const addresses = [...body.matchAll(/ (?:src|href)="(\/[^"#]*)"/g)].map(([, url]) => url);
    assert.ok(addresses.length > 5);
    for (const address of new Set(addresses)) {
      assert.equal(
        (await ask(address.replaceAll("&amp;", "&"), { method: "HEAD" })).status,
        200,
        address,
      );
    }
  });
}

for (
  const [path, island] of [
    ["/", "LobbyWall"],
    ["/", "FrameShow"],
    ["/style", "StylePlayer"],
    ["/posters", "PosterPlayer"],
  ]
) {
  Deno.test(`${path} says what to do without JavaScript, and hosts ${island}`, async () => {
    const { body } = await ask(path);
    assert.match(body, /<noscript>.*JavaScript.*<\/noscript>/s);
    const props = body.match(new RegExp(`<fresh-island name="${island}" props="(.*?)"`))?.[1] ?? "";
    const { models } = JSON.parse(props.replaceAll("&quot;", '"').replaceAll("&amp;", "&"));
    assert.ok(Array.isArray(models));
  });
}

Deno.test("/posters fetches no font of a poster before there is one, and names each by its content", async () => {
  const { body } = await ask("/posters");
  const fonts = body.replaceAll(/<style>[^]*?<\/style>/g, "").match(/\/fonts\/[^"?]+/g);
  assert.deepEqual(fonts, ["/fonts/league-gothic.woff2"]);
  const css = (await ask("/posters.css")).body;
  const addresses = [...css.matchAll(/url\("(\/fonts\/[^"]+)"\)/g)].map(([, url]) => url);
  assert.equal(addresses.length, 12);
  for (const address of addresses) {
    const file = await Deno.readFile(`static${address.split("?")[0]}`);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", file)).toHex();
    assert.ok(address.endsWith(`?v=${hash.slice(0, 16)}`), address);
    assert.ok(file.length < 40_000, address);
  }
});

Deno.test("Pages without a player load none, and each has the prompt for new versions", async () => {
  for (const path of ["/", "/models", "/about", "/offline", "/nope"]) {
    const { body } = await ask(path);
    assert.doesNotMatch(body, /Player/, path);
    assert.match(
      body,
      /<fresh-island name="UpdatePrompt" props="{}"><div role="status"><\/div>/,
      path,
    );
  }
});

Deno.test("/ shows no picture of the server's to browsers with scripts", async () => {
  const { body } = await ask("/");
  const withScripts = body.replaceAll(/<noscript>[^]*?<\/noscript>/g, "");
  assert.doesNotMatch(withScripts, /<(img|picture|image|video)\b/);
  assert.match(body, /<noscript>[^]*<img [^>]*src="\/api\/poster\.png/, "To the others it does");
});

Deno.test("/about links the paper of every rung, and of every method by its own address", async () => {
  const { body } = await ask("/about");
  const rungs = body.match(/<ol class="ladder">([^]*)<\/ol>/)?.[1].split('<li class="stack">')
    .slice(1) ?? [];
  assert.equal(rungs.length, POSTER_MODELS.length);
  rungs.forEach((rung, i) => {
    assert.ok(rung.includes(`<code>${POSTER_MODELS[i]}</code>`), POSTER_MODELS[i]);
    assert.match(rung, /<a href="https:\/\/(arxiv\.org\/abs\/\d{4}\.\d{4,5}|papers\.nips\.cc\/)/);
  });
  const papers = Object.values(PAPERS).map(({ url }) => url);
  assert.equal(new Set(papers).size, papers.length, "No paper twice");
  for (const url of papers) assert.ok(body.includes(`href="${url}"`), `${url} is not linked`);
});

Deno.test("/offline says so, keeps out of search engines, and offers the address that was asked for", async () => {
  const { status, type, body } = await ask("/offline");
  assert.deepEqual([status, type], [200, html]);
  assert.match(body, /<h1>You are offline<\/h1>/);
  assert.match(body, /<meta name="robots" content="noindex"\/>/);
  assert.match(body, /<a class="[^"]*" href>Try again<\/a>/);
});

Deno.test("The app's manifest names pages and icons that are there", async () => {
  const address = (await ask("/")).body.match(/<link rel="manifest" href="([^"]+)"/)?.[1] ?? "";
  const { status, type, body } = await ask(address);
  assert.deepEqual([status, type], [200, "application/manifest+json"]);
  const { start_url, display, shortcuts, icons, ...words } = JSON.parse(body);
  assert.deepEqual([start_url, display, words.name], ["/", "standalone", "Lobbycard"]);
  for (const { url } of shortcuts) assert.equal((await ask(url)).status, 200, url);
  const purposes = icons.map(({ purpose }: { purpose: string }) => purpose);
  assert.deepEqual(purposes, ["any", "any", "any", "maskable"]);
  for (const { src, sizes, type } of icons) {
    const file = await Deno.readFile(`static${src}`);
    assert.equal((await ask(src, { method: "HEAD" })).type, type);
    const { width, height } = await sharp(file).metadata();
    if (sizes !== "any") assert.equal(`${width}x${height}`, sizes, src);
  }
});

Deno.test("Pages draw no script from what is in the address", async () => {
  for (const path of ["/style?x=", "/posters?title="]) {
    const { body } = await ask(`${path}<script>alert(1)</script>`);
    assert.doesNotMatch(body, /alert\(1\)/);
  }
});

Deno.test("/healthz is ok, in plain text", async () => {
  const { status, type, body } = await ask("/healthz");
  assert.deepEqual([status, type, body], [200, "text/plain; charset=utf-8", "ok"]);
});

Deno.test("An unknown address gets the designed 404 page", async () => {
  for (
    const path of ["/nope", "/models/none/weights.safetensors", "/%zz", "/style/deep", "/_app"]
  ) {
    const { status, type, body } = await ask(path);
    assert.deepEqual([status, type], [404, html], path);
    assert.match(body, /This reel is missing/);
  }
});

Deno.test("A page answers 405 with a designed page to methods that it has not", async () => {
  const { status, type, body, headers } = await ask("/style", { method: "POST", body: "x" });
  assert.deepEqual([status, type, headers.get("allow")], [405, html, "GET, HEAD"]);
  assert.match(body, /Method Not Allowed/);
});

Deno.test("A trailing slash leads to the page without", async () => {
  const { status, headers } = await ask("/style/?model=a");
  assert.deepEqual([status, headers.get("location")], [301, "/style?model=a"]);
});
