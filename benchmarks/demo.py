"""Train a GAN on digits, compare its samples with baselines, write two pictures.

Every row of the table is measured alike: the samples of a model are the centers of a
Parzen window, its bandwidth is chosen on validation rows, and the table shows the mean
log-likelihood of test rows, which no model was given, with its standard error. The
pictures go to the folder demo, which git ignores; those of README and of the guide are
drawn anew by --out docs/_static.
"""

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from common import parser, print_machine
from sklearn.datasets import load_digits
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neighbors import KernelDensity

from skgan import GANGenerator
from skgan.metrics import parzen_log_likelihood, select_bandwidth
from skgan.plotting import LossCurveDisplay, SampleGridDisplay

N_SAMPLES = 10_000
BANDWIDTHS = np.geomspace(0.5, 8, 40)  # in gray levels of 0 to 16
PICTURES = Path(__file__).parent.parent / "demo"  # ignored by git


class Score(NamedTuple):
    """Mean log-likelihood of the test rows and its standard error."""

    name: str
    mean: float
    standard_error: float

    def __str__(self):
        return f"{self.name:<38}{self.mean:8.1f} +- {self.standard_error:.1f}"


def parzen_score(name, samples, validation, test):
    bandwidth = select_bandwidth(validation, samples, BANDWIDTHS)
    log_likelihood = parzen_log_likelihood(test, samples, bandwidth)
    error = log_likelihood.std(ddof=1) / np.sqrt(len(test))
    return Score(name, log_likelihood.mean(), error)


def baselines(train, random_state):
    """Samples by name: what a GAN has to beat, and what it cannot be asked to."""
    rng = np.random.RandomState(random_state)
    mixtures = [
        GaussianMixture(k, reg_covar=1e-2, random_state=random_state).fit(train)
        for k in range(1, 21)
    ]
    mixture = min(mixtures, key=lambda model: model.bic(train))
    grid = {"bandwidth": np.geomspace(0.5, 8, 10)}
    density = GridSearchCV(KernelDensity(), grid, cv=3).fit(train).best_estimator_
    columns = [rng.choice(column, N_SAMPLES) for column in train.T]
    return {
        f"GaussianMixture ({mixture.n_components} components by BIC)": mixture.sample(
            N_SAMPLES
        )[0],
        "KernelDensity": density.sample(N_SAMPLES, random_state=random_state),
        "independent columns": np.column_stack(columns),
        f"real training rows ({len(train):,})": train,
    }


def verdict(score, others):
    """One sentence that says which rows lie above the score, and which below."""
    better = [other.name for other in others if other.mean > score.mean]
    worse = [other.name for other in others if other.mean <= score.mean]
    parts = [
        f"{relation} {' and '.join(names)}"
        for relation, names in (("worse than", better), ("better than", worse))
        if names
    ]
    return f"By this measure {score.name} is {'; '.join(parts)}."


def write_pictures(gan, real, folder):
    """Write samples beside real rows, and the losses; return the paths."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4.2), layout="constrained")
    SampleGridDisplay.from_estimator(gan, random_state=0, ax=left, name="generated")
    SampleGridDisplay.from_samples(real[:64], ax=right, name="real")
    paths = [folder / "digits.png", folder / "loss_curve.png"]
    figure.savefig(paths[0], dpi=100)
    figure, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
    LossCurveDisplay.from_estimator(gan, ax=ax)
    figure.savefig(paths[1], dpi=100)
    plt.close("all")
    return paths


def main():
    options = parser(__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument(
        "--out", type=Path, default=PICTURES, help="folder of the pictures"
    )
    options = options.parse_args()
    print_machine(options.threads)
    train, rest = train_test_split(load_digits().data, test_size=600, random_state=0)
    validation, test = np.array_split(rest, 2)

    start = time.perf_counter()
    gan = GANGenerator(verbose=1, random_state=options.seed).fit(train)
    print(f"GANGenerator trained in {time.perf_counter() - start:.0f} s")

    samples = gan.sample(N_SAMPLES, random_state=options.seed)
    score = parzen_score("GANGenerator", samples, validation, test)
    others = [
        parzen_score(name, rows, validation, test)
        for name, rows in baselines(train, options.seed).items()
    ]
    print(f"\nParzen log-likelihood of {len(test)} test digits, in nats")
    for row in [score, *others]:
        print(row)
    print(verdict(score, others))
    paths = write_pictures(gan, test, options.out)
    print("Pictures:", *paths, sep="\n")


if __name__ == "__main__":
    main()
