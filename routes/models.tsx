// The models page: every exported model, and where it comes from.

import { page } from "fresh";
import { define } from "../define.ts";
import { ModelCard } from "./(_models)/ModelCard.tsx";
import { modelsOf, readShelf } from "./(_models)/shelf.ts";
import { findSharedPoster } from "./(_posters)/chosen_posters.ts";
import { SharePicture } from "./(_posters)/SharePicture.tsx";
import { PageStyles } from "./(_components)/styles.tsx";
import { Stage } from "./(_components)/Stage.tsx";

/** Hands the page the models on offer. */
export const handler = define.handlers({
  GET: async () => {
    const shelf = await readShelf();
    return page({ models: shelf.models, shared: findSharedPoster(modelsOf(shelf, "poster")) });
  },
});

const description =
  "Small neural networks that restyle pictures and draw film posters: what each was trained on, and how well it did.";

export default define.page<typeof handler>(({ data: { models, shared }, url }) => (
  <>
    <PageStyles names={["models.css"]} />
    <SharePicture
      url={url}
      order={shared}
      title="The models of Lobbycard"
      description={description}
    />
    <Stage title="Models" tab="Models · Lobbycard" description={description}>
      <p class="lead">
        The networks that this site hands out: what each does and where it fails, what it learnt
        from and for how long, and how good it is by which measure.
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
