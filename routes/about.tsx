// About: what runs where, what happens to a picture, and where the method comes from.

import { define } from "../define.ts";
import { Stage } from "./(_components)/Stage.tsx";

export default define.page(() => (
  <>
    <Stage title="About" tab="About · Lobbycard">
      <p class="lead">
        A lobby card was the small printed still that cinemas hung in the foyer. Lobbycard makes
        them: stills restyled, and posters of films that never were.
      </p>
    </Stage>
    <div class="page content prose">
      <section>
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
      <section>
        <h2>The method</h2>
        <div class="stack">
          <p>
            Style is a CycleGAN: two generators, one for each direction, learn from two heaps of
            pictures of which no two belong together. Each is judged by a discriminator that tries
            to tell its pictures from real ones, and both together must bring a picture back to
            where it began.
          </p>
          <p>
            Posters come from a DCGAN generator: a hundred random numbers and the weights of the
            genres grow to a picture. It learnt beside a discriminator that knew which genres each
            poster was filed under, or as the decoder of an autoencoder; each model's card says
            which.
          </p>
          <ul>
            <li>
              Radford, Metz, Chintala: Unsupervised Representation Learning with Deep Convolutional
              Generative Adversarial Networks, 2015, arXiv 1511.06434
            </li>
            <li>
              Zhu, Park, Isola, Efros: Unpaired Image-to-Image Translation using Cycle-Consistent
              Adversarial Networks, 2017, arXiv 1703.10593
            </li>
            <li>
              Mao and others: Least Squares Generative Adversarial Networks, 2016, arXiv 1611.04076
            </li>
            <li>
              Gulrajani and others: Improved Training of Wasserstein GANs, 2017, arXiv 1704.00028
            </li>
            <li>
              Zhao and others: Differentiable Augmentation for Data-Efficient GAN Training, 2020,
              arXiv 2006.10738
            </li>
          </ul>
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
