// Server side of the islands: wraps each one in an element that carries its name and props for the browser.

import { type ComponentType, createContext, Fragment, h, options, type VNode } from "preact";
import { useContext } from "preact/hooks";
import { renderToString } from "preact-render-to-string";
import { serverSide } from "./runtime.ts";

const names = new Map<unknown, string>();
const insideIsland = createContext(false);
let used = new Set<string>();
let plain = false; // true while the real island is created inside its marker

/** Makes a component an island; `name` is its path below `islands/` without the ending. */
export function registerIsland(name: string, component: unknown): void {
  names.set(component, name);
}

/** HTML of a tree, what its `Head`s gave as HTML, and the names of the islands in it. */
export function renderTree(tree: VNode): { html: string; head: string; islands: string[] } {
  const heads: VNode[] = [];
  used = new Set();
  serverSide.head = (children) => void heads.push(h(Fragment, null, children));
  const html = renderToString(tree);
  return { html, head: heads.map((vnode) => renderToString(vnode)).join(""), islands: [...used] };
}

/** Props as JSON for an attribute. @throws TypeError for what JSON would lose: functions, elements, class instances. */
export function serialiseProps(island: string, props: object): string {
  return JSON.stringify(props, function (key: string, value: unknown) {
    const raw = (this as Record<string, unknown>)[key]; // before toJSON
    const proto = typeof raw === "object" && raw !== null && Object.getPrototypeOf(raw);
    const isPlain = proto === false || proto === null || proto === Object.prototype ||
      Array.isArray(raw);
    if (!isPlain || typeof raw === "function" || typeof raw === "symbol" || key === "children") {
      throw new TypeError(
        `Serialise prop ${key} of island ${island}: found ${
          proto ? proto.constructor.name : typeof raw
        }; expected plain values, arrays and objects`,
      );
    }
    return value;
  });
}

const previous = options.vnode;
options.vnode = (vnode: VNode) => {
  const name = names.get(vnode.type);
  if (name !== undefined && !plain) {
    const island = vnode.type as ComponentType<object>;
    vnode.type = ((props: object) => {
      plain = true;
      const own = h(island, props);
      plain = false;
      if (useContext(insideIsland)) return own; // hydrates with its parent
      used.add(name);
      const marker = { name, props: serialiseProps(name, props) };
      return h("fresh-island", marker, h(insideIsland.Provider, { value: true }, own));
    }) as VNode["type"];
  }
  previous?.(vnode);
};
