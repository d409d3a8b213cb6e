// Parameter trees: plain nested objects and arrays of tensors, addressed by dotted paths such as `down.0.conv.kernel`.

import { type Tensor, type Variable, variable } from "./tf.ts";

/** A tree whose leaves are `Leaf`; branches are objects or arrays. An absent part is an absent key. */
export type Tree<Leaf> =
  | { readonly [key: string]: Leaf | Tree<Leaf> | undefined }
  | readonly (Leaf | Tree<Leaf>)[];

/** A tree of tensors: the parameters of a network, or anything with the same paths. */
export type ParamTree = Tree<Tensor>;

function isTensor(node: unknown): node is Tensor {
  return typeof node === "object" && node !== null && "dataId" in node && "shape" in node;
}

/**
 * The leaves of a tree with their dotted paths, in the order of the keys as they were inserted.
 *
 * @throws {TypeError} if something in the tree is neither a tensor, an object nor an array
 */
export function treeEntries(tree: ParamTree, prefix = ""): [path: string, leaf: Tensor][] {
  return Object.entries(tree).flatMap(([key, node]): [string, Tensor][] => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (node === undefined) return [];
    if (isTensor(node)) return [[path, node]];
    if (typeof node === "object" && node !== null) return treeEntries(node, path);
    throw new TypeError(
      `Cannot read parameter tree: "${path}" is ${typeof node}, expected a tensor`,
    );
  });
}

/** A tree of the same structure, each leaf replaced by `fn(leaf, path)`. */
export function mapTree<T extends ParamTree>(
  tree: T,
  fn: (leaf: Tensor, path: string) => Tensor,
): T {
  return treeFromEntries<T>(treeEntries(tree).map(([path, leaf]) => [path, fn(leaf, path)]));
}

/** The shapes of a network's parameters by dotted path: what it needs, without holding any tensor. */
export type ParamShapes = Readonly<Record<string, readonly number[]>>;

/** A branch under construction: its children by key. */
type Branch = Map<string, Tensor | Branch>;

/**
 * The nested tree of leaves given by dotted path, in any order; keys 0, 1, 2... make an array. Inverse of `treeEntries`.
 *
 * @typeParam T the tree's type, which the caller knows from where the paths come
 * @throws {TypeError} if a path ends where another goes on
 */
export function treeFromEntries<T extends ParamTree>(
  entries: Iterable<readonly [string, Tensor]>,
): T {
  const root: Branch = new Map();
  for (const [path, leaf] of entries) plantLeaf(root, path.split("."), leaf);
  return buildNode(root) as T;
}

function plantLeaf(root: Branch, keys: readonly string[], leaf: Tensor): void {
  let branch = root;
  keys.forEach((key, i) => {
    const isLast = i === keys.length - 1, found = branch.get(key);
    if (found && found instanceof Map === isLast) {
      const path = keys.slice(0, i + 1).join(".");
      throw new TypeError(
        `Cannot build parameter tree: "${path}" is a tensor and a branch, expected one of them`,
      );
    }
    const next = isLast ? leaf : found ?? new Map();
    branch.set(key, next);
    if (next instanceof Map) branch = next;
  });
}

function buildNode(node: Tensor | Branch): unknown {
  if (!(node instanceof Map)) return node;
  const listed = Array.from(node, (_, i) => node.get(String(i)));
  if (listed.every((child) => child !== undefined)) return listed.map(buildNode);
  return Object.fromEntries(Array.from(node, ([key, child]) => [key, buildNode(child)]));
}

/**
 * Checks that leaves are just those that a network needs.
 *
 * @param what the name used in the message, such as `"genAB"`
 * @throws {TypeError} naming the first missing, differently shaped or surplus path
 */
export function assertShapes(
  leaves: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  expected: ParamShapes,
  what: string,
): void {
  for (const [path, shape] of Object.entries(expected)) {
    const found = leaves.get(path);
    if (!found) throw new TypeError(`Cannot fill ${what}: parameter "${path}" is missing`);
    if (found.shape.join() !== shape.join()) {
      throw new TypeError(
        `Cannot fill ${what}: parameter "${path}" has shape [${found.shape}], expected [${shape}]`,
      );
    }
  }
  const surplus = [...leaves.keys()].find((path) => !Object.hasOwn(expected, path));
  if (surplus !== undefined) {
    throw new TypeError(`Cannot fill ${what}: parameter "${surplus}" is not part of the network`);
  }
}

/** A copy of the tree whose leaves are trainable variables; the caller owns and disposes them. */
export function toVariables<T extends ParamTree>(tree: T): T {
  return mapTree(tree, (leaf) => variable(leaf));
}

/** The leaves as variables, in path order. @throws {TypeError} if a leaf is not a variable. */
export function treeVariables(tree: ParamTree): [path: string, leaf: Variable][] {
  return treeEntries(tree).map(([path, leaf]) => {
    if (!("assign" in leaf)) {
      throw new TypeError(`Cannot train "${path}": it is a tensor, expected a variable`);
    }
    return [path, leaf as Variable];
  });
}

/** The number of scalars in the tree. */
export function countParameters(tree: ParamTree): number {
  return treeEntries(tree).reduce((sum, [, leaf]) => sum + leaf.size, 0);
}

/** Disposes every leaf. */
export function disposeTree(tree: ParamTree): void {
  for (const [, leaf] of treeEntries(tree)) leaf.dispose();
}
