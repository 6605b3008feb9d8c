"""Which score a search should maximise: scorers against what a user wants.

Configurations of ``GANGenerator`` are drawn at random, the same for all tables. Each is
fitted on two thirds of some rows and scored on the last third, as a search would, by
``score`` (the Parzen-window log-likelihood) and by the scorers of ``skgan.metrics``.
What a user wants is measured on rows that neither has seen: how hard boosted trees find
it to tell samples from them, how well a model that has learned from samples predicts
them, and how far the dependence between columns is off. Rank correlations over the
configurations say which score picks what is wanted; 1 is best.
"""

import ast
from pathlib import Path

import numpy as np
from common import parser, print_machine
from harness import Bench
from real_tables import TARGETS, load
from summary import groups, rank_correlation

from skgan import GANGenerator
from skgan.metrics import (
    CoverageScorer,
    ParzenScorer,
    ShapeScorer,
    TrendScorer,
    TwoSampleScorer,
    column_trend_error,
    train_on_synthetic_score,
    two_sample_score,
)

KEYS = ["table", "configuration", "params"]
SCORERS = {
    "score": GANGenerator.score,
    "ParzenScorer": ParzenScorer(),
    "TwoSampleScorer": TwoSampleScorer(),
    "CoverageScorer": CoverageScorer(),
    "ShapeScorer": ShapeScorer(),
    "TrendScorer": TrendScorer(),
}
WANTED = ["held_out", "utility", "trend"]
FIGURES = [*SCORERS, *WANTED]
MAX_ROWS = 9_000  # to fit and to score


def configuration(number):
    """Settings drawn at random, always the same for a number."""
    rng = np.random.default_rng(number)
    width = int(rng.choice([32, 128, 256]))
    return {
        "loss": str(rng.choice(["relativistic", "non_saturating", "wasserstein"])),
        "learning_rate": float(f"{np.exp(rng.uniform(*np.log([1e-4, 5e-3]))):.2g}"),
        "max_iter": int(rng.choice([200, 600, 2_000])),
        "batch_size": int(rng.choice([64, 256])),
        "hidden_layer_sizes": (width, width),
        "n_clusters": int(rng.choice([1, 10, 50])),
        "refinement": (None, "trees")[rng.integers(2)],
    }


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, table, configuration, params):
        rows, test = load(table, self.data)
        rows = rows.sample(min(len(rows), MAX_ROWS), random_state=0, ignore_index=True)
        validation, train = rows.iloc[: len(rows) // 3], rows.iloc[len(rows) // 3 :]
        gan = GANGenerator(random_state=configuration, **ast.literal_eval(params)).fit(
            train
        )
        figures = {
            name: float(scorer(gan, validation)) for name, scorer in SCORERS.items()
        }
        samples = gan.sample(len(train), random_state=0)
        target = TARGETS[table]
        return figures | {
            "held_out": two_sample_score(test, samples, random_state=0),
            "utility": train_on_synthetic_score(train, test, samples, target).synthetic,
            "trend": -column_trend_error(test, samples),
        }


def main():
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder of the files")
    options.add_argument("--tables", nargs="+", default=["shoppers", "beijing"])
    options.add_argument("--configurations", type=int, default=20)
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for number in range(options.configurations):
        for table in options.tables:
            params = repr(configuration(number))
            key = {"table": table, "configuration": number, "params": params}
            bench.run(Work(options.data), **key)
    for (table,), rows in groups(bench.rows, "table").items():
        print(f"{table}, {len(rows)} configurations: rank correlation with", *WANTED)
        for scorer in SCORERS:
            cells = [f"{rank_correlation(rows, scorer, w):8.2f}" for w in WANTED]
            print(f"    {scorer:18}", *cells)


if __name__ == "__main__":
    main()
