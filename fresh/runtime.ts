// What pages and islands may use on both sides of the wire: the name `fresh/runtime` maps here.

import type { ComponentChildren } from "preact";

/** True where the code runs at the visitor's, false on the server. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/** What the server plugs in while it renders; in the browser the defaults stay. */
export const serverSide = {
  asset: (path: string): string => path,
  head: (_children: ComponentChildren): void => {},
};

/** The address of a file of `static/`, on the server with its content hash, so that it may be cached for good. */
export function asset(path: string): string {
  return serverSide.asset(path);
}

/** Moves its children into the page's `<head>`; draws nothing where it stands, and nothing in the browser. */
export function Head(props: { children?: ComponentChildren }): null {
  serverSide.head(props.children);
  return null;
}
