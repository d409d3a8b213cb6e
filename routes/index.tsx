// Home: what Lobbycard is, and its two ways in.

import { asset, Head } from "fresh/runtime";
import { define } from "../define.ts";

export default define.page(() => (
  <>
    <Head>
      <title>Lobbycard: pictures in the look of another film</title>
      <meta
        name="description"
        content="Redraw a picture in the look of another film, or draw a film poster, in your browser. Nothing is uploaded."
      />
    </Head>
    <section class="curtain stage stage--home">
      <div class="page premiere">
        <div class="premiere__text stack">
          <h1>Same scene. Other film.</h1>
          <p class="lead">
            Lobbycard redraws a picture of yours in the look of a film, or draws the poster of a
            film that never was. Small neural networks do it, here in your browser. Nothing is
            uploaded.
          </p>
          <p class="row">
            <a class="button button--lamp" href="/style">Restyle a picture</a>
            <a class="button button--lamp" href="/posters">Draw a poster</a>
            <a class="button" href="/models">See the models</a>
          </p>
        </div>
        <figure class="lobby-card">
          <img
            src={asset("/art/two_films.svg")}
            width="704"
            height="520"
            alt="A lake with a house and hills, torn across: painted in muted colours on the left, lit by a blazing sunset on the right"
          />
          <figcaption>
            <span>Film A</span>
            <span class="lobby-card__name">One lake, two films</span>
            <span>Film B</span>
          </figcaption>
        </figure>
      </div>
    </section>
    <section class="page programme" aria-labelledby="programme">
      <h2 id="programme" class="visually-hidden">Programme</h2>
      <article class="card card--framed stack">
        <p class="billing billing--now">Now showing</p>
        <h3 class="programme__title">Style</h3>
        <p>
          Two films went into training, with no picture paired to any other. Two networks came out:
          one for each direction. Drop in a photograph or a frame, and slide between before and
          after.
        </p>
        <p>
          <a class="button button--primary" href="/style">Open Style</a>
        </p>
      </article>
      <article class="card card--framed stack">
        <p class="billing billing--now">Now showing</p>
        <h3 class="programme__title">Posters</h3>
        <p>
          Film posters on demand: move the genre faders, get a poster that never was. Pick a
          variation, wander from one poster to another, set a title over it, take it home as a PNG.
        </p>
        <p>
          <a class="button button--primary" href="/posters">Open Posters</a>
        </p>
        <img
          class="programme__drafts"
          src={asset("/art/poster_drafts.svg")}
          width="404"
          height="136"
          alt=""
        />
      </article>
    </section>
  </>
));
