// What a visitor sees where there is nothing.

import { define } from "../define.ts";
import { Stage } from "./(_components)/Stage.tsx";

export default define.page(() => (
  <>
    <Stage title="This reel is missing" tab="Not found · Lobbycard">
      <p class="lead">There is no page at this address.</p>
    </Stage>
    <div class="page content stack">
      <div class="reel" aria-hidden="true">
        <span>4</span>
        <span />
        <span>4</span>
      </div>
      <p class="row">
        <a class="button button--primary" href="/">Back to the foyer</a>
        <a class="button" href="/style">Restyle a picture</a>
      </p>
    </div>
  </>
));
