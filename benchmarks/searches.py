"""Which score a search should maximize: scorers against what a user wants.

Configurations of ``GANGenerator`` are drawn at random, the same for all tables. Each is
fitted on two thirds of some rows and scored on the last third, as a search would, by
``score`` (the Parzen-window log-likelihood) and by the scorers of ``skgan.metrics``.
What a user wants is measured on rows that neither has seen: how hard boosted trees find
it to tell samples from them, how well a model that has learned from samples predicts
them, and how far the dependence between columns is off. Rank correlations over the
configurations say which score picks what is wanted; 1 is best.
"""

from pathlib import Path

import numpy as np
from common import parser, print_machine, settings
from harness import Bench
from real_tables import TARGETS, load
from summary import SCORERS, WANTED, of_searches

from skgan import GANGenerator, metrics

KEYS = ["table", "configuration", "params"]
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


def score(name, gan, rows):
    """What a search would see."""
    scorer = GANGenerator.score if name == "score" else getattr(metrics, name)()
    return float(scorer(gan, rows))


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, table, configuration, params):
        rows, test = load(table, self.data)
        rows = rows.sample(min(len(rows), MAX_ROWS), random_state=0, ignore_index=True)
        validation, train = rows.iloc[: len(rows) // 3], rows.iloc[len(rows) // 3 :]
        gan = GANGenerator(random_state=configuration, **settings(params))
        gan.fit(train)
        figures = {name: score(name, gan, validation) for name in SCORERS}
        samples = gan.sample(len(train), random_state=0)
        utility = metrics.train_on_synthetic_score(train, test, samples, TARGETS[table])
        return figures | {
            "held_out": metrics.two_sample_score(test, samples, random_state=0),
            "utility": utility.synthetic,
            "trend": -metrics.column_trend_error(test, samples),
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
    for name, lines in of_searches(bench.rows).items():
        print(name, *(" | ".join(line) for line in lines), sep="\n    ")


if __name__ == "__main__":
    main()
