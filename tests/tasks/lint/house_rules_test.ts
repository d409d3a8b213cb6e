// Plants one violation of each house rule and a lawful twin beside it.

/// <reference lib="deno.unstable" />

import assert from "node:assert/strict";
import houseRules, { findMessageFault, findNameFault } from "../../../tasks/lint/house_rules.ts";

function faults(path: string, source: string): string[] {
  return Deno.lint.runPlugin(houseRules, path, source).map((diagnostic) => diagnostic.id);
}

Deno.test("findNameFault() accepts the names of the house", () => {
  const lawful = [
    "main.ts",
    "routes/[[id]].tsx",
    "vite.config.ts",
    "gpu/tf_webgpu.ts",
    "gpu/webgpu/start.ts",
    "tasks/_cli.ts",
    "models/cyclegan/step.ts",
    "routes/index.tsx",
    "routes/api/[id].ts",
    "routes/models/[...file].ts",
    "routes/_layout.tsx",
    "routes/(_components)/Stage.tsx",
    "islands/StylePlayer.tsx",
    "islands/_protocol.ts",
    "tests/gpu/random_test.ts",
  ];
  for (const path of lawful) assert.equal(findNameFault(path), undefined, path);
});

Deno.test("findNameFault() names what is wrong with other names", () => {
  const planted = {
    "gpu/deviceStart.ts": /not a house name/,
    "gpu/Device.ts": /not a house name/,
    "gpu/two-words.ts": /not a house name/,
    "gpu/index.ts": /hides what it holds/,
    "models/utils/tree.ts": /"utils" says nothing/,
    "tasks/_helpers.ts": /"_helpers" says nothing/,
    "islands/style-player.tsx": /PascalCase.tsx or snake_case.ts/,
    "utils.ts": /"utils" says nothing/,
    "routes/About.tsx": /not a route name/,
  };
  for (const [path, message] of Object.entries(planted)) {
    assert.match(findNameFault(path) ?? "no fault found", message, path);
  }
});

Deno.test("findMessageFault() wants a capital first and no full stop", () => {
  assert.equal(
    findMessageFault("Cannot read", "the key."),
    "An error message ends without a full stop",
  );
  assert.match(findMessageFault("cannot read", "the key") ?? "", /capital/);
  assert.equal(findMessageFault("Cannot read", "still reading..."), undefined);
});

Deno.test("houseRules report a planted violation of each rule", () => {
  assert.deepEqual(faults("gpu/Device.ts", "export {};"), ["house/file-name"]);
  assert.deepEqual(faults("gpu/device.ts", "console.log(1);"), ["house/no-console"]);
  assert.deepEqual(faults("gpu/device.ts", "const x = Math.random();"), ["house/no-math-random"]);
  for (const text of ["'bad key'", "`bad ${key}`", "'Bad key.'", "`Bad ${key}.`"]) {
    assert.deepEqual(
      faults("gpu/device.ts", `throw new RangeError(${text});`),
      ["house/error-message"],
      text,
    );
  }
});

Deno.test("houseRules leave lawful code alone", () => {
  assert.deepEqual(faults("tasks/doctor.ts", "console.log(1);"), []);
  assert.deepEqual(faults("islands/StylePlayer.tsx", "const x = Math.random();"), []);
  assert.deepEqual(
    faults(
      "gpu/device.ts",
      "throw new RangeError(`Cannot start: ${name}`); new OwnError('webgpu');",
    ),
    [],
  );
});
