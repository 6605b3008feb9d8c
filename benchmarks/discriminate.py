"""How well ``discriminate`` tells real rows from generated ones and from garbage.

Fits small tables, and prints mean probabilities of training rows, of test rows, of
generated rows before refinement and of rows that are uniform in the range of the data;
the area under the curve of test rows against generated ones; and, of at least 500 test
rows, the calibration error of both, in ten ranges of probability. Results go to a CSV
file, and a run that is there already is left out.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from common import parser, print_machine
from harness import Bench
from real_tables import SKLEARN, load
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from skgan import GANGenerator

KEYS = ["table", "seed"]
FIGURES = ["train", "test", "generated", "garbage", "gap", "auc", "calibration_error"]
# Rows to train on and to test with; None is all others, and a quarter of small tables
SIZES = {"red_wine": (1_000, None), "abalone": (500, None)}
TABLES = [*SKLEARN, *SIZES]
MIN_CALIBRATED = 500  # test rows


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, table, seed):
        train, test = split(table, seed, self.data)
        gan = GANGenerator(random_state=seed).fit(train)
        rng = np.random.default_rng(seed)
        generated = gan.sample(max(len(test), 1_000), refine=False, random_state=seed)
        garbage = gan.discriminate(uniform_rows(train, 1_000, rng))
        train, test, generated = map(gan.discriminate, (train, test, generated))
        sides = test, generated[: len(test)]
        is_real = np.repeat([1, 0], len(test))
        both = np.concatenate(sides)
        figures = {
            "train": train.mean(),
            "test": test.mean(),
            "generated": generated.mean(),
            "garbage": garbage.mean(),
            "gap": abs(train.mean() - test.mean()),
            "auc": roc_auc_score(is_real, both),
        }
        if len(test) >= MIN_CALIBRATED:
            figures["calibration_error"] = calibration_error(both, is_real)
        return {name: float(figure) for name, figure in figures.items()}


def split(table, seed, data):
    """Training and test rows of a table, without its target if scikit-learn has it."""
    if table in SKLEARN:
        rows = SKLEARN[table]().data
        return train_test_split(rows, random_state=seed)
    rows = pd.concat(load(table, data), ignore_index=True)
    train_size, test_size = SIZES[table]
    return train_test_split(
        rows, random_state=seed, train_size=train_size, test_size=test_size
    )


def uniform_rows(rows, n_rows, rng):
    """Rows of columns that know nothing of another, uniform in the range of each."""
    table = pd.DataFrame(rows)
    columns = {name: _uniform(column, n_rows, rng) for name, column in table.items()}
    garbage = pd.DataFrame(columns).astype(table.dtypes)
    return garbage if isinstance(rows, pd.DataFrame) else garbage.to_numpy()


def _uniform(column, n_rows, rng):
    if pd.api.types.is_numeric_dtype(column):
        return rng.uniform(column.min(), column.max(), n_rows)
    return rng.choice(column.unique(), n_rows)


def calibration_error(probability, is_real):
    """The expected one: gaps of ten ranges, weighed by their rows (Guo et al. 2017)."""
    tenths = np.minimum((10 * probability).astype(int), 9)
    gaps = [(probability - is_real)[tenths == tenth].sum() for tenth in range(10)]
    return np.abs(gaps).sum() / len(probability)


def main():
    options = parser(__doc__, seeds=10)
    options.add_argument("--tables", nargs="+", default=TABLES)
    options.add_argument("--data", type=Path, required=True, help="folder of the files")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for seed, table in product(range(options.seeds), options.tables):
        bench.run(Work(options.data), table=table, seed=seed)
    bench.print_medians("table")


if __name__ == "__main__":
    main()
