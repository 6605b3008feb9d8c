"""What refinement makes of other generators' rows: Adult, before and after.

Gaussian mixtures and kernel densities of scikit-learn, independent columns, CTGAN where
it is installed, and a pool of rows that mostlyai-engine 2.7 drew after a fit to the
training rows ("tabular_argn", from the file of ``--data``). Printed are two-sample
scores by trees and by XGBoost, where that is installed, of as many rows as there are
held-out ones, which they are compared with, and of as many as training rows, with
these; how many candidates are accepted; and seconds.

Results go to a CSV file, and a run that is there already is left out.
"""

from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
from baselines import METHODS
from common import parser, print_machine
from harness import Bench, Stopwatch
from real_tables import drawn_by_peer, load
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity

from skgan import RefinedGenerator
from skgan.metrics import two_sample_score

JUDGES = ["trees", *(["xgboost"] if find_spec("xgboost") else [])]
KEYS = ["generator", "seed"]
FIGURES = ["fit_seconds", "sample_seconds", "acceptance"] + [
    f"{name}_{judge}_{when}"
    for name, judge, when in product(
        ("train", "held_out"), ("trees", "xgboost"), ("before", "after")
    )
]
GENERATORS = {
    "gaussian_mixture": lambda: GaussianMixture(20),
    "kernel_density": lambda: KernelDensity(bandwidth=0.2),
    "independent": lambda: Fitted("independent"),
    "ctgan": lambda: Fitted("ctgan_300"),
    "tabular_argn": lambda: None,
}


class Fitted:
    """A method of the baselines, as an object with ``fit`` and ``sample``."""

    def __init__(self, name):
        self.name, self.random_state = name, 0

    def fit(self, X):
        self.method = METHODS[self.name](self.random_state)
        self.method.fit(X, target="income")
        return self

    def sample(self, n):
        return self.method.sample(n, self.random_state)


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, generator, seed):
        train, test = load("adult", self.data)
        watch, pool = Stopwatch(), None
        refined = RefinedGenerator(GENERATORS[generator](), random_state=seed)
        if generator == "tabular_argn":
            pool = drawn_by_peer(self.data, train)
        with watch("fit_seconds"):
            refined.fit(train, pool=pool)
        with watch("sample_seconds"):
            after = refined.sample(len(train), random_state=seed)
        if pool is None:
            before = unrefined(refined, len(train), seed)
        else:
            before = pool.sample(len(train), random_state=seed)
        figures = {"acceptance": refined.acceptance_rate_}
        for judge in JUDGES:
            for when, rows in (("before", before), ("after", after)):
                few = rows.sample(len(test), random_state=seed)
                for name, real, drawn in (
                    ("train", train, rows),
                    ("held_out", test, few),
                ):
                    figures[f"{name}_{judge}_{when}"] = two_sample_score(
                        real, drawn, classifier=judge, random_state=seed
                    )
        return figures | watch.seconds


def unrefined(refined, n_rows, seed):
    """Candidates, as rows."""
    model = refined._model
    encoded = model.draw(model.label_codes(None, n_rows, seed), seed, refine=False)
    return refined.encoder_.build(encoded, np.random.default_rng(seed))


def main():
    options = parser(__doc__, seeds=3)
    options.add_argument("--generators", nargs="+", default=[*GENERATORS])
    options.add_argument("--data", type=Path, required=True, help="folder of files")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for seed, name in product(range(options.seeds), options.generators):
        if name != "ctgan" or find_spec("ctgan"):
            bench.run(Work(options.data), generator=name, seed=seed)
    bench.print_medians("generator")


if __name__ == "__main__":
    main()
