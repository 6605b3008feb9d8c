"""Classify images by what a discriminator has learned, by pixels and by components.

The procedure of the DCGAN paper (Radford et al. 2015, section 5.1): a GAN is trained on
all training images without labels, the maps of all layers of its discriminator are
max-pooled to 4x4, and a linear support vector machine learns from the features of those
images that have a label: of MNIST 1,000, of the other sets all. Components are those of
all training images, too. C, whether features are standardized, and the number of
components are chosen by cross-validation on the images with labels. "accuracy" is that
on held-out images. Results go to a CSV file, and a run that is there already is left
out.
"""

import time
from pathlib import Path

import numpy as np
from common import parser, print_machine
from harness import Bench
from images import train_for
from real_images import NAMES, load
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skgan import DiscriminatorFeatures

KEYS, FIGURES = ["data", "method", "minutes", "seed"], ["accuracy", "seconds"]
METHODS = ["pixels", "components", "discriminator"]
N_LABELS = {"mnist": 1_000}
N_COMPONENTS = [20, 50, 100, 200]


def first_columns(n):
    return ColumnTransformer([("first", "passthrough", slice(0, n))])


GRID = {"scale": [None, StandardScaler()], "svc__C": np.geomspace(1e-5, 0.1, 5)}
OWN = {"components": {"choose": [first_columns(n) for n in N_COMPONENTS]}}


def pixels(images):
    return images.reshape(len(images), -1) / 255


def transformer(method, train, minutes, seed):
    """A function that makes features of images."""
    if method == "pixels":
        return pixels
    if method == "components":
        pca = PCA(max(N_COMPONENTS), random_state=seed).fit(pixels(train))
        return lambda images: pca.transform(pixels(images))
    gan, _ = train_for(60 * minutes, train, {"random_state": seed})
    return DiscriminatorFeatures(FrozenEstimator(gan)).fit(train).transform


class Work:
    """One run: what a process of its own does."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, data, method, minutes, seed):
        start = time.perf_counter()
        images = load(data, self.folder)
        transform = transformer(method, images.train, minutes, seed)
        rng, n = np.random.default_rng(seed), len(images.train)
        labeled = rng.permutation(n)[: N_LABELS.get(data, n)]
        svc = LinearSVC(random_state=seed)
        model = Pipeline([("choose", None), ("scale", None), ("svc", svc)])
        search = GridSearchCV(model, GRID | OWN.get(method, {}), cv=3)
        search.fit(transform(images.train[labeled]), images.labels[labeled])
        return {
            "accuracy": search.score(transform(images.test), images.test_labels),
            "seconds": time.perf_counter() - start,
        }


def main():
    options = parser(__doc__, seeds=1)
    options.add_argument("--data", type=Path, help="folder of the files")
    options.add_argument("--sets", nargs="+", default=["digits"], choices=NAMES)
    options.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    options.add_argument("--minutes", type=float, default=5.0, help="of training a GAN")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    work = Work(options.data)
    for seed in range(options.seeds):
        for data in options.sets:
            for method in options.methods:
                minutes = options.minutes if method == "discriminator" else 0
                bench.run(work, data=data, method=method, minutes=minutes, seed=seed)
    bench.print_medians("data", "method", "minutes")


if __name__ == "__main__":
    main()
