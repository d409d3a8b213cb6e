// The style page: hosts the island that restyles a picture at the visitor's.

import { asset, Head } from "fresh/runtime";
import { page } from "fresh";
import { define } from "../define.ts";
import StylePlayer from "../islands/StylePlayer.tsx";
import { Stage } from "./(_components)/Stage.tsx";
import { modelsOf, readShelf } from "./(_models)/shelf.ts";

/** Hands the page the models on offer. */
export const handler = define.handlers({
  GET: async () => page({ models: modelsOf(await readShelf(), "cyclegan") }),
});

export default define.page<typeof handler>(({ data: { models } }) => (
  <>
    <Head>
      <link rel="stylesheet" href={asset("/player.css")} />
      <link rel="stylesheet" href={asset("/style_player.css")} />
    </Head>
    <Stage title="Style" tab="Style · Lobbycard">
      <p class="lead">
        Give a picture, a video or your camera, pick a direction, get it back in the look of the
        other film. It is drawn on your device and sent nowhere.
      </p>
    </Stage>
    <div class="page content stack">
      <noscript>
        <p class="notice notice--warn">
          Restyling runs in your browser, so this page needs JavaScript. The{" "}
          <a href="/models">models</a> can be looked at without.
        </p>
      </noscript>
      <StylePlayer models={models.map(({ manifest, weightsUrl }) => ({ manifest, weightsUrl }))} />
    </div>
  </>
));
