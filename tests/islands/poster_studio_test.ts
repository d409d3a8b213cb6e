// Tests what the tools share: pictures that are drawn for them after all else, and the two parents.

import { strict as assert } from "node:assert";
import type { PosterReply, PosterRequest } from "../../islands/_poster_protocol.ts";
import { CELLS, type Recipe } from "../../islands/_poster_recipe.ts";
import { PosterSession } from "../../islands/_poster_session.ts";
import { PosterStudio } from "../../islands/_poster_studio.ts";
import { fakeWorker } from "./_fake_worker.ts";
import { paint, toyPosters } from "./_toy_posters.ts";

const models = [toyPosters("first"), toyPosters("second", { genres: ["comedy", "war"] })];
const poster = (seed: number): Recipe => ({ seed, genres: [1, 0, 0], truncation: 1, steps: [] });

/** A session whose worker draws whatever it is asked for, at once. */
function startSession(link = "?model=first&seed=7&truncation=1") {
  const asked: number[] = [];
  const session = new PosterSession(models, {
    createWorker: () => {
      const worker = fakeWorker<PosterRequest, PosterReply>();
      const { postMessage } = worker;
      worker.postMessage = (request) => {
        postMessage(request);
        if (request.kind === "load") queueMicrotask(() => worker.reply({ kind: "ready" }));
        if (request.kind !== "draw") return;
        const { seed } = request.shot.recipe;
        asked.push(request.shot.recipe.steps.length > 0 ? -1 : seed);
        const picture = paint(2, 3, () => [seed, 0, 0]);
        const facts = { milliseconds: 1, tensors: 1 };
        queueMicrotask(() => worker.reply({ kind: "drawn", id: request.id, picture, ...facts }));
      };
      return worker;
    },
    nextFrame: (run) => queueMicrotask(run),
    random: () => 0.5,
  });
  session.start(link);
  return { session, asked };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 10));

Deno.test("PosterSession draws what tools show after the poster and its variations, and forgets what they show no more", async () => {
  const { session, asked } = startSession();
  session.show("wall", [20, 21].map((seed) => ({ recipe: poster(seed) })));
  session.show("breeding", [21, 22].map((seed) => ({ recipe: poster(seed) })));
  await settle();
  assert.deepEqual(asked, [7, ...Array(CELLS).fill(-1), 20, 21, 22], "Each once, the tools' last");
  const seen = (seed: number) => session.pictureOf({ recipe: poster(seed) })?.picture.data[0];
  assert.deepEqual([20, 21, 22, 23].map(seen), [20, 21, 22, undefined]);
  session.show("wall", []);
  await settle();
  assert.deepEqual([20, 21, 22].map(seen), [undefined, 21, 22]);
  session.open({ recipe: poster(22) });
  await settle();
  assert.equal(session.drawn.value.get("poster")?.picture.data[0], 22);
  assert.ok(!asked.slice(CELLS + 4).includes(22), "It was drawn already");
});

Deno.test("PosterSession opens a shot on the way between two posters with both its ends", async () => {
  const { session } = startSession();
  session.open({ recipe: poster(1), way: { to: poster(2), share: 0.5 } });
  const { kept, share } = session.options.value;
  assert.deepEqual([kept.a?.seed, kept.b?.seed, share], [1, 2, 0.5]);
  session.open({ recipe: poster(3) });
  assert.equal(session.options.value.share, undefined);
  await settle();
  session.stop();
});

Deno.test("PosterStudio has two parents at most, the older one making room", () => {
  const studio = new PosterStudio(startSession().session);
  const seeds = () => studio.parents.value.map(({ seed }) => seed);
  studio.pick(poster(1));
  assert.match(studio.said.value, /first parent is picked/);
  assert.ok(!studio.open.value.has("breeding"));
  studio.pick(poster(2));
  assert.ok(studio.open.value.has("breeding"), "The children are shown");
  studio.pick(poster(3));
  assert.deepEqual(seeds(), [2, 3]);
  studio.swapParents();
  assert.deepEqual(seeds(), [3, 2]);
  assert.ok(studio.isParent(poster(2)) && !studio.isParent(poster(1)));
  studio.pick(poster(2));
  assert.deepEqual(seeds(), [3]);
  assert.match(studio.said.value, /no parent any more/);
});

Deno.test("PosterStudio opens no children for who is mixing", () => {
  const studio = new PosterStudio(startSession().session);
  studio.toggle("mixing", true);
  for (const seed of [1, 2]) studio.pick(poster(seed));
  assert.match(studio.said.value, /Two parents are picked/);
  assert.deepEqual([...studio.open.value], ["mixing"]);
});

Deno.test("PosterStudio takes the parents' common genres to another model", async () => {
  const { session } = startSession();
  const studio = new PosterStudio(session);
  studio.pick({ ...poster(1), genres: [0.3, 0.9, 0] });
  session.choose({ model: models[1] });
  assert.deepEqual(studio.parents.value[0].genres, [0.9, 0]);
  await settle();
  session.stop();
});
