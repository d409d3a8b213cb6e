"""Writes metrics.safetensors: the metrics of models/metrics/ computed by numpy alone, in float64, from their definitions.

    python3 make_metric_goldens.py FOLDER        (needs torch and numpy; the committed file was made with numpy 2.4.6)

Inputs are rounded to float16, so they are exact in every precision; results are stored as F32. Every figure is written the long
way (all pairs at once, every window of a picture on its own), which is not how Lobbycard computes it.
"""

import sys
from pathlib import Path

import numpy
import torch

from make_goldens import write_safetensors

SEED = 20170626
WIDTH, GENRES = 12, 5


def exact(values):
    """The nearest values that float16 can hold, as float64."""
    return numpy.asarray(values).astype(numpy.float16).astype(numpy.float64)


def clusters(random, rows, shift, centres):
    """Vectors around some centres, stretched differently along each axis."""
    spread = numpy.linspace(0.2, 1.5, WIDTH)
    return exact(centres[random.integers(len(centres), size=rows)] + spread * random.standard_normal((rows, WIDTH)) + shift)


def frechet(a, b):
    """Heusel et al. 2017: the root's trace from the eigenvalues of the product, which is not symmetric."""
    product = numpy.cov(a, rowvar=False) @ numpy.cov(b, rowvar=False)
    roots = numpy.sqrt(numpy.maximum(numpy.linalg.eigvals(product).real, 0))
    spread = numpy.trace(numpy.cov(a, rowvar=False)) + numpy.trace(numpy.cov(b, rowvar=False))
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + spread - 2 * roots.sum()


def kernel(a, b):
    """Binkowski et al. 2018, equation 4, over all rows."""
    gram = lambda x, y: (x @ y.T / WIDTH + 1) ** 3
    same = lambda x: (gram(x, x).sum() - numpy.trace(gram(x, x))) / (len(x) * (len(x) - 1))
    return same(a) + same(b) - 2 * gram(a, b).mean()


def distances(a, b):
    return numpy.sqrt(((a[:, None] - b[None]) ** 2).sum(2))


def radius(rows, neighbours):
    """The distance of each row to its neighbour of that number; the row itself comes first."""
    return numpy.sort(distances(rows, rows), 1)[:, neighbours]


def manifolds(real, fake):
    """Kynkaanniemi et al. 2019 with k = 3, Naeem et al. 2020 with k = 5."""
    between = distances(real, fake)
    in_real = between <= radius(real, 5)[:, None]
    return [
        (between <= radius(real, 3)[:, None]).any(0).mean(),
        (between <= radius(fake, 3)[None]).any(1).mean(),
        in_real.sum() / (5 * len(fake)),
        in_real.any(1).mean(),
    ]


def ranking(scores, labels):
    """R-precision over posters, average precision over genres, F1 over both at a score of 0."""
    own = [set(numpy.flatnonzero(row)) for row in labels]
    best = [set(numpy.argsort(-row)[: len(genres)]) for row, genres in zip(scores, own)]
    r_precision = numpy.mean([len(a & b) / len(a) for a, b in zip(own, best)])
    precisions = []
    for genre in range(GENRES):
        # Of equal scores those without the genre come first.
        hits = labels[numpy.lexsort((labels[:, genre], -scores[:, genre])), genre]
        precision = numpy.cumsum(hits) / numpy.arange(1, len(hits) + 1)
        precisions.append((precision * hits).sum() / hits.sum())
    named = scores > 0
    right, wrong, missed = (named & (labels == 1)).sum(), (named & (labels == 0)).sum(), (~named & (labels == 1)).sum()
    return [r_precision, numpy.mean(precisions), right / (right + (wrong + missed) / 2)]


def psnr(a, b):
    return 20 * numpy.log10(255) - 10 * numpy.log10(((a - b) ** 2).mean())


def ssim(a, b):
    """Wang et al. 2004 over every 11x11 window that lies inside, each weighted by its own 121 numbers."""
    axis = numpy.arange(11) - 5
    weights = numpy.exp(-(axis[:, None] ** 2 + axis[None] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for channel in range(3):
        for y in range(a.shape[0] - 10):
            for x in range(a.shape[1] - 10):
                p, q = (image[y : y + 11, x : x + 11, channel] for image in (a, b))
                mp, mq = (weights * p).sum(), (weights * q).sum()
                vp, vq = (weights * (p - mp) ** 2).sum(), (weights * (q - mq) ** 2).sum()
                common = (weights * (p - mp) * (q - mq)).sum()
                values.append((2 * mp * mq + c1) * (2 * common + c2) / ((mp**2 + mq**2 + c1) * (vp + vq + c2)))
    return numpy.mean(values)


def main(folder):
    random = numpy.random.default_rng(SEED)
    centres = 2 * random.standard_normal((3, WIDTH))
    real, training = clusters(random, 60, 0, centres), clusters(random, 90, 0, centres)
    samples = clusters(random, 47, 0.2, centres[:2])
    labels, asked = ((random.random((rows, GENRES)) < [0.5, 0.6, 0.2, 0.7, 0.5]) for rows in (60, 47))
    labels[:, 1] |= ~labels.any(1)
    scores = exact(random.standard_normal((60, GENRES)) + labels)
    truth = random.integers(256, size=(20, 27, 3)).astype(float)
    truth = numpy.floor((truth + numpy.roll(truth, 1, 0) + numpy.roll(truth, 1, 1)) / 3)
    picture = numpy.clip(numpy.floor(0.9 * truth + 20 * random.standard_normal(truth.shape)), 0, 255)

    near = numpy.sort(distances(samples, training), 1)
    held = numpy.sort(distances(real, training).min(1))
    genres = [g for g in range(GENRES) if min(labels[:, g].sum(), asked[:, g].sum()) >= 20]
    genre_kernels = [kernel(real[labels[:, g]], samples[asked[:, g]]) for g in genres]
    assert 0 < len(genres) < GENRES

    inputs = {
        "real": real, "samples": samples, "training": training, "labels": labels, "asked": asked,
        "scores": scores, "picture": picture, "truth": truth,
    }
    results = {
        "frechet": frechet(real, samples), "frechet.few": frechet(real[:8], samples[:7]),
        "kernel": kernel(real, samples), "manifolds": manifolds(real, samples),
        "ranking": ranking(scores, labels.astype(int)), "psnr": psnr(picture, truth), "ssim": ssim(picture, truth),
        "nearest": near[:, :7], "nearest.first": distances(samples, training).argmin(1),
        "medians": [numpy.median(near[:, 0]), numpy.median(held)], "near.share": (near[:, 0] < held[0]).mean(),
        "genres": genres, "genre.kernels": genre_kernels,
    }
    tensor = lambda values, kind: torch.from_numpy(numpy.array(values, dtype=kind, ndmin=1))
    stored = {name: tensor(values, numpy.float16) for name, values in inputs.items()}
    stored |= {name: tensor(values, numpy.float64) for name, values in results.items()}
    write_safetensors(Path(folder) / "metrics.safetensors", stored, {"numpy": numpy.__version__, "seed": SEED})


if __name__ == "__main__":
    main(sys.argv[1])
