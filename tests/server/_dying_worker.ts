// A drawing worker that dies of seed 13, and else answers with as many bytes as the seed says.

import type { DrawReply, PosterOrder } from "../../server/draw_protocol.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<PosterOrder>) => void;
  postMessage(reply: DrawReply): void;
};

scope.onmessage = ({ data: { recipe: { seed } } }) => {
  if (seed === 13) throw new Error("No posters on a Friday");
  scope.postMessage({ kind: "drawn", png: new Uint8Array(seed).fill(7) });
};
