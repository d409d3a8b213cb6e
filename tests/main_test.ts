// Tests of the server as a whole: its headers in process, its start and its end as a program.

import { strict as assert } from "node:assert";
import { ask } from "./routes/_ask.ts";

const root = new URL("../", import.meta.url);
const narrow = ["--allow-net", "--allow-read=.", "--allow-env=PORT"];

Deno.test("The server sends its security headers with pages, files, redirects and errors", async () => {
  for (const path of ["/", "/healthz", "/styles.css", "/style", "/style/", "/nope"]) {
    const { headers } = await ask(path);
    const policy = headers.get("content-security-policy")?.split("; ") ?? [];
    for (
      const rule of [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]
    ) assert.ok(policy.includes(rule), `${rule} for ${path}`);
    const styles = policy.find((rule) => rule.startsWith("style-src "));
    assert.match(styles ?? "", /^style-src 'self'( 'sha256-[\w+/=]+')+$/, path);
    assert.ok(!policy.join().includes("unsafe-inline"));
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    const camera = path === "/style" ? "camera=(self)" : "camera=()";
    assert.ok(headers.get("permissions-policy")?.split(", ").includes(camera), path);
  }
});

Deno.test("The server serves with narrow permissions, and ends with 0 on SIGTERM", async () => {
  const server = startServer("0");
  const { address, output } = await readAddress(server);
  const answers = await Promise.all(
    ["/", "/style", "/models", "/about", "/healthz", "/styles.css", "/api/poster.png", "/nope"].map(
      async (path) => {
        const response = await fetch(address + path);
        await response.body?.cancel();
        return response.status;
      },
    ),
  );
  server.kill("SIGTERM");
  const { code } = await server.status;
  await output.cancel();
  assert.deepEqual(answers, [200, 200, 200, 200, 200, 200, 200, 404]);
  assert.equal(code, 0);
  assert.equal(await new Response(server.stderr).text(), "");
});

Deno.test("The server says in one line that its port is taken, or makes no sense", async () => {
  const taken = Deno.listen({ port: 0 });
  try {
    const cases: [string, RegExp][] = [
      [String(taken.addr.port), /^Cannot serve: port \d+ is taken; set PORT to a free one\n$/],
      ["no port", /^Cannot serve: PORT is "no port"; expected a number from 0 to 65535\n$/],
      ["70000", /^Cannot serve: PORT is "70000"; expected a number from 0 to 65535\n$/],
    ];
    for (const [port, message] of cases) {
      const server = startServer(port);
      const [{ code }, text] = await Promise.all([
        server.status,
        new Response(server.stderr).text(),
        server.stdout.cancel(),
      ]);
      assert.equal(code, 1);
      assert.match(text, message);
    }
  } finally {
    taken.close();
  }
});

function startServer(port: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", ...narrow, "main.ts"],
    cwd: root,
    env: { PORT: port, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** The address that the server says it is at, and the rest of what it says. */
async function readAddress(server: Deno.ChildProcess) {
  const output = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = "";;) {
    const { value, done } = await output.read();
    if (done) throw new Error(`The server ended without an address: ${text}`);
    text += value;
    const [, address] = text.match(/is at (http:\/\/localhost:\d+)\n/) ?? [];
    if (address) return { address, output };
  }
}
