// Tests the guard of the messages between an island and its worker.

import { strict as assert } from "node:assert";
import { parseReply, parseRequest } from "../../islands/_protocol.ts";
import { toyModel } from "./_toy_model.ts";

const picture = { width: 2, height: 1, data: new Uint8ClampedArray(8) };

Deno.test("parseRequest gives back whole requests", () => {
  const load = { kind: "load", model: toyModel("one"), engine: "auto", refresh: false };
  const file = new Blob(["x"]);
  const restyle = { kind: "restyle", id: 1, file, direction: "AtoB", longSide: 128 };
  for (const message of [load, restyle, { kind: "dispose" }]) {
    assert.equal(parseRequest(message), message);
  }
});

Deno.test("parseReply gives back whole replies", () => {
  const result = { kind: "result", id: 1, picture, milliseconds: 5, tensors: 9, gpuBytes: 0 };
  const failed = { kind: "load-failed", code: "corrupt", message: "Torn" };
  for (const message of [result, failed, { kind: "ready" }]) {
    assert.equal(parseReply(message), message);
  }
});

Deno.test("parseReply refuses unknown kinds and says which there are", () => {
  for (const message of [{ kind: "restyle" }, { kind: "toString" }, {}, null, "ready"]) {
    assert.throws(() => parseReply(message), /TypeError: Cannot use reply.*expected.*progress/);
  }
});

Deno.test("parseReply refuses a field that is missing, of another type or not finite", () => {
  const whole = { kind: "result", id: 1, picture, milliseconds: 5, tensors: 9, gpuBytes: 0 };
  const changes = [
    { milliseconds: "5" },
    { tensors: undefined },
    { gpuBytes: NaN },
    { picture: { ...picture, width: 3 } },
    { picture: null },
  ];
  for (const change of changes) {
    const [field] = Object.keys(change);
    assert.throws(() => parseReply({ ...whole, ...change }), new RegExp(`"result": ${field} is`));
  }
});
