// The papers that the house's methods are from.

/** A published source. */
export interface Paper {
  /** As people cite it: authors and year. */
  cite: string;
  title: string;
  url: string;
}

const arxiv = (cite: string, title: string, id: string): Paper => (
  { cite, title, url: `https://arxiv.org/abs/${id}` }
);

/** By the short names that the pages use. */
export const PAPERS = {
  gan: arxiv("Goodfellow and others, 2014", "Generative Adversarial Networks", "1406.2661"),
  cycleGan: arxiv(
    "Zhu, Park, Isola, Efros, 2017",
    "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
    "1703.10593",
  ),
  pix2pix: arxiv(
    "Isola, Zhu, Zhou, Efros, 2016",
    "Image-to-Image Translation with Conditional Adversarial Networks",
    "1611.07004",
  ),
  perceptual: arxiv(
    "Johnson, Alahi, Fei-Fei, 2016",
    "Perceptual Losses for Real-Time Style Transfer and Super-Resolution",
    "1603.08155",
  ),
  instanceNorm: arxiv(
    "Ulyanov, Vedaldi, Lempitsky, 2016",
    "Instance Normalization: The Missing Ingredient for Fast Stylization",
    "1607.08022",
  ),
  lsgan: arxiv(
    "Mao and others, 2016",
    "Least Squares Generative Adversarial Networks",
    "1611.04076",
  ),
  wganGp: arxiv(
    "Gulrajani and others, 2017",
    "Improved Training of Wasserstein GANs",
    "1704.00028",
  ),
  hinge: arxiv("Lim, Ye, 2017", "Geometric GAN", "1705.02894"),
  pool: arxiv(
    "Shrivastava and others, 2016",
    "Learning from Simulated and Unsupervised Images through Adversarial Training",
    "1612.07828",
  ),
  vgg: arxiv(
    "Simonyan, Zisserman, 2014",
    "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "1409.1556",
  ),
  resnet: arxiv(
    "He, Zhang, Ren, Sun, 2015",
    "Deep Residual Learning for Image Recognition",
    "1512.03385",
  ),
  inception: arxiv(
    "Szegedy and others, 2015",
    "Rethinking the Inception Architecture for Computer Vision",
    "1512.00567",
  ),
  dcgan: arxiv(
    "Radford, Metz, Chintala, 2015",
    "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
    "1511.06434",
  ),
  vae: arxiv("Kingma, Welling, 2013", "Auto-Encoding Variational Bayes", "1312.6114"),
  cvae: {
    cite: "Sohn, Lee, Yan, 2015",
    title: "Learning Structured Output Representation using Deep Conditional Generative Models",
    url:
      "https://papers.nips.cc/paper/5775-learning-structured-output-representation-using-deep-conditional-generative-models",
  },
  vaeGan: arxiv(
    "Larsen, Sønderby, Larochelle, Winther, 2015",
    "Autoencoding beyond pixels using a learned similarity metric",
    "1512.09300",
  ),
  acGan: arxiv(
    "Odena, Olah, Shlens, 2016",
    "Conditional Image Synthesis with Auxiliary Classifier GANs",
    "1610.09585",
  ),
  cGan: arxiv("Mirza, Osindero, 2014", "Conditional Generative Adversarial Nets", "1411.1784"),
  projection: arxiv("Miyato, Koyama, 2018", "cGANs with Projection Discriminator", "1802.05637"),
  r3gan: arxiv(
    "Huang, Gokaslan, Kuleshov, Tompkin, 2025",
    "The GAN is dead; long live the GAN! A Modern GAN Baseline",
    "2501.05441",
  ),
  relativistic: arxiv(
    "Jolicoeur-Martineau, 2018",
    "The relativistic discriminator: a key element missing from standard GAN",
    "1807.00734",
  ),
  r1: arxiv(
    "Mescheder, Geiger, Nowozin, 2018",
    "Which Training Methods for GANs do actually Converge?",
    "1801.04406",
  ),
  styleGan: arxiv(
    "Karras, Laine, Aila, 2018",
    "A Style-Based Generator Architecture for Generative Adversarial Networks",
    "1812.04948",
  ),
  styleGan2: arxiv(
    "Karras and others, 2019",
    "Analyzing and Improving the Image Quality of StyleGAN",
    "1912.04958",
  ),
  ada: arxiv(
    "Karras and others, 2020",
    "Training Generative Adversarial Networks with Limited Data",
    "2006.06676",
  ),
  diffAugment: arxiv(
    "Zhao and others, 2020",
    "Differentiable Augmentation for Data-Efficient GAN Training",
    "2006.10738",
  ),
  walk: arxiv("White, 2016", "Sampling Generative Networks", "1609.04468"),
  adam: arxiv("Kingma, Ba, 2014", "Adam: A Method for Stochastic Optimization", "1412.6980"),
  average: arxiv(
    "Yazıcı and others, 2018",
    "The Unusual Effectiveness of Averaging in GAN Training",
    "1806.04498",
  ),
  kid: arxiv("Bińkowski and others, 2018", "Demystifying MMD GANs", "1801.01401"),
  fid: arxiv(
    "Heusel and others, 2017",
    "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium",
    "1706.08500",
  ),
  swd: arxiv(
    "Karras, Aila, Laine, Lehtinen, 2017",
    "Progressive Growing of GANs for Improved Quality, Stability, and Variation",
    "1710.10196",
  ),
  precision: arxiv(
    "Kynkäänniemi and others, 2019",
    "Improved Precision and Recall Metric for Assessing Generative Models",
    "1904.06991",
  ),
  coverage: arxiv(
    "Naeem and others, 2020",
    "Reliable Fidelity and Diversity Metrics for Generative Models",
    "2002.09797",
  ),
  cas: arxiv(
    "Ravuri, Vinyals, 2019",
    "Classification Accuracy Score for Conditional Generative Models",
    "1905.10887",
  ),
  ssim: {
    cite: "Wang, Bovik, Sheikh, Simoncelli, 2004",
    title: "Image quality assessment: from error visibility to structural similarity",
    url: "https://doi.org/10.1109/TIP.2003.819861",
  },
} satisfies Record<string, Paper>;

/** The name of one of them. */
export type PaperName = keyof typeof PAPERS;
