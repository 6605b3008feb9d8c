"""The strictest published detector, against held-out rows, as its authors run it.

XGBoost, 300 trees of depth 6 at a rate of .1, each of nine tenths of the rows and of
the columns; classes are codes in the order of their texts, a missing one is a class,
too. As many rows as the smaller table has, five folds, one area under the curve of all
rows; the score is 2 (1 - AUC), and 1 is best (``proper_metrics.py`` of
tabular-dependency-gap, 2026). ``dependence`` is how much of what is missing to 1 is no
column's own: the score of columns that are shuffled in both tables, less the score.
``against_training`` is that of as many training rows instead of held-out ones.

"training_rows" are the ruler: what a perfect generator gets. Peers are those of
``tables.py``. With ``--models``, generators that lie there as TABLE_SEED.skgan are not
fitted, others are, and are kept. ``--model`` measures one file, and keeps nothing.
Results go to a CSV file, and a run that is there already is left out. XGBoost and SMOTE
need ``make baselines``.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from baselines import METHODS, HeldOut
from codec import is_number
from common import parser, print_machine
from harness import Bench, Stopwatch
from real_tables import FROM_FILES, TARGETS, drawn_by_peer, load
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

import skgan

KEYS = ["table", "method", "seed"]
FIGURES = ["strict", "dependence", "against_training", "sample_seconds"]
OURS, PEER, RULER = ("skgan", "skgan_unrefined"), "tabular_argn", "training_rows"
USUAL = [RULER, *OURS, PEER, "bootstrap", "smote", "gaussian_copula"]
DETECTOR = {
    "n_estimators": 300,
    "max_depth": 6,
    "learning_rate": 0.1,
    "subsample": 0.9,
    "colsample_bytree": 0.9,
    "tree_method": "hist",
}
N_FOLDS = 5


def strict_score(real, synthetic, seed):
    """The score 2 (1 - AUC) of the detector; 1 if it guesses."""
    from xgboost import XGBClassifier  # not among the dependencies

    n = min(len(real), len(synthetic))
    rng = np.random.default_rng(seed)
    pair = [rows.take(rng.permutation(len(rows))[:n]) for rows in (real, synthetic)]
    X, is_real = codes(*pair), np.repeat([1, 0], n)
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
    model = XGBClassifier(**DETECTOR, n_jobs=1, random_state=seed)
    chance = cross_val_predict(model, X, is_real, cv=folds, method="predict_proba")
    area = roc_auc_score(is_real, chance[:, 1])
    return 2 * (1 - max(area, 1 - area))


def codes(real, synthetic):
    """Codes of classes, and numbers as they are, of one table after the other."""
    both = pd.concat([real, synthetic], ignore_index=True)
    columns = [
        column.to_numpy(dtype=np.float64, na_value=np.nan)
        if is_number(column)
        else np.unique([*map(str, column)], return_inverse=True)[1]
        for _, column in both.items()
    ]
    return np.column_stack(columns)


def shuffled(rows, seed):
    """Each column in an order of its own: nothing is left but the columns."""
    rng = np.random.default_rng(seed)
    columns = {
        name: column.take(rng.permutation(len(rows))).reset_index(drop=True)
        for name, column in rows.items()
    }
    return pd.DataFrame(columns)


def measure(train, test, synthetic, seed, *, is_ruler=False):
    """All figures of synthetic rows; training rows are not held against themselves."""
    score = strict_score(test, synthetic, seed)
    pair = shuffled(test, seed + 1), shuffled(synthetic, seed + 2)
    figures = {"strict": score, "dependence": strict_score(*pair, seed) - score}
    if not is_ruler:
        few = train.sample(len(test), random_state=seed)
        figures["against_training"] = strict_score(few, synthetic, seed)
    return figures


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data, models=None, file=None):
        self.data, self.models, self.file = data, models, file

    def __call__(self, table, method, seed):
        (train, test), watch = load(table, self.data), Stopwatch()
        if method == PEER:
            drawn = drawn_by_peer(self.data, train).sample(len(test), random_state=seed)
        else:
            model = self._fitted(table, method, seed, train)
            n_rows = min(len(train), len(test))
            with watch("sample_seconds"):
                drawn = model.sample(n_rows, seed)
        figures = measure(train, test, drawn, seed, is_ruler=method == RULER)
        return figures | watch.seconds

    def _fitted(self, table, method, seed, train):
        """A method, fitted, or with the GAN that was kept."""
        model = HeldOut(seed) if method == RULER else METHODS[method](seed)
        folder = self.models if method in OURS else None
        kept = self.file or (folder and folder / f"{table}_{seed}.skgan")
        if kept and kept.exists():
            model.gan_ = skgan.load(kept).set_params(device="cpu")
            return model
        model.fit(train, target=TARGETS[table])
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            skgan.save(model.gan_, kept)
        return model


def main():
    options = parser(__doc__, seeds=5)
    options.add_argument("--tables", nargs="+", default=["adult"], choices=FROM_FILES)
    options.add_argument("--methods", nargs="+", default=USUAL)
    options.add_argument("--data", type=Path, required=True, help="folder of files")
    options.add_argument("--models", type=Path, help="folder of fitted GANs")
    options.add_argument("--model", type=Path, help="one fitted GAN, of one table")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    out, methods, seeds = options.out, options.methods, range(options.seeds)
    if options.model:
        out, methods, seeds = None, OURS, [0]
    bench = Bench(out, KEYS, FIGURES, options.threads)
    work = Work(options.data, options.models, options.model)
    for seed, table, method in product(seeds, options.tables, methods):
        if method != PEER or table == "adult":
            bench.run(work, table=table, method=method, seed=seed)
    bench.print_medians("table", "method")


if __name__ == "__main__":
    main()
