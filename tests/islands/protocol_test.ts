// Tests the guard of the messages between an island and its worker.

import { strict as assert } from "node:assert";
import { parseStyleReply, parseStyleRequest } from "../../islands/_style_protocol.ts";
import { parsePosterReply, parsePosterRequest } from "../../islands/_poster_protocol.ts";
import { toyModel } from "./_toy_model.ts";

const picture = { width: 2, height: 1, data: new Uint8ClampedArray(8) };

Deno.test("parseStyleRequest gives back whole requests", () => {
  const load = { kind: "load", model: toyModel("one"), engine: "auto", refresh: false };
  const file = new Blob(["x"]);
  const restyle = { kind: "restyle", id: 1, file, direction: "AtoB", longSide: 128 };
  const view = { split: 50, strength: 100 };
  const screen = { kind: "screen", canvas: {}, ...view }, look = { kind: "look", ...view };
  for (const message of [load, restyle, screen, look, { kind: "read" }, { kind: "dispose" }]) {
    assert.equal(parseStyleRequest(message), message);
  }
});

Deno.test("parseStyleReply gives back whole replies", () => {
  const result = { kind: "result", id: 1, picture, milliseconds: 5, tensors: 9, gpuBytes: 0 };
  const failed = { kind: "load-failed", code: "corrupt", message: "Torn" };
  const bytes = { kind: "bytes", id: 1, picture };
  for (
    const message of [result, failed, bytes, { kind: "screen", problem: "" }, { kind: "ready" }]
  ) {
    assert.equal(parseStyleReply(message), message);
  }
});

Deno.test("parseStyleReply refuses unknown kinds and says which there are", () => {
  for (const message of [{ kind: "restyle" }, { kind: "toString" }, {}, null, "ready"]) {
    assert.throws(
      () => parseStyleReply(message),
      /TypeError: Cannot use reply.*expected.*progress/,
    );
  }
});

Deno.test("parseStyleReply refuses a field that is missing, of another type or not finite", () => {
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
    assert.throws(
      () => parseStyleReply({ ...whole, ...change }),
      new RegExp(`"result": ${field} is`),
    );
  }
});

Deno.test("parsePosterRequest takes whole shots and refuses torn ones", () => {
  const recipe = { seed: 1, genres: [0.5], truncation: 1, steps: [{ seed: 2, amount: 0.1 }] };
  const draw = { kind: "draw", id: 1, shot: { recipe, way: { to: recipe, share: 0.5 } } };
  assert.equal(parsePosterRequest(draw), draw);
  const mixed = {
    ...draw,
    shot: { recipe: { ...recipe, along: [0, 1], mix: { other: recipe, from: 2 } } },
  };
  assert.equal(parsePosterRequest(mixed), mixed);
  const torn = [
    undefined,
    {},
    { recipe: { ...recipe, seed: NaN } },
    { recipe: { ...recipe, genres: ["1"] } },
    { recipe: { ...recipe, steps: [{ seed: 1 }] } },
    { recipe, way: { to: {}, share: 0 } },
    { recipe: { ...recipe, mix: { other: recipe } } },
    { recipe: { ...recipe, along: [NaN] } },
    { recipe: { ...recipe, mix: { other: { ...recipe, genres: undefined }, from: 1 } } },
    { recipe, way: { to: recipe, share: "0" } },
  ];
  for (const shot of torn) {
    assert.throws(() => parsePosterRequest({ ...draw, shot }), /"draw": shot is .*expected a shot/);
  }
});

Deno.test("Each page's guard refuses the other page's messages", () => {
  const drawn = { kind: "drawn", id: 1, picture, milliseconds: 5, tensors: 9 };
  assert.equal(parsePosterReply(drawn), drawn);
  assert.throws(() => parseStyleReply(drawn), /its kind is drawn/);
  const engine = { kind: "engine", engine: "simd", description: "CPU", fallbackReason: "" };
  assert.equal(parsePosterReply(engine), engine);
  assert.throws(() => parseStyleReply(engine), /automaticLongSide is undefined/);
});
