// A page with a handler per method.

import { createDefine, page } from "fresh";

const define = createDefine<Record<never, never>>();

/** GET draws the page, POST answers itself. */
export const handler = define.handlers({
  GET: () => page({ name: "reel" }, { status: 201, headers: { "x-film": "A" } }),
  POST: () => new Response("posted"),
});

export default define.page<typeof handler>(({ data }) => <p>{data.name}</p>);
