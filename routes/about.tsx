// About: what runs where, what happens to a picture, and how each model works, with live figures and every method's source.

import { page } from "fresh";
import { define } from "../define.ts";
import CycleFigure from "../islands/CycleFigure.tsx";
import LatentWalk from "../islands/LatentWalk.tsx";
import PatchFigure from "../islands/PatchFigure.tsx";
import { LADDER } from "./(_about)/ladder.ts";
import { Sources } from "./(_about)/Sources.tsx";
import { PageStyles } from "./(_components)/styles.tsx";
import { Stage } from "./(_components)/Stage.tsx";
import { modelsOf, readShelf } from "./(_models)/shelf.ts";

/** Hands the page the models that its figures show. */
export const handler = define.handlers({
  GET: async () => {
    const shelf = await readShelf();
    return page({
      // There and back takes both directions.
      style: modelsOf(shelf, "cyclegan").filter(({ manifest }) => manifest.directions.length === 2)
        .map(({ manifest, weightsUrl }) => ({ manifest, weightsUrl })),
      posters: modelsOf(shelf, "poster")
        .map(({ manifest, weightsUrl }) => ({ manifest, weightsUrl })),
    });
  },
});

export default define.page<typeof handler>(({ data: { style, posters } }) => (
  <>
    <PageStyles names={["player.css", "about.css"]} />
    <Stage
      title="About"
      tab="About · Lobbycard"
      description="How a CycleGAN redraws a picture as another film, how GANs from DCGAN to StyleGAN2 draw posters, with live figures, and what happens to your pictures: nothing."
    >
      <p class="lead">
        A lobby card was the small printed still that cinemas hung in the foyer. Lobbycard makes
        them: stills restyled, and posters of films that never were.
      </p>
    </Stage>
    <div class="page content prose">
      <nav class="prose__contents" aria-label="On this page">
        <ul>
          <li>
            <a href="#where">What runs where</a>
          </li>
          <li>
            <a href="#methods">Redrawing a picture</a>
          </li>
          <li>
            <a href="#judge">What the judge sees</a>
          </li>
          <li>
            <a href="#posters">Drawing a poster</a>
          </li>
          <li>
            <a href="#ladder">Seven ways to learn it</a>
          </li>
          <li>
            <a href="#measures">How good is it?</a>
          </li>
        </ul>
      </nav>
      <WhatRunsWhere />
      <section id="methods">
        <h2>Redrawing a picture</h2>
        <div class="stack">
          <p>
            There is no pair of frames to learn from: nobody has shot the same scene for both films.
            So two networks learn at once, one for each direction, each watched by a judge that
            knows real frames of its film. The first network passes if its frames look like the
            other film. That alone would allow it to answer with any frame of that film, so there is
            a second rule: sent back by the other network, the frame must be the old one again. This
            is a CycleGAN.
          </p>
          <CycleFigure models={style} />
          <p>
            Each network shrinks the frame twice, thinks it over in a row of residual blocks and
            enlarges it again; every channel is brought to one mean and one contrast on the way, of
            this frame alone. The judges may be trained by least squares, by the distance of
            Wasserstein or by a hinge, and see a few frames of a while ago among the new ones. A
            network that knows everyday pictures may lend a judge its eyes.
          </p>
          <Sources
            of={[
              "cycleGan",
              "perceptual",
              "instanceNorm",
              "lsgan",
              "wganGp",
              "hinge",
              "pool",
              "vgg",
              "resnet",
              "inception",
            ]}
          />
        </div>
      </section>
      <section id="judge">
        <h2>What the judge sees</h2>
        <div class="stack">
          <p>
            The judge of a CycleGAN never sees the whole frame. It is a grid of judges, each of
            which sees one patch and says whether that looks real: enough for brush strokes, light
            and texture, too little for what stands where. That is why the style changes and the
            scene stays. Move over the frame.
          </p>
          <PatchFigure />
          <Sources of={["pix2pix"]} />
        </div>
      </section>
      <section id="posters">
        <h2>Drawing a poster</h2>
        <div class="stack">
          <p>
            A poster is a point in a space of many dimensions: a list of random numbers, the latent
            vector, and the weights of the genres. The network turns each point into a picture, and
            near points into similar ones. So there is a way from any poster to any other, and every
            station on it is a poster too. It is the angle between two vectors that is walked, for
            random vectors of this kind are all about equally long.
          </p>
          <LatentWalk models={posters} />
          <Sources of={["walk"]} />
        </div>
      </section>
      <section id="ladder">
        <h2>Seven ways to learn it</h2>
        <div class="stack">
          <p>
            Each of them is trained by <code>deno task train:posters --model</code>{" "}
            and its name, on the same posters, and compared by the same measures. Which of them drew
            what you see is said by each model’s <a href="/models">card</a>.
          </p>
          <ol class="ladder">
            {LADDER.map(({ model, name, text, verdict, papers }) => (
              <li key={model} class="stack">
                <h3>
                  {name} <code>{model}</code>
                </h3>
                <p>{text}</p>
                <p>
                  <b>{verdict}</b>
                </p>
                <Sources of={papers} />
              </li>
            ))}
          </ol>
          <p>
            All of them are trained by Adam, and what is handed out is the average of the weights
            over the last stretch of training, which is steadier than the newest ones.
          </p>
          <Sources of={["adam", "average"]} />
        </div>
      </section>
      <section id="measures">
        <h2>How good is it?</h2>
        <div class="stack">
          <p>
            For redrawn frames the answer is known: a program draws the two films, so it can draw
            any scene of the one as the other has it, and PSNR and SSIM tell how far the network is
            from that. For posters no single answer exists. Crowds are compared instead: whether
            drawn posters lie where real ones lie, in what a judge of genres sees of them (KID, FID,
            precision and recall, density and coverage), in their details (SWD), and whether the
            genres that were asked for can be read off them.
          </p>
          <Sources
            of={["ssim", "kid", "fid", "swd", "precision", "coverage", "cas"]}
          />
        </div>
      </section>
      <section>
        <h2>The pictures it learnt from</h2>
        <div class="stack">
          <p>
            Film frames and posters belong to their makers, so none are handed out here. The bundled
            models learnt from what a program draws: two imaginary films, the same kinds of scene
            under two art directions, and posters of films that nobody shot.
          </p>
        </div>
      </section>
    </div>
  </>
));

function WhatRunsWhere() {
  return (
    <>
      <section id="where">
        <h2>What runs where</h2>
        <div class="stack">
          <dl class="ledger">
            <dt>The server</dt>
            <dd>
              Sends pages, scripts and the weights of the models. It draws posters for those who
              cannot: the previews of links, and browsers without scripts. It computes nothing else.
            </dd>
            <dt>Your browser</dt>
            <dd>
              Decodes the picture, runs the network and draws the result, in a worker of its own;
              sets a poster's words over it and makes the file that you save. It uses the graphics
              processor through WebGPU where there is one, and the main processor where there is
              not, which is slower. The page says which one it took.
            </dd>
            <dt>The command line</dt>
            <dd>
              Trains the networks: frames of two films or posters with their genres go in, an
              exported model comes out. See <code>deno task train --help</code>.
            </dd>
          </dl>
        </div>
      </section>
      <section>
        <h2>Your pictures and words</h2>
        <div class="stack">
          <p>
            They never leave your device. The server has no address that takes an upload, the page
            may only fetch from this site, and a strict security policy has the browser enforce
            that. There are no cookies, no accounts and no analytics.
          </p>
          <p>
            The address of a poster holds its genres, its number and its words, so that a link draws
            it again. They stand behind the{" "}
            <code>#</code>, which browsers keep to themselves: whoever gets the link from you sees
            them, the server does not.
          </p>
        </div>
      </section>
    </>
  );
}
