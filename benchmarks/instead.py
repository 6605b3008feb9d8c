"""Generated rows instead of real ones: labels that are drawn, or those of a teacher.

``GANGenerator`` learns from the training rows of a table, target and all. Boosted trees
of scikit-learn learn to predict the target from rows that it draws, as many as there
are real ones or four times as many, and are tested on real rows that nothing else has
seen: by the area under the ROC curve, or R2 where the target is a number. Beside them
learn trees from the real rows. A teacher, the mean of five such models that each
learned from four fifths of the real rows, gives the same drawn rows other labels: drawn
by its probabilities, or its prediction and what it missed by on a real row with a
prediction alike. Rows of independent columns get its labels, too: that is what the
realism of rows has to beat. SMOTE has labels of its own.

Errors are of the test rows: standard deviations of differences to the real rows, of 200
bootstrap samples. Results go to a CSV file, and a run that is there already is left
out. With ``--models`` fitted GANs are kept as ``tables.py`` keeps them.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from baselines import METHODS
from common import parser, print_machine
from harness import Bench, Stopwatch
from real_tables import TARGETS, load
from sklearn.base import is_classifier
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold
from summary import INSTEAD
from tables import fit_or_load, kept

KEYS = ["table", "seed"]
FIGURES = [
    *("real", *INSTEAD, *(f"{name}_error" for name in INSTEAD)),
    *("fit_seconds", "teacher_seconds"),
]
TABLES = ["adult", "shoppers", "churn", "beijing"]  # of two classes, or a number
N_FOLDS, N_TIMES, N_BOOTSTRAP = 5, 4, 200
N_ALIKE = 100  # real rows whose predictions are nearest: the teacher misses by as much


class Columns:
    """What trees learn from: numbers, and text as categories of the training rows."""

    def __init__(self, train, target):
        self.target, self.dtypes = target, {}
        for name, column in train.drop(columns=target).items():
            if not pd.api.types.is_numeric_dtype(column):
                self.dtypes[name] = pd.CategoricalDtype(column.dropna().unique())

    def split(self, table):
        X = table.drop(columns=self.target)
        for name, dtype in self.dtypes.items():
            X[name] = X[name].where(X[name].isin(dtype.categories)).astype(dtype)
        return X, table[self.target].to_numpy()


def learned(X, y, is_class):
    """Boosted trees, fitted; all stop early, as by default only many rows let them."""
    trees = (
        HistGradientBoostingClassifier if is_class else HistGradientBoostingRegressor
    )
    how = {"categorical_features": "from_dtype", "early_stopping": True}
    return trees(**how, random_state=0).fit(X, y)


def predictions(model, X):
    """The probability of the second label, or the number that is expected."""
    return model.predict_proba(X)[:, 1] if is_classifier(model) else model.predict(X)


class Teacher:
    """The mean of five models that each learned from four fifths of the rows."""

    def __init__(self, X, y, is_class, seed):
        self.models, self.labels = [], np.unique(y)
        missed, held_out = np.empty((2, 0 if is_class else len(y)))
        folds = StratifiedKFold if is_class else KFold
        folds = folds(N_FOLDS, shuffle=True, random_state=seed)
        for own, test in folds.split(X, y):
            model = learned(X.iloc[own], y[own], is_class)
            self.models.append(model)
            if not is_class:
                held_out[test] = model.predict(X.iloc[test])
                missed[test] = y[test] - held_out[test]
        self.is_class, order = is_class, np.argsort(held_out)
        self.held_out, self.missed = held_out[order], missed[order]

    def predictions(self, X):
        return np.mean([predictions(model, X) for model in self.models], axis=0)

    def draw(self, X, rng):
        """Targets of rows, drawn."""
        found = self.predictions(X)
        if self.is_class:
            return self.labels[(rng.uniform(size=len(X)) < found).astype(int)]
        near = np.searchsorted(self.held_out, found)
        near += rng.integers(-N_ALIKE // 2, N_ALIKE // 2, len(X))
        return found + self.missed[np.clip(near, 0, len(self.missed) - 1)]


class Test:
    """Scores on test rows, and errors of their differences."""

    def __init__(self, X, y, is_class):
        self.X, self.y = X, y
        self.score = roc_auc_score if is_class else r2_score
        rng = np.random.default_rng(0)
        self.samples = [rng.integers(len(y), size=len(y)) for _ in range(N_BOOTSTRAP)]

    def of(self, found):
        """A score, and the scores on bootstrap samples."""
        samples = [self.score(self.y[own], found[own]) for own in self.samples]
        return self.score(self.y, found), np.array(samples)


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data, models=None):
        self.data, self.models = data, models

    def __call__(self, table, seed):
        train, test = load(table, self.data)
        columns, watch = Columns(train, TARGETS[table]), Stopwatch()
        gan = METHODS["skgan"](seed)
        fit_or_load(gan, train, kept(self.models, table, "{}", seed), watch)
        X, y = columns.split(train)
        is_class = len(np.unique(y)) == 2
        with watch("teacher_seconds"):
            teacher = Teacher(X, y, is_class, seed)
        test = Test(*columns.split(test), is_class)
        found = {"teacher": teacher.predictions(test.X)}
        others = [
            METHODS[name](seed).fit(train, target=TARGETS[table])
            for name in ("independent", "smote")
        ]
        rows = dict(_rows(gan, *others, columns, teacher, len(y), seed))
        for name, own in (rows | {"real": (X, y)}).items():
            found[name] = predictions(learned(*own, is_class), test.X)
        real, samples = test.of(found["real"])
        figures = {"real": real} | watch.seconds
        for name in INSTEAD:
            figures[name], own = test.of(found[name])
            figures[f"{name}_error"] = (own - samples).std()
        return figures


def _rows(gan, independent, smote, columns, teacher, n, seed):
    """Yield names, rows and targets to learn from."""
    rng = np.random.default_rng(seed)
    X, y = columns.split(gan.sample(N_TIMES * n, seed))
    labels = teacher.draw(X, rng)
    for name, own in ("", n), ("_more", N_TIMES * n):
        yield f"gan{name}", (X[:own], y[:own])
        yield f"gan_teacher{name}", (X[:own], labels[:own])
    X, _ = columns.split(independent.sample(N_TIMES * n, seed))
    yield "independent_teacher_more", (X, teacher.draw(X, rng))
    yield "smote", columns.split(smote.sample(n, seed))


def main():
    options = parser(__doc__, seeds=3)
    options.add_argument("--tables", nargs="+", default=TABLES)
    options.add_argument("--data", type=Path, required=True, help="folder of the files")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options.add_argument("--models", type=Path, help="folder for fitted GANs")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for seed, table in product(range(options.seeds), options.tables):
        bench.run(Work(options.data, options.models), table=table, seed=seed)
    bench.print_medians("table")


if __name__ == "__main__":
    main()
