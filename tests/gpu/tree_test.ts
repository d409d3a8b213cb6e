// Parameter trees: paths there and back, and what is done to every leaf.

import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../../gpu/random.ts";
import * as tf from "../../gpu/tf.ts";
import {
  assertShapes,
  countParameters,
  disposeTree,
  mapTree,
  type ParamTree,
  toVariables,
  treeEntries,
  treeFromEntries,
  treeVariables,
} from "../../gpu/tree.ts";
import { forEachDevice } from "../_gates.ts";

/** What a tree takes for a tensor, without a device. */
function fakeLeaf(id: number, shape: number[] = []): tf.Tensor {
  return { dataId: { id }, shape } as unknown as tf.Tensor;
}

const paths = (tree: ParamTree) => treeEntries(tree).map(([path]) => path);

const keys = fc.constantFrom("conv", "kernel", "bias", "genAB", "__proto__", "constructor", "7");
const { tree: trees } = fc.letrec<{ tree: ParamTree; node: ParamTree | tf.Tensor }>((tie) => ({
  node: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaves(), tie("tree")),
  tree: fc.oneof(
    fc.array(tie("node"), { minLength: 1, maxLength: 12 }),
    fc.dictionary(keys, tie("node"), { minKeys: 1, noNullPrototype: true }),
  ),
}));

function leaves(): fc.Arbitrary<tf.Tensor> {
  return fc.nat().map((id) => fakeLeaf(id));
}

Deno.test("treeEntries gives dotted paths in the order of the keys", () => {
  const [kernel, bias, first, second] = [1, 2, 3, 4].map((id) => fakeLeaf(id));
  const tree = { stem: { conv: { kernel, bias } }, block: [{ conv1: first }, { conv1: second }] };
  assert.deepEqual(treeEntries(tree), [
    ["stem.conv.kernel", kernel],
    ["stem.conv.bias", bias],
    ["block.0.conv1", first],
    ["block.1.conv1", second],
  ]);
  assert.deepEqual(treeEntries({ kernel }, "ema.genAB"), [["ema.genAB.kernel", kernel]]);
});

Deno.test("treeEntries passes over absent keys and refuses what is no tensor", () => {
  assert.deepEqual(paths({ kernel: fakeLeaf(1), bias: undefined }), ["kernel"]);
  assert.deepEqual(paths({}), []);
  const wrong: [node: unknown, found: string][] = [[3, "number"], [null, "object"], [
    "x",
    "string",
  ]];
  for (const [node, found] of wrong) {
    assert.throws(() => treeEntries({ conv: { kernel: node } } as ParamTree), {
      name: "TypeError",
      message: `Cannot read parameter tree: "conv.kernel" is ${found}, expected a tensor`,
    });
  }
});

Deno.test("treeFromEntries is the inverse of treeEntries", () => {
  fc.assert(
    fc.property(trees, (tree) => {
      assert.deepEqual(treeFromEntries(treeEntries(tree)), tree);
    }),
  );
});

Deno.test("treeFromEntries builds the same tree whatever the order of the entries", () => {
  fc.assert(
    fc.property(trees, fc.nat(), (tree, seed) => {
      const entries = treeEntries(tree);
      const order = randomStream(seed).permutation(entries.length);
      const shuffled = Array.from(order, (at) => entries[at]);
      assert.deepEqual(treeFromEntries(shuffled), tree);
    }),
  );
});

Deno.test("treeFromEntries makes arrays of the keys 0, 1, 2 only", () => {
  const leaf = fakeLeaf(1);
  const build = (...names: string[]) => treeFromEntries(names.map((name) => [name, leaf]));
  assert.deepEqual(build("block.0", "block.1"), { block: [leaf, leaf] });
  // As a file has them that sorts its tensors by name.
  const eleven = Array.from({ length: 11 }, (_, i) => `block.${i}`).sort();
  assert.deepEqual(build(...eleven), { block: new Array(11).fill(leaf) });
  assert.deepEqual(build("block.1", "block.2"), { block: { 1: leaf, 2: leaf } });
  assert.deepEqual(build("block.0", "block.01"), { block: { 0: leaf, "01": leaf } });
});

Deno.test("treeFromEntries refuses a path that is a tensor and a branch", () => {
  for (const names of [["a.b", "a.b.c"], ["a.b.c", "a.b"]]) {
    assert.throws(() => treeFromEntries(names.map((name) => [name, fakeLeaf(1)])), {
      name: "TypeError",
      message: 'Cannot build parameter tree: "a.b" is a tensor and a branch, expected one of them',
    });
  }
});

Deno.test("mapTree keeps the structure and tells each leaf its path", () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const seen: string[] = [];
      const mapped = mapTree(tree, (leaf, path) => {
        seen.push(path);
        return fakeLeaf((leaf.dataId as { id: number }).id + 1);
      });
      assert.deepEqual(seen, paths(tree));
      assert.deepEqual(paths(mapped), paths(tree));
      const ids = (of: ParamTree) =>
        treeEntries(of).map(([, { dataId }]) => (dataId as { id: number }).id);
      assert.deepEqual(ids(mapped), ids(tree).map((id) => id + 1));
    }),
  );
});

Deno.test("assertShapes names the missing, misshapen or surplus parameter", () => {
  const expected = { kernel: [3, 3, 1, 2], bias: [2] };
  const check = (shapes: Record<string, number[]>) => () =>
    assertShapes(
      new Map(Object.entries(shapes).map(([path, shape]) => [path, { shape }])),
      expected,
      "genAB",
    );
  check(expected)();
  check({ bias: [2], kernel: [3, 3, 1, 2] })();
  const wrong: [shapes: Record<string, number[]>, message: string][] = [
    [{ kernel: [3, 3, 1, 2] }, 'parameter "bias" is missing'],
    [{ ...expected, bias: [3] }, 'parameter "bias" has shape [3], expected [2]'],
    [{ ...expected, bias: [2, 1] }, 'parameter "bias" has shape [2,1], expected [2]'],
    [{ ...expected, scale: [2] }, 'parameter "scale" is not part of the network'],
    [{ ...expected, toString: [2] }, 'parameter "toString" is not part of the network'],
  ];
  for (const [shapes, message] of wrong) {
    assert.throws(check(shapes), { name: "TypeError", message: `Cannot fill genAB: ${message}` });
  }
});

forEachDevice(
  "toVariables copies: assigning to the copy leaves the original as it was",
  async () => {
    const tree = { conv: { kernel: tf.tensor1d([1, 2]) }, list: [tf.scalar(3)] };
    const copy = toVariables(tree);
    const [[path, kernel], [listed]] = treeVariables(copy);
    assert.deepEqual([path, listed], ["conv.kernel", "list.0"]);
    tf.tidy(() => kernel.assign(tf.tensor1d([8, 9])));
    assert.deepEqual([...await tree.conv.kernel.data()], [1, 2]);
    assert.deepEqual([...await kernel.data()], [8, 9]);
    // The copy outlives the original.
    disposeTree(tree);
    assert.deepEqual([...await copy.list[0].data()], [3]);
    disposeTree(copy);
  },
);

forEachDevice("treeVariables refuses a tree of tensors", () => {
  const tree = { conv: { kernel: tf.scalar(1) } };
  assert.throws(() => treeVariables(tree), {
    name: "TypeError",
    message: 'Cannot train "conv.kernel": it is a tensor, expected a variable',
  });
  disposeTree(tree);
});

forEachDevice("countParameters counts scalars and disposeTree frees every leaf", () => {
  const tree = { a: tf.zeros([3, 3, 2]), rest: [tf.scalar(1), { b: tf.zeros([5]) }] };
  assert.equal(countParameters(tree), 18 + 1 + 5);
  disposeTree(tree);
  assert.ok(treeEntries(tree).every(([, leaf]) => leaf.isDisposed));
});
