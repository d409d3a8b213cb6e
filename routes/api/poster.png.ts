// A poster as a picture, drawn on the server: for the previews of links, and for browsers without scripts.

import { define } from "../../define.ts";
import { drawingOptions, DrawnPosters } from "../../server/drawn_posters.ts";
import { modelsOf, readRecentShelf } from "../(_models)/shelf.ts";
import { answerPoster } from "../(_posters)/poster_answer.ts";

/** The server's posters; its workers start with the first that is asked for. Tests close it. */
export const posters = new DrawnPosters(drawingOptions());

/** Answers GET and HEAD. */
export const handler = define.handlers({
  GET: async ({ req }) =>
    await answerPoster(req, modelsOf(await readRecentShelf(), "poster"), posters),
});
