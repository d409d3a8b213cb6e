// Runs .ci/run with stand-ins for apt-get and npx: what it installs, what it runs, and what it says last.

import assert from "node:assert/strict";

const root = new URL("..", import.meta.url);
const hasBash = await new Deno.Command("bash", { args: ["-c", "true"] }).output()
  .then(({ success }) => success, () => false);

/** The last line, the exit code and the calls of .ci/run, where `npx ... task <name>` does what the scripts say. */
async function runCi(scripts: { test: string; ok: string; installed?: string }) {
  const folder = await Deno.makeTempDir();
  const stub = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/bash\n${text}\n`, { mode: 0o755 });
  };
  try {
    const log = `echo "\${0##*/} $*" >> ${folder}/calls`;
    await stub("npx", `${log}\nif [ "$4" = test ]; then ${scripts.test}; else ${scripts.ok}; fi`);
    await stub("apt-get", log);
    await stub("sudo", `shift; "$@"`);
    await stub("dpkg-query", scripts.installed ?? `echo "install ok installed"`);
    const { code, stdout } = await new Deno.Command("bash", {
      args: [".ci/run"],
      cwd: root,
      env: { PATH: `${folder}:${Deno.env.get("PATH")}`, LOBBYCARD_REQUIRE: "" },
    }).output();
    const calls = (await Deno.readTextFile(`${folder}/calls`)).trimEnd().split("\n");
    return { code, last: new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1), calls };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const counts = (line: string) => `echo "1 passed, 9 failed"; echo "${line}"`;

Deno.test(".ci/run closes with the count of the test run", { ignore: !hasBash }, async () => {
  const test = `${
    counts("12 passed, 0 failed, 0 skipped")
  }; [ "$LOBBYCARD_REQUIRE" = gpu,browser,ffmpeg ]`;
  const { code, last, calls } = await runCi({ test, ok: "echo fine" });
  assert.deepEqual([code, last], [0, "12 passed, 0 failed, 0 skipped"]);
  assert.equal(calls.length, 2, "nothing is installed where nothing is missing");
  assert.match(calls[0], /^npx --yes deno@[\d.]+ task test$/);
  assert.match(calls[1], /^npx --yes deno@[\d.]+ task ok --skip test$/);
});

Deno.test(".ci/run fails when a test or another check fails, and still runs the rest", {
  ignore: !hasBash,
}, async () => {
  const failing = await runCi({ test: `${counts("11 passed, 1 failed")}; false`, ok: "true" });
  assert.deepEqual([failing.code, failing.last, failing.calls.length], [
    1,
    "11 passed, 1 failed",
    2,
  ]);
  const unformatted = await runCi({ test: counts("12 passed, 0 failed"), ok: "false" });
  assert.deepEqual([unformatted.code, unformatted.last], [1, "12 passed, 0 failed"]);
});

Deno.test(".ci/run counts a run that broke off before its count as one failure", {
  ignore: !hasBash,
}, async () => {
  const { code, last } = await runCi({ test: "echo killed; true", ok: "true" });
  assert.deepEqual([code, last], [1, "0 passed, 1 failed"]);
});

Deno.test(".ci/run installs what is missing and nothing else", { ignore: !hasBash }, async () => {
  const installed = `case "\${!#}" in ffmpeg) echo "install ok installed";; *) exit 1;; esac`;
  const { calls } = await runCi({ test: counts("1 passed, 0 failed"), ok: "true", installed });
  assert.match(calls[0], /^apt-get update/);
  assert.match(calls[1], /^apt-get install .*-y.* chromium mesa-vulkan-drivers libvulkan1$/);
});
