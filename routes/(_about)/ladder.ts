// The poster models from the first to the last: what each adds to those before it, in plain words.

import type { PaperName } from "./papers.ts";

/** One model of the ladder. */
export interface Rung {
  /** The model's name on the command line, as in `train:posters --model dcgan`. */
  model: string;
  name: string;
  text: string;
  /** What it is good and bad at. */
  verdict: string;
  papers: readonly PaperName[];
}

/** From the first to the last. */
export const LADDER: readonly Rung[] = [
  {
    model: "dcgan",
    name: "DCGAN",
    text:
      "A hundred random numbers become a grid of four by six blots, and layer by layer the grid is doubled until it is a poster. A second network, the discriminator, sees this poster or a real one and says which. Each learns from the other’s mistakes; no one ever tells the first what a poster is.",
    verdict: "Knows no genres: it draws what it likes.",
    papers: ["dcgan", "gan", "diffAugment"],
  },
  {
    model: "vae",
    name: "VAE",
    text:
      "No opponent here. One network squeezes a poster into a hundred numbers, a second one unfolds them again, and the two are trained until little is lost, while the numbers are kept close to plain dice rolls. Afterwards dice are rolled and unfolded.",
    verdict: "Trains calmly, and blurs: of all posters that fit a code it draws the average.",
    papers: ["vae"],
  },
  {
    model: "cvae-dcgan",
    name: "CVAE + DCGAN",
    text:
      "Both at once: squeeze and unfold, told the genres on both ends, with a discriminator that judges the result. What is lost on the way is measured by what the discriminator notices, and no longer pixel by pixel.",
    verdict: "Has edges again, but the code tells so much that the genres are hardly heeded.",
    papers: ["cvae", "vaeGan"],
  },
  {
    model: "acgan",
    name: "AC-GAN",
    text:
      "A DCGAN that is given genres beside its dice. The discriminator has a second task: to read the genres off the poster. Posters whose genres cannot be read are bad posters.",
    verdict: "Hits genres best, and exaggerates them.",
    papers: ["acGan"],
  },
  {
    model: "cgan",
    name: "Conditional GAN",
    text:
      "The discriminator no longer names the genres, it is told them and judges whether poster and genres belong together: one vector for each genre, held against what it sees in the poster.",
    verdict: "Nearer to real posters in their detail, and more various within a genre.",
    papers: ["cGan", "projection"],
  },
  {
    model: "r3gan",
    name: "R3GAN",
    text:
      "The tricks of ten years taken out again. Each drawn poster is judged beside a real one of the same genres, and the discriminator may nowhere be steeper than it must, neither at real nor at drawn posters. That alone keeps training from collapsing, so the networks can be plain, deep stacks of residual blocks.",
    verdict: "Few parts, and a proof that training near its goal comes to rest there.",
    papers: ["r3gan", "relativistic", "r1", "ada"],
  },
  {
    model: "stylegan2",
    name: "StyleGAN2",
    text:
      "Dice and genres first become a style, by a small network of its own. The picture starts from one and the same learnt grid; at every size the style says how strongly each filter speaks, and noise adds what is chance. The pictures of all sizes are summed.",
    verdict: "Coarse traits and fine ones can be taken from two different posters.",
    papers: ["styleGan2", "styleGan", "ada"],
  },
];
