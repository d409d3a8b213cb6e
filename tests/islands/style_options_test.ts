// Tests the style page's choices: from and to the address, and what suits an engine.

import { strict as assert } from "node:assert";
import { findLongSide, formatOptions, parseOptions } from "../../islands/_style_options.ts";
import { toyModel } from "./_toy_model.ts";

const models = [toyModel("first"), toyModel("second")];

Deno.test("parseOptions takes what the address names and defaults for the rest", () => {
  assert.deepEqual(parseOptions("", models), {
    model: models[0],
    direction: "AtoB",
    longSide: "auto",
    engine: "auto",
  });
  assert.deepEqual(parseOptions("?model=second&direction=BtoA&detail=256&engine=cpu", models), {
    model: models[1],
    direction: "BtoA",
    longSide: 256,
    engine: "cpu",
  });
});

Deno.test("parseOptions passes over what does not exist", () => {
  const options = parseOptions("?model=third&direction=CtoD&detail=99999&engine=abacus", models);
  assert.deepEqual(options, parseOptions("", models));
});

Deno.test("formatOptions gives the address that parseOptions reads back", () => {
  assert.equal(formatOptions(parseOptions("", models), models), "");
  const query = "?model=second&direction=BtoA&detail=256&engine=cpu";
  assert.equal(formatOptions(parseOptions(query, models), models), query);
});

Deno.test("findLongSide gives what a processor does less detail than a GPU", () => {
  const gpu = { automaticLongSide: 512, maxLongSide: 4096 };
  const cpu = { automaticLongSide: 128, maxLongSide: 4096 };
  assert.deepEqual([gpu, cpu].map((engine) => findLongSide("auto", engine)), [512, 128]);
  assert.equal(findLongSide(1024, cpu), 1024);
});

Deno.test("findLongSide never asks for more than the device's buffers hold", () => {
  const small = { automaticLongSide: 512, maxLongSide: 300 };
  assert.equal(findLongSide(1024, small), 300);
  assert.equal(findLongSide("auto", small), 300);
});
