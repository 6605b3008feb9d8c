"""GANs of images at equal time, by what a classifier sees and by Parzen windows.

A small convolutional network learns the labels of the real training images. In its
last 128 features, generated images are compared with held-out ones, as many of each:
"FD (CNN)" is the Fréchet distance (not FID: that is another network's), and precision,
recall, density and coverage are those of nearest neighbors. The floor is the distance
of training images. "parzen" is the mean log-likelihood of held-out images in [0, 1]
under a Parzen window around 10,000 generated ones, its bandwidth chosen on others.
"copies" is the share, in percent, of generated images that are nearer to training than
to held-out ones, pixel by pixel, of as many of each; 50 is best. Of copies of all
images it would be 50 and half the share of the training images that are looked at.

Each variant trains for as many iterations as fit into --minutes, found by short runs
before, or for a ``max_iter`` of its own. Results go to a CSV file, and a run that is
there already is left out; with --pictures, a grid of samples of each run is written.
``--params`` takes further settings of ``DCGANGenerator``, one run each.
"""

import pickle
import time
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from common import parser, print_machine, settings
from harness import Bench, clock, seconds_of_fits
from real_images import NAMES, load
from sklearn.frozen import FrozenEstimator
from torch import nn

from skgan import DCGANGenerator, DiscriminatorFeatures
from skgan.conditions import ConditionedRows, auto_n_clusters
from skgan.conditions.clusters import cluster_codes, find_clusters_of
from skgan.encoding import ImageEncoder
from skgan.metrics import (
    copy_share,
    frechet_distance,
    parzen_log_likelihood,
    precision_recall_density_coverage,
    select_bandwidth,
)
from skgan.privacy import MIN_ROWS

KEYS = ["data", "variant", "params", "minutes", "seed"]
FIGURES = [
    "frechet",
    "frechet_floor",
    "precision",
    "recall",
    "density",
    "coverage",
    "coverage_floor",
    "parzen",
    "copies",
    "n_iter",
    "fit_seconds",
]


def clusters_of_discriminator(train, options, n_iter):
    """Clusters of the features of a discriminator, which takes a quarter of the time.

    As self-conditioned GANs do (Liu et al. 2020), but once. Apart from the features
    they are found as by default.
    """
    options = options | {"class_conditional": False, "max_iter": n_iter // 4}
    gan = FrozenEstimator(DCGANGenerator(**options).fit(train))
    features = DiscriminatorFeatures(gan).fit(train).transform(train)
    rows = ConditionedRows(features, lambda rows: rows, np.zeros(len(train), dtype=int))
    n_components = ImageEncoder().clustering.n_components
    clusters = find_clusters_of(rows, n_clusters(train), 0, n_components, MIN_ROWS)
    return cluster_codes(clusters, rows)


def n_clusters(train):
    """As many as by default."""
    own = ImageEncoder().clustering
    return auto_n_clusters(len(train), 1, own.rows_per_cluster, own.most)


OF_DCGAN = {
    "optimizer": partial(torch.optim.Adam, betas=(0.5, 0.999)),
    "learning_rate": 2e-4,
}
NON_SATURATING = {"loss": "non_saturating", **OF_DCGAN}
VARIANTS = {
    "default": {},
    "no clusters": {"n_clusters": 1},
    "clusters of discriminator": {"groups": clusters_of_discriminator},
    "non-saturating": NON_SATURATING,
    "non-saturating, no clusters": NON_SATURATING | {"n_clusters": 1},
    "residual": {"generator": "residual", "discriminator": "residual"},
    "projected": {"generator": "projected"},
    "spectral hinge": {"loss": "hinge", "normalization": "spectral", **OF_DCGAN},
}
CLASSIFIERS = Path(__file__).parent / "kept" / "classifiers"
N_FEATURES = 128
N_STEPS, N_EPOCHS, BATCH = 3_000, 200, 128  # at most so many, of the classifier
BANDWIDTHS = np.geomspace(0.05, 1, 30)


class Classifier(nn.Module):
    """Convolutions, pooling, and 128 features from which labels are predicted."""

    def __init__(self, n_channels, n_labels):
        super().__init__()
        self.features = nn.Sequential(
            *[nn.Conv2d(n_channels, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool2d(4)],
            *[nn.Flatten(), nn.Linear(1024, N_FEATURES), nn.ReLU()],
        )
        self.logits = nn.Linear(N_FEATURES, n_labels)

    def forward(self, images):
        return self.logits(self.features(images))


def as_tensor(images):
    """uint8 images as ``(n, channels, height, width)`` from 0 to 1."""
    images = images.reshape(*images.shape[:3], -1).transpose(0, 3, 1, 2)
    return torch.tensor(images, dtype=torch.float32) / 255


def trained_classifier(name, images, folder):
    """The classifier of a data set, kept in a folder: all runs must see the same."""
    path = folder / f"{name}_classifier.pickle"
    if path.exists():
        return pickle.loads(path.read_bytes())
    torch.manual_seed(0)
    X, y = as_tensor(images.train), torch.tensor(images.labels.astype(np.int64))
    network = Classifier(X.shape[1], int(y.max()) + 1)
    n_steps = min(N_STEPS, N_EPOCHS * len(X) // BATCH)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0, n_steps)
    for _ in range(n_steps):
        index = torch.randint(len(X), (BATCH,))
        loss = nn.functional.cross_entropy(network(X[index]), y[index])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    with torch.inference_mode():
        found = network(as_tensor(images.test)).argmax(1).numpy()
    print(f"{name}: accuracy {(found == images.test_labels).mean():.3f} on held-out")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(network))
    return network


def features(network, images):
    with torch.inference_mode():
        chunks = as_tensor(images).split(500)
        return torch.cat([network.features(part) for part in chunks]).numpy()


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data, folder, pictures):
        self.data, self.folder, self.pictures = data, folder, pictures

    def __call__(self, data, variant, params, minutes, seed):
        images = load(data, self.data)
        network = trained_classifier(data, images, self.folder)
        options = VARIANTS[variant] | settings(params) | {"random_state": seed}
        gan, seconds = train_for(60 * minutes, images.train, options)
        if self.pictures:
            name = f"{data}_{variant}_{crc32(params.encode()):08x}_{seed}.png"
            write_picture(gan, self.pictures / name)
        return {
            **measure(images, network, gan, seed),
            "n_iter": gan.n_iter_,
            "fit_seconds": seconds,
        }


def train_for(seconds, train, options):
    """A GAN of images after so much time of training, and the seconds of its fit.

    Or after ``max_iter`` iterations.
    """
    find_groups, labels = options.pop("groups", None), None
    if find_groups:
        options |= {"class_conditional": True, "n_clusters": 1}
        labels = np.arange(len(train)) % n_clusters(train)  # to be timed with
    once, each = seconds_of_fits(
        lambda n: DCGANGenerator(**options | {"max_iter": n}).fit(train, labels)
    )
    n_iter = options.pop("max_iter", max(100, int((seconds - once) / each)))
    start, own_start = time.perf_counter(), clock()
    if find_groups:
        labels = find_groups(train, options, n_iter)
        n_iter = max(100, n_iter - int((clock() - own_start) / each))
    gan = DCGANGenerator(**options, max_iter=n_iter).fit(train, labels)
    return gan, time.perf_counter() - start


def measure(images, network, gan, seed):
    n = len(images.test)
    rng = np.random.default_rng(seed)
    samples = gan.sample(max(n, 10_000), random_state=seed)
    some = images.train[rng.permutation(len(images.train))[:n]]
    held_out, real, fake = (
        features(network, part) for part in (images.test, some, samples[:n])
    )
    covered = precision_recall_density_coverage(held_out, fake, scale="none")
    floor = precision_recall_density_coverage(held_out, real, scale="none")
    figures = covered._asdict() | {
        "frechet": frechet_distance(held_out, fake),
        "frechet_floor": frechet_distance(held_out, real),
        "coverage_floor": floor.coverage,
    }
    pixels = [
        rows.reshape(len(rows), -1) / 255 for rows in (samples, images.test, some)
    ]
    validation, test = np.array_split(pixels[1], [min(1_000, n // 2)])
    bandwidth = select_bandwidth(validation, pixels[0][:10_000], BANDWIDTHS)
    log_likelihood = parzen_log_likelihood(test, pixels[0][:10_000], bandwidth)
    copies = copy_share(pixels[2], pixels[1], pixels[0][:n], scale="none")
    return figures | {"parzen": log_likelihood.mean(), "copies": copies.percent}


def write_picture(gan, path):
    import matplotlib.pyplot as plt

    from skgan.plotting.images import image_grid

    path.parent.mkdir(parents=True, exist_ok=True)
    grid = image_grid(gan.sample(64, random_state=0), gan.image_shape_)
    plt.imsave(path, np.nan_to_num(grid, nan=255.0), cmap="gray")


def main():
    options = parser(__doc__, seeds=1)
    options.add_argument("--data", type=Path, help="folder of the files")
    options.add_argument("--sets", nargs="+", default=["digits"], choices=NAMES)
    options.add_argument("--variants", nargs="+", default=["default"])
    options.add_argument("--params", nargs="+", default=["{}"], help="of the GAN")
    options.add_argument("--minutes", type=float, default=5.0, help="of each training")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options.add_argument("--classifiers", type=Path, default=CLASSIFIERS)
    options.add_argument("--pictures", type=Path, help="folder of pictures")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    work = Work(options.data, options.classifiers, options.pictures)
    for seed in range(options.seeds):
        for data in options.sets:
            for variant in options.variants:
                for params in options.params:
                    own = {"data": data, "variant": variant, "params": params}
                    bench.run(work, **own, minutes=options.minutes, seed=seed)
    bench.print_medians("data", "variant", "params", "minutes")


if __name__ == "__main__":
    main()
