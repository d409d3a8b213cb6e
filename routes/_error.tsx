// What a visitor sees when something failed; tells nothing of the inside.

import { HttpError } from "fresh";
import { define } from "../define.ts";
import { Stage } from "./(_components)/Stage.tsx";

export default define.page(({ error, url }) => {
  const isRefusal = error instanceof HttpError && error.status < 500;
  return (
    <>
      <Stage
        title={isRefusal ? "Not like that" : "The film snapped"}
        tab={`${isRefusal ? "Refused" : "Error"} · Lobbycard`}
      >
        <p class="lead">
          {isRefusal
            ? `${error.message}.`
            : "Something failed on our side. Your pictures are where they were: on your device."}
        </p>
      </Stage>
      <div class="page content stack">
        <div class="reel reel--snapped" aria-hidden="true">
          <span />
          <span />
          <span />
        </div>
        <p class="row">
          {!isRefusal && <a class="button button--primary" href={url.pathname}>Try again</a>}
          <a class="button" href="/">Back to the foyer</a>
        </p>
      </div>
    </>
  );
});
