"""Images that a generator adds to twenty of a class: are they of it, do they help?

The draws are those of ``few_images.py``, of drawings the first of each kind, and so are
the classifiers of pixels, which see added images of the rare class until both classes
are of one size:

- ``alone``: as ``GANOverSampler`` adds them: of a generator that knows the twenty
  images and no others, with differentiable augmentation;
- ``drawn``: of a generator that classes share (``per_class=False``), which learns from
  all 2,020 images, rare or not, with differentiable augmentation and with clusters
  within the labels;
- ``accepted``: those of them that look most like the class, as ``GANOverSampler`` then
  adds them;
- ``short_drawn`` and ``short``: the same two of a generator that trains for 500
  iterations, an eighth of the default;
- ``unaugmented`` and ``unclustered``: accepted ones of such short generators without
  the augmentation, and without the clusters;
- ``shifted``: the twenty real ones, each shifted by up to two pixels.

A judge, a network that was trained on all labeled images of the set, tells how many are
of the class. Their variety is the median distance from an added image to the nearest of
as many others, as a share of that among real images. Copies of the twenty would be
nearer to them than test images of the class are: the median distance to the nearest of
the twenty is a share of that of these. The ``margin`` is by how much
their median score exceeds what ``GANOverSampler`` asks for. ``summary.py`` makes gains
of the scores over no added images, whose scores ``few_images.csv`` has.

Results go to a CSV file, and a run that is there already is left out. Generators,
judges and added images are kept in a folder: delete it to measure anew.
"""

from itertools import product
from pathlib import Path

import joblib
import numpy as np
import torch
from common import parser, print_machine
from few_images import (
    CLASSIFIERS,
    N_ITER,
    N_KINDS,
    average_precision,
    images_of,
    rare_class,
)
from harness import Bench, clock
from real_images import load
from sklearn.metrics import pairwise_distances
from torch import nn

from skgan import DCGANGenerator
from skgan.estimators.likeness import Likeness, draw_alike
from skgan.exceptions import silent

N_DRAWS = {"mnist": 5, "quickdraw": N_KINDS}
GENERATORS = {  # by the name of the sampler that has one of its own
    "accepted": {},
    "short": {"max_iter": N_ITER},
    "unaugmented": {"max_iter": N_ITER, "augmentation": None},
    "unclustered": {"max_iter": N_ITER, "n_clusters": 1},
    "alone": {"class_conditional": False},
}
DRAWN = {"drawn": "accepted", "short_drawn": "short", "alone": "alone"}
SAMPLERS = [*GENERATORS, "drawn", "short_drawn", "shifted"]
KEYS = ["data", "sampler", "classifier", "draw"]
FIGURES = [
    *("average_precision", "share", "judge_accuracy", "variety", "to_training"),
    "margin",
    *("training_seconds", "sampling_seconds"),
]
N_EPOCHS = {"mnist": 3, "quickdraw": 8}
MAX_SHIFT, N_NEAREST = 2, 300


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data, kept):
        self.data, self.kept = data, kept

    def __call__(self, data, sampler, classifier, draw):
        (X, y), (test, y_test) = images_of(data, self.data, draw)
        path = self.kept / f"{data}_{sampler}_{draw}.joblib"
        if not path.exists():
            joblib.dump(self.added(data, sampler, draw, X, y), path)
        images, figures = joblib.load(path)
        more = np.concatenate([X, images]) / 255, np.r_[y, np.ones(len(images), int)]
        score = average_precision(classifier, *more, test / 255, y_test)
        figures["to_training"] = to_training(images, X[y == 1], test[y_test == 1])
        return figures | {"average_precision": score}

    def added(self, data, sampler, draw, X, y):
        """Images that a sampler adds, and figures of them."""
        n_new, gan = int((y == 0).sum() - (y == 1).sum()), None
        figures = {"training_seconds": 0.0, "margin": np.nan}
        if sampler != "shifted":
            found = self.generator(data, DRAWN.get(sampler, sampler), draw, X, y)
            gan, figures["training_seconds"] = found
        start = clock()
        if sampler == "shifted":
            images = shifted(X[y == 1], n_new, draw)
        elif sampler in DRAWN:
            label = {"y": 1} if gan.class_conditional else {}
            images = gan.sample(n_new, random_state=draw, **label)
        else:
            likeness = Likeness(gan, X, y == 1, draw)
            images, score = draw_alike(gan, 1, likeness, n_new, draw)
            figures["margin"] = score - likeness.least
        figures["sampling_seconds"] = clock() - start
        judge, figures["judge_accuracy"] = self.judge(data)
        known, rare = load(data, self.data), rare_class(data, draw)
        figures["share"] = float((judge(images) == rare).mean())
        real = known.test[known.test_labels == rare].reshape(-1, X.shape[1])
        n = min(len(real), N_NEAREST)
        figures["variety"] = nearest(images[:n]) / nearest(real[:n])
        return images, figures

    def generator(self, data, name, draw, X, y):
        """A fitted generator, and the seconds that took."""
        path = self.kept / f"{data}_{name}_gan_{draw}.joblib"
        if not path.exists():
            params = {"class_conditional": True} | GENERATORS[name]
            gan = DCGANGenerator(image_shape=(28, 28), random_state=draw, **params)
            start = clock()
            with silent():
                gan.fit(*((X, y) if gan.class_conditional else (X[y == 1],)))
            joblib.dump((gan, clock() - start), path)
        return joblib.load(path)

    def judge(self, data):
        """What gives labels to images, and its accuracy on images it has not seen."""
        images, path = load(data, self.data), self.kept / f"{data}_judge.pt"
        network = judging_network(len(np.unique(images.labels)))
        if not path.exists():
            train_judge(network, images, N_EPOCHS[data])
            torch.save(network.state_dict(), path)
        network.load_state_dict(torch.load(path))
        network.eval()

        def judge(X):
            with torch.inference_mode():
                found = [network(part).argmax(1) for part in tensor(X).split(500)]
            return torch.cat(found).numpy()

        return judge, float((judge(images.test) == images.test_labels).mean())


def shifted(X, n, seed):
    """Images drawn again, each shifted by up to two pixels; edges are dark."""
    rng, side = np.random.default_rng(seed), round(X.shape[1] ** 0.5)
    images = np.pad(X.reshape(-1, side, side), [(0, 0), *[(MAX_SHIFT, MAX_SHIFT)] * 2])
    corners = rng.integers(0, 2 * MAX_SHIFT + 1, (n, 2))
    drawn = images[rng.integers(len(X), size=n)]
    pairs = zip(drawn, corners, strict=True)
    parts = [image[i : i + side, j : j + side] for image, (i, j) in pairs]
    return np.reshape(parts, (n, -1))


def nearest(X):
    """The median distance from an image to the nearest other one."""
    distances = pairwise_distances(X / 255)
    np.fill_diagonal(distances, np.inf)
    return float(np.median(distances.min(1)))


def to_training(images, known, fresh):
    """How far images are from the nearest known one, as a share of fresh ones."""
    some = images[:N_NEAREST]
    own, others = (
        np.median(pairwise_distances(x / 255, known / 255).min(1))
        for x in (some, fresh)
    )
    return float(own / others)


def judging_network(n_labels):
    """Two layers of convolutions and two dense ones, of images 28x28."""
    return nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(32 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.3)),
        nn.Linear(128, n_labels),
    )


def train_judge(network, images, n_epochs):
    """Train with Adam, a hundred images at a time."""
    torch.manual_seed(0)
    for module in network:
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    X, y = tensor(images.train), torch.tensor(images.labels.astype(np.int64))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(n_epochs):
        for batch in torch.randperm(len(X)).split(100):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(X[batch]), y[batch]).backward()
            optimizer.step()


def tensor(X):
    return torch.tensor(X.reshape(-1, 1, 28, 28) / 255, dtype=torch.float32)


def main():
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder of the files")
    options.add_argument("--sets", nargs="+", default=[*N_DRAWS])
    options.add_argument("--samplers", nargs="+", default=SAMPLERS, choices=SAMPLERS)
    options.add_argument("--classifiers", nargs="+", default=CLASSIFIERS)
    options.add_argument("--kept", type=Path, required=True, help="of what is drawn")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    options.kept.mkdir(parents=True, exist_ok=True)
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    work = Work(options.data, options.kept)
    for classifier, sampler, data in product(
        options.classifiers, options.samplers, options.sets
    ):
        how = {"data": data, "sampler": sampler, "classifier": classifier}
        for draw in range(N_DRAWS[data]):
            bench.run(work, **how, draw=draw)
    bench.print_medians("data", "sampler", "classifier")


if __name__ == "__main__":
    main()
