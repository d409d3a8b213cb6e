// The style page: hosts the island that restyles a picture at the visitor's.

import { page } from "fresh";
import { define } from "../define.ts";
import StylePlayer from "../islands/StylePlayer.tsx";
import { PageStyles } from "./(_components)/styles.tsx";
import { Stage } from "./(_components)/Stage.tsx";
import { modelsOf, readShelf } from "./(_models)/shelf.ts";

/** Hands the page the models on offer. */
export const handler = define.handlers({
  GET: async () => page({ models: modelsOf(await readShelf(), "cyclegan") }),
});

export default define.page<typeof handler>(({ data: { models } }) => (
  <>
    <PageStyles names={["player.css", "style_player.css"]} />
    <Stage
      title="Style"
      tab="Style · Lobbycard"
      description="Give a picture and get it back in the look of another film. It is drawn on your device and sent nowhere."
    >
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
