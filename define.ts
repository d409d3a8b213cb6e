// Typed makers for the parts of a route module.

import { createDefine } from "fresh";

/** What middleware leaves for the handlers and pages of a request: nothing so far. */
export type State = Record<never, never>;

/** Gives handlers, pages, layouts and middleware their types. */
export const define = createDefine<State>();
