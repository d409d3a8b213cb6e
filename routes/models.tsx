// The models page: every exported model, and where it comes from.

import { page } from "fresh";
import { define } from "../define.ts";
import { ModelCard } from "./(_models)/ModelCard.tsx";
import { readShelf } from "./(_models)/shelf.ts";
import { Stage } from "./(_components)/Stage.tsx";

/** Hands the page the models on offer. */
export const handler = define.handlers({
  GET: async () => page({ models: (await readShelf()).models }),
});

export default define.page<typeof handler>(({ data: { models } }) => (
  <>
    <Stage title="Models" tab="Models · Lobbycard">
      <p class="lead">
        The networks that this site hands out: what each was trained on, for how long, and how well
        it did.
      </p>
    </Stage>
    <div class="page content shelf">
      {models.map((model) => <ModelCard key={model.manifest.id} model={model} />)}
      {models.length === 0 && (
        <p class="notice">
          No model is installed on this server yet. <code>deno task train:cyclegan</code> and{" "}
          <code>deno task train:posters</code> train some; <code>deno task export</code>{" "}
          puts them here.
        </p>
      )}
    </div>
  </>
));
