// The poster page: hosts the island that draws posters at the visitor's.

import { page } from "fresh";
import { define } from "../define.ts";
import PosterPlayer from "../islands/PosterPlayer.tsx";
import { PageStyles } from "./(_components)/styles.tsx";
import { Stage } from "./(_components)/Stage.tsx";
import { modelsOf, readShelf } from "./(_models)/shelf.ts";
import { choosePosters, findSharedPoster } from "./(_posters)/chosen_posters.ts";
import { PosterWall } from "./(_posters)/PosterWall.tsx";
import { SharePicture } from "./(_posters)/SharePicture.tsx";

/** Hands the page the models on offer. */
export const handler = define.handlers({
  GET: async () => page({ models: modelsOf(await readShelf(), "poster") }),
});

export default define.page<typeof handler>(({ data: { models }, url }) => (
  <>
    <PageStyles names={["player.css", "posters.css", "poster_tools.css"]} />
    <SharePicture
      url={url}
      order={findSharedPoster(models, url.searchParams)}
      title="A poster of a film that never was"
      description="Move the genre faders and get a film poster, drawn in your browser."
    />
    <Stage
      title="Posters"
      tab="Posters · Lobbycard"
      description="Move the genre faders and get the poster of a film that never was. It is drawn on your device and sent nowhere."
    >
      <p class="lead">
        Move the faders, get the poster of a film that never was, and set its title. It is drawn on
        your device and sent nowhere.
      </p>
    </Stage>
    <div class="page content stack">
      <noscript>
        <p class="notice notice--warn">
          Posters are drawn in your browser, so this page needs JavaScript. The{" "}
          <a href="/models">models</a>{" "}
          can be looked at without, and these posters, which the server drew.
        </p>
        {models.length > 0 && <PosterWall posters={choosePosters(models[0], 8)} />}
      </noscript>
      <PosterPlayer models={models.map(({ manifest, weightsUrl }) => ({ manifest, weightsUrl }))} />
    </div>
  </>
));
