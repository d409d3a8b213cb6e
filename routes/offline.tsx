// What a visitor sees without a network where a page is wanted that has not been kept.

import { Head } from "fresh/runtime";
import { define } from "../define.ts";
import { Stage } from "./(_components)/Stage.tsx";

export default define.page(() => (
  <>
    <Head>
      <meta name="robots" content="noindex" />
    </Head>
    <Stage title="You are offline" tab="Offline · Lobbycard">
      <p class="lead">This page is not kept on your device, and there is no network to fetch it.</p>
    </Stage>
    <div class="page content stack">
      <p>
        The rest of Lobbycard works as it is, with the models that you have used before.
      </p>
      <p class="row">
        {/* The empty address is the one that was asked for. */}
        <a class="button button--primary" href="">Try again</a>
        <a class="button" href="/posters">Draw a poster</a>
        <a class="button" href="/style">Restyle a picture</a>
      </p>
    </div>
  </>
));
