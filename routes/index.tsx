// Home: what Lobbycard does, on one screen and live, and its two ways in.

import { page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../define.ts";
import FrameShow from "../islands/FrameShow.tsx";
import LobbyWall from "../islands/LobbyWall.tsx";
import { PageStyles } from "./(_components)/styles.tsx";
import { modelsOf, readShelf, type ShelvedModelOf } from "./(_models)/shelf.ts";
import { choosePosters, findSharedPoster } from "./(_posters)/chosen_posters.ts";
import { PosterWall } from "./(_posters)/PosterWall.tsx";
import { SharePicture } from "./(_posters)/SharePicture.tsx";

/** Hands the page the models on offer. */
export const handler = define.handlers({
  GET: async () => {
    const shelf = await readShelf();
    return page({ style: modelsOf(shelf, "cyclegan"), posters: modelsOf(shelf, "poster") });
  },
});

const description =
  "Redraw a picture in the look of another film, or draw the poster of a film that never was, in your browser. Nothing is uploaded.";

export default define.page<typeof handler>(({ data: { style, posters }, url }) => (
  <>
    <Head>
      <title>Lobbycard: pictures in the look of another film</title>
      <meta name="description" content={description} />
    </Head>
    <PageStyles names={["player.css", "style_player.css", "home.css"]} />
    <SharePicture
      url={url}
      order={findSharedPoster(posters)}
      title="Lobbycard"
      description={description}
    />
    <section class="curtain stage stage--home">
      <div class="page foyer">
        <div class="foyer__title stack">
          <h1>Same scene. Other film.</h1>
          <p class="lead">
            Redraw a picture in the look of another film. Draw the poster of a film that never was.
            Small neural networks do it here, in your browser; nothing is uploaded.
          </p>
          <noscript>
            <p class="notice notice--warn">
              Pictures are drawn in your browser, which takes JavaScript. The posters here are the
              server's.
            </p>
          </noscript>
        </div>
        <section class="foyer__frame" aria-labelledby="style-way">
          <h2 id="style-way" class="billing">Now showing: Style</h2>
          <FrameShow models={style.map(forPage)} />
          <p class="foyer__way">
            <a class="button button--lamp" href="/style">Restyle a picture</a>
          </p>
        </section>
        <section class="foyer__wall" aria-labelledby="posters-way">
          <h2 id="posters-way" class="billing">Coming never: Posters</h2>
          <noscript>
            {posters.length > 0 && <PosterWall posters={choosePosters(posters[0], 8)} />}
          </noscript>
          <LobbyWall models={posters.map(forPage)} />
          <p class="foyer__way">
            <a class="button button--lamp" href="/posters">Draw a poster</a>
          </p>
        </section>
      </div>
    </section>
    <section class="page programme" aria-labelledby="programme">
      <h2 id="programme">How the show is run</h2>
      <ul class="programme__list">
        <li>
          <h3>On your own machine</h3>
          <p>
            The server sends files and looks at nothing. WebGPU draws where there is one, else a
            WebAssembly engine. After the first visit it all works without a network.
          </p>
          <p>
            <a href="/about">What runs where</a>
          </p>
        </li>
        <li>
          <h3>By networks that you can look into</h3>
          <p>
            What each of them learnt from, for how long and on what, how good it is by which
            measure, and where it fails.
          </p>
          <p>
            <a href="/models">The models</a>
          </p>
        </li>
        <li>
          <h3>With films of your own</h3>
          <p>
            Two films in, two networks out:{" "}
            <code>deno task train:cyclegan</code>. Posters with their genres in, a network out:{" "}
            <code>deno task train:posters</code>.
          </p>
          <p>
            <a href="/about#methods">How they learn</a>
          </p>
        </li>
      </ul>
    </section>
  </>
));

/** What an island is told of a model. */
function forPage<M extends ShelvedModelOf<"cyclegan"> | ShelvedModelOf<"poster">>(
  { manifest, weightsUrl }: M,
): Pick<M, "manifest" | "weightsUrl"> {
  return { manifest, weightsUrl };
}
