"""What added rows of the rare class change for classifiers.

Five times two folds. A logistic regression, a random forest and boosted trees, which
are tuned on the training rows of each fold, are scored by average precision and by
balanced accuracy, with and without rows that a sampler adds until both classes are of
one size. All samplers see the same tuned trees. ``summary.py`` makes gains of the
scores, each with a corrected 95 % interval of its own: of twenty gains of nothing, one
is expected to look clear.

Rare are, besides the labels of the files: abalones of 19 rings, red wines of a quality
of at most 4, and digits: 20 images of an eight among 2,000 of other digits. Images have
no folds: ten sets of them are drawn, each with 1,000 others to be tested on, and no two
share an image. Boosted trees see them at half the size.

Results go to a CSV file, and a run that is there already is left out. The added rows
are kept in a folder: several classifiers see the same. Delete it to measure anew.
"""

import time
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from common import parser, print_machine
from harness import Bench
from joblib import Memory
from real_images import load as load_images
from real_tables import FILES
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    RepeatedStratifiedKFold,
    StratifiedKFold,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.utils import _safe_indexing
from summary import of_augmentation

from skgan import DCGANGenerator, GANOverSampler
from skgan.model_selection.resampled import with_sampler

KEYS = ["data", "classifier", "sampler"]
SCORES = ["average_precision", "balanced_accuracy"]
FIGURES = [*SCORES, "test_share", "seconds"]  # scores of each fold
CLASSIFIERS = ["logistic", "forest", "boosted"]
SAMPLERS = ["none", "random", "smote", "gan"]
RARE = {
    "mammography": ("class", lambda found: found == 1),
    "oil_spill": ("class", lambda found: found == 1),
    "abalone": ("Rings", lambda found: found == 19),
    "red_wine": ("quality", lambda found: found <= 4),
    "fraud": ("Class", lambda found: found == 1),
}
PATHS = FILES | {
    "oil_spill": "imbalanced/oil_spill",
    "fraud": "imbalanced/creditcard_fraud_sample",
}
DIGITS = "mnist"
DIGIT, N_RARE, N_OTHERS, N_TEST, N_DRAWS = 8, 20, 2_000, 1_000, 10
GRID = {
    "histgradientboostingclassifier__learning_rate": [0.03, 0.1],
    "histgradientboostingclassifier__max_leaf_nodes": [7, 31],
    "histgradientboostingclassifier__l2_regularization": [0.0, 10.0],
}


def rows(name, data):
    """Rows, whether they are of the rare class, and the folds."""
    if name == DIGITS:
        return digits(data)
    table = pd.read_csv(data / f"{PATHS[name]}.csv.gz")
    target, is_rare = RARE[name]
    y = is_rare(table.pop(target)).to_numpy(int)
    if "Sex" in table:
        table["Sex"] = table["Sex"].astype("category")
    folds = RepeatedStratifiedKFold(n_splits=2, n_repeats=5, random_state=0)
    return table, y, list(folds.split(table, y))


def digits(data):
    """Images of which few are of one digit; no two folds share one."""
    images = load_images("mnist", data)
    y = (images.labels == DIGIT).astype(int)
    rng = np.random.default_rng(0)
    rare, others = (rng.permutation(np.flatnonzero(y == own)) for own in (1, 0))
    n_test = round(N_TEST * y.mean())
    trains, tests = [], []
    for members, n_own, n_other in (
        (rare, N_RARE, n_test),
        (others, N_OTHERS, N_TEST - n_test),
    ):
        draws = members[: N_DRAWS * (n_own + n_other)].reshape(N_DRAWS, -1)
        trains.append(draws[:, :n_own])
        tests.append(draws[:, n_own:])
    folds = list(zip(np.hstack(trains), np.hstack(tests), strict=True))
    return images.train.reshape(len(y), -1), y, folds


def columns_of_text(X):
    return list(X.select_dtypes(exclude="number")) if hasattr(X, "columns") else []


def half_size(X):
    """Means of 2 x 2 pixels: (n, 28 * 28) -> (n, 14 * 14)."""
    return X.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 14 * 14)


def make_classifier(name, X, y):
    """A classifier of rows, of which a column may have text: tuned, but not fitted."""
    texts = columns_of_text(X)
    numbers = make_column_transformer(
        (OneHotEncoder(), texts), remainder="passthrough", sparse_threshold=0
    )
    first = [numbers] if texts else []
    if name == "logistic":
        return make_pipeline(*first, StandardScaler(), LogisticRegression(max_iter=500))
    if name == "forest":
        return make_pipeline(*first, RandomForestClassifier(300, random_state=0))
    # Early stopping would validate on added rows, and start where there are many
    boosted = HistGradientBoostingClassifier(early_stopping=False)
    folds = StratifiedKFold(2, shuffle=True, random_state=0)
    if not hasattr(X, "columns"):
        first = [FunctionTransformer(half_size)]
    model = make_pipeline(*first, boosted)
    search = GridSearchCV(model, GRID, scoring=SCORES[0], cv=folds, refit=False)
    return model.set_params(**search.fit(X, y).best_params_)


def make_sampler(name, X):
    """A sampler that makes both classes of one size."""
    if name == "gan":
        images = DCGANGenerator(image_shape=(28, 28), max_iter=1_000)
        gan = None if hasattr(X, "columns") else images
        # All that one generator of both classes draws; rare_images.py has other ways
        how = {"per_class": False if gan else "auto", "accept": False}
        return GANOverSampler(gan, min_rows=5, **how, random_state=0)
    from imblearn.over_sampling import SMOTE, SMOTENC, RandomOverSampler

    if name == "random":
        return RandomOverSampler(random_state=0)
    texts = columns_of_text(X)
    return SMOTENC(texts, random_state=0) if texts else SMOTE(random_state=0)


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data, folder):
        self.data, self.folder = data, folder

    def __call__(self, data, classifier, sampler):
        X, y, folds = rows(data, self.data)
        kept = Memory(self.folder / data / sampler, verbose=0)
        start = time.perf_counter()
        found = {score: [] for score in SCORES}
        for train, test in folds:
            X_train, X_test = (_safe_indexing(X, own) for own in (train, test))
            model = make_classifier(classifier, X_train, y[train])
            if sampler != "none":
                model = with_sampler(make_sampler(sampler, X), model, kept)
            model.fit(X_train, y[train])
            for score, values in found.items():
                values.append(get_scorer(score)(model, X_test, y[test]))
        figures = {
            name: " ".join(f"{v:.6f}" for v in own) for name, own in found.items()
        }
        train, test = folds[0]
        share = 0 if data == DIGITS else len(test) / len(train)
        seconds = time.perf_counter() - start
        return figures | {"test_share": share, "seconds": seconds}


def main():
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder of the files")
    options.add_argument("--sets", nargs="+", default=[*RARE, DIGITS])
    options.add_argument("--classifiers", nargs="+", default=CLASSIFIERS)
    options.add_argument("--samplers", nargs="+", default=SAMPLERS)
    options.add_argument("--kept", type=Path, required=True, help="of added rows")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    work = Work(options.data, options.kept)
    for sampler, data, classifier in product(
        options.samplers, options.sets, options.classifiers
    ):
        bench.run(work, data=data, classifier=classifier, sampler=sampler)
    for name, lines in of_augmentation(bench.rows).items():
        print(name, *(" | ".join(line) for line in lines), sep="\n    ")


if __name__ == "__main__":
    main()
