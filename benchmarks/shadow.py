"""Fits with and without the most exposed rows: what a shadow attack finds of these.

Few rows of abalone, of which the attacker knows all but whether the targets were there.
Rulers stand beside the generator with its defaults: bootstrap draws, and independent
columns. A guess is one target in one fit. Results go to a CSV file, and a run that is
there already is left out.
"""

from itertools import product
from pathlib import Path

from baselines import METHODS
from common import parser, print_machine
from harness import Bench, Stopwatch
from real_tables import load
from sklearn.base import BaseEstimator

from skgan.exceptions import silent
from skgan.metrics import shadow_attack

KEYS = ["table", "method", "n_rows", "n_targets", "n_shadows", "seed"]
OF_REPORT = ["auc", "at_1", "at_1_low", "at_1_high", "at_10", "at_10_low", "at_10_high"]
FIGURES = ["seconds", "largest_auc", *OF_REPORT]
METHODS_SHOWN = ["bootstrap", "independent", "gaussian_copula", "skgan"]


class Generator(BaseEstimator):
    """A method of the benchmarks as an estimator."""

    def __init__(self, name, random_state=None):
        self.name = name
        self.random_state = random_state

    def fit(self, X, y=None):
        self.method_ = METHODS[self.name](self.random_state).fit(X)
        return self

    def sample(self, n_samples=1, *, random_state=None):
        return self.method_.sample(n_samples, random_state)


class Work:
    """One attack: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, table, method, n_rows, n_targets, n_shadows, seed):
        rows, _ = load(table, self.data)
        rows = rows.sample(n_rows, random_state=seed).reset_index(drop=True)
        watch = Stopwatch()
        with watch("seconds"), silent():
            report = shadow_attack(
                Generator(method),
                rows,
                n_targets=n_targets,
                n_shadows=n_shadows,
                random_state=seed,
            )
        (figure,) = report.figures
        found = {name: getattr(figure, name) for name in OF_REPORT}
        return watch.seconds | found | {"largest_auc": report.areas.max()}


def main():
    options = parser(__doc__, seeds=1)
    options.add_argument("--table", default="abalone")
    options.add_argument("--methods", nargs="+", default=METHODS_SHOWN)
    options.add_argument("--rows", type=int, default=300)
    options.add_argument("--targets", type=int, default=10)
    options.add_argument("--shadows", type=int, default=32)
    options.add_argument("--data", type=Path, help="folder of the files")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for seed, method in product(range(options.seeds), options.methods):
        bench.run(
            Work(options.data),
            table=options.table,
            method=method,
            n_rows=options.rows,
            n_targets=options.targets,
            n_shadows=options.shadows,
            seed=seed,
        )


if __name__ == "__main__":
    main()
