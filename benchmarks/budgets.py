"""How long small tables are trained, and with which penalties: quality and leaks.

A table is split anew for each seed: training rows, held-out rows, and of larger tables
rows of an attacker. A default GAN is trained for so many iterations, with so many
times the penalty of large tables; "auto" is what it does by default. Printed are the
two-sample score against the held-out rows, refined and not, mean of three draws, the
share of copies of the report on training, and the percentage of members that the
strongest attack of the benchmark of privacy finds at 10 % false alarms.

Results go to a CSV file, and a run that is there already is left out.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from common import parser, print_machine
from harness import Bench, Stopwatch
from real_tables import load

from skgan import GANGenerator
from skgan.exceptions import silent
from skgan.metrics import membership_attacks, two_sample_score

# Training rows, held-out rows, and rows of the attacker
SPLITS = {
    "iris": (100, 50, 0),
    "wine": (118, 60, 0),
    "breast_cancer": (379, 190, 0),
    "diabetes": (294, 148, 0),
    "red_wine": (800, 400, 399),
    "abalone": (560, 1_500, 1_500),
    "adult": (2_000, 2_000, 4_000),
    "shoppers": (2_000, 2_000, 4_000),
}
PENALTY = 0.15  # of large tables
KEYS = ["table", "n_iter", "times", "seed"]
FIGURES = ["fit_seconds", "held_out", "unrefined", "copied_percent", "found"]


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, table, n_iter, times, seed):
        train, test, others = self.split(table, seed)
        watch, params = Stopwatch(), {}
        if n_iter != "auto":
            params["max_iter"] = int(n_iter)
        if times != "auto":
            params["penalty_weight"] = float(times) * PENALTY
        gan = GANGenerator(random_state=seed, **params)
        with watch("fit_seconds"), silent():
            gan.fit(train)
        figures = {"copied_percent": gan.training_report_["copied_percent"]}
        for name, refine in (("held_out", True), ("unrefined", False)):
            draws = [
                gan.sample(len(test), refine=refine, random_state=k) for k in range(3)
            ]
            scores = [two_sample_score(test, rows) for rows in draws]
            figures[name] = float(np.mean(scores))
        if len(others):
            (figure, *_) = membership_attacks(
                train,
                test,
                gan.sample(len(train), random_state=9),
                reference=others,
                attacks=["classifier"],
                random_state=seed,
            ).figures
            figures["found"] = figure.at_10
        return figures | watch.seconds

    def split(self, table, seed):
        """Training rows, held-out rows, and rows of the attacker."""
        parts = [part for part in load(table, self.data) if part is not None]
        rows, ends = pd.concat(parts, ignore_index=True), np.cumsum(SPLITS[table])
        order = np.random.RandomState(seed).permutation(len(rows))[: ends[-1]]
        return [
            rows.iloc[own].reset_index(drop=True) for own in np.split(order, ends[:-1])
        ]


def main():
    options = parser(__doc__, seeds=5)
    options.add_argument("--tables", nargs="+", default=[*SPLITS])
    options.add_argument("--iterations", nargs="+", default=["auto"])
    options.add_argument("--times", nargs="+", default=["auto"])
    options.add_argument("--data", type=Path, help="folder of the files")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    every = product(
        range(options.seeds), options.iterations, options.times, options.tables
    )
    for seed, n_iter, times, table in every:
        key = {"table": table, "n_iter": n_iter, "times": times, "seed": seed}
        bench.run(Work(options.data), **key)
    bench.print_medians("table", "n_iter", "times")


if __name__ == "__main__":
    main()
