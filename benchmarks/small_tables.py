"""Generated rows for classifiers of small tables: added to real rows, or instead.

From each table so many rows are drawn, stratified, to learn from; up to 2,000 of the
others are for the test, and nothing else looks at them. Five classifiers are scored by
log loss, average precision (of the rarer class, or the mean of all classes), Brier
score and balanced accuracy; one parameter of each is chosen by cross-validation on the
real rows alone, and kept for all that is added.

Added are, from a class-conditional ``GANGenerator`` of defaults and from SMOTE, from
rows with noise as long as the way to the next row, and from a Gaussian mixture for each
class: as many rows as there are, at the shares of the classes; rows until all classes
are of one size ("balanced"); or twice as many rows as there are, with labels drawn from
what a teacher thinks of them ("teacher"). The teacher is the classifier of the best log
loss in cross-validation, five of them, each fitted to four fifths of the real rows; its
own scores stand beside. Rows of independent columns get its labels, too: that is what
realism of rows has to beat. "instead" are rows that replace the real ones. Beside all
these: class weights, recalibration, and for balanced accuracy a threshold at the share
of a class.

Probabilities are drawn a hundredth of the way to equal ones, so that a single sure
mistake does not rule a log loss. The draws of even numbers are for choices, the others
for what is claimed. Results go to a CSV file, and a run that is there already is left
out.
"""

import warnings
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from baselines import METHODS, OfPoints
from common import parser, print_machine
from densities import Noise
from harness import Bench, Stopwatch
from real_tables import TARGETS, load
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    log_loss,
)
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.class_weight import compute_sample_weight
from summary import LEARNERS, SMALL_SCORES, SMALL_TREATMENTS

from skgan import GANGenerator
from skgan.exceptions import silent

KEYS = ["table", "n", "draw"]
FIGURES = [
    *(f"{name}_{score}" for name in SMALL_TREATMENTS for score in SMALL_SCORES),
    *("teacher", "n_test", "fit_seconds"),
]
MIN_CLASS, MIN_TEST, MAX_TEST = 10, 70, 2_000
SIZES = [100, 500]
N_FOLDS, N_TIMES, BLUR = 5, 2, 0.01
# The classes of tables whose targets are numbers, of which the rarer may be rare
CLASSES = {
    "abalone": lambda rings: rings >= 10,
    "red_wine": lambda quality: quality >= 7,
    "diabetes": lambda worse: worse > 140,
}
OTHER_FILES = {
    "oil_spill": ("imbalanced/oil_spill", "class"),
    "fraud": ("imbalanced/creditcard_fraud_sample", "Class"),
}
TABLES = ["wine", "breast_cancer", "digits", "adult", "shoppers", "churn", "news"]
TABLES += ["mammography", *CLASSES, *OTHER_FILES]
# What is chosen by cross-validation
LEARNING = {
    "logistic": (LogisticRegression(max_iter=1_000), {"C": [0.01, 0.1, 1]}),
    "neighbors": (KNeighborsClassifier(), {"n_neighbors": [5, 15, 30]}),
    "forest": (
        RandomForestClassifier(100, random_state=0),
        {"min_samples_leaf": [1, 4, 12]},
    ),
    "boosted": (
        HistGradientBoostingClassifier(
            learning_rate=0.06,
            max_leaf_nodes=7,
            min_samples_leaf=10,
            early_stopping=False,
            random_state=0,
        ),
        {"max_iter": [15, 40, 100]},
    ),
    # By a solver whose number of steps does not grow with that of rows
    "mlp": (
        MLPClassifier((64,), solver="lbfgs", max_iter=100, random_state=0),
        {"alpha": [0.3, 3, 30]},
    ),
}


def rows_and_classes(name, data):
    """Rows, and their classes as integers."""
    if name == "digits":
        return load_digits(return_X_y=True, as_frame=True)
    if name in OTHER_FILES:
        path, target = OTHER_FILES[name]
        table = pd.read_csv(data / f"{path}.csv.gz")
    else:
        parts = [part for part in load(name, data) if part is not None]
        table, target = pd.concat(parts, ignore_index=True), TARGETS[name]
    y = table.pop(target)
    return table, pd.factorize(CLASSES.get(name, lambda own: own)(y), sort=True)[0]


def drawn(X, y, n, draw):
    """Training and test rows with their classes; None if one would be too small."""
    n_test = min(len(y) - n, MAX_TEST)
    if n_test < MIN_TEST or n * np.bincount(y).min() < MIN_CLASS * len(y):
        return None
    X, X_test, y, y_test = train_test_split(
        X, y, train_size=n, test_size=n_test, stratify=y, random_state=draw
    )
    return X.reset_index(drop=True), np.asarray(y), X_test, np.asarray(y_test)


class EachClass:
    """A generator for each class; ``sample(labels, seed)`` draws rows of given ones."""

    def __init__(self, method, X, y, seed):
        self.models = {k: method(seed).fit(X[y == k]) for k in np.unique(y)}

    def sample(self, labels, seed):
        parts = []
        for k in np.unique(labels):
            own = np.flatnonzero(labels == k)
            parts.append(self.models[k].sample(len(own), seed).set_axis(own))
        return pd.concat(parts).sort_index()


class GAN:
    """``GANGenerator`` of its defaults, which gets the label."""

    def __init__(self, X, y, seed):
        self.gan = GANGenerator(class_conditional=True, random_state=seed).fit(X, y)

    def sample(self, labels, seed):
        return self.gan.sample(len(labels), y=labels, random_state=seed)


def as_points(X):
    """A transformer of rows to points, fitted: standardized, one-hot, gaps marked."""
    numbers = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    return make_column_transformer(
        (numbers, make_column_selector(dtype_include=["number", "bool"])),
        (
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector(dtype_exclude=["number", "bool"]),
        ),
        sparse_threshold=0,
    ).fit(X)


def chances(model, X):
    """The probabilities of classes, a little nearer to equal ones."""
    found = model.predict_proba(X)
    return (1 - BLUR) * found + BLUR / found.shape[1]


def minus_log_loss(model, X, y):
    return -log_loss(y, chances(model, X), labels=model.classes_)


def tuned(X, y):
    """All classifiers, not fitted, and the name of the best."""
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=0)
    found, scores = {}, {}
    for name, (model, grid) in LEARNING.items():
        search = GridSearchCV(model, grid, scoring=minus_log_loss, cv=folds)
        search.fit(X, y)
        found[name], scores[name] = clone(search.best_estimator_), search.best_score_
    return found, max(scores, key=scores.get)


class Teacher:
    """The mean of classifiers that each learned from all folds but one."""

    def __init__(self, model, X, y):
        folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=1)
        self.models = [clone(model).fit(X[own], y[own]) for own, _ in folds.split(X, y)]

    def predict_proba(self, X):
        return np.mean([model.predict_proba(X) for model in self.models], axis=0)

    def labels(self, X, rng):
        ends = self.predict_proba(X).cumsum(axis=1)[:, :-1]
        return (rng.uniform(size=(len(X), 1)) > ends).sum(axis=1)


def scores(y, found, weights=1):
    """All scores of probabilities; a class is that of the most, times a weight."""
    is_of = np.eye(found.shape[1])[y]
    rarer = is_of.mean(axis=0).argmin()
    own = [rarer] if found.shape[1] == 2 else slice(None)
    predicted = (found * weights).argmax(axis=1)
    every = np.arange(found.shape[1])
    return [
        log_loss(y, found, labels=every),
        average_precision_score(is_of[:, own], found[:, own]),
        brier_score_loss(y, found, labels=every)
        if len(every) > 2
        else brier_score_loss(y, found[:, 1]),
        balanced_accuracy_score(y, predicted),
    ]


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, table, n, draw):
        X, y, X_test, y_test = drawn(*rows_and_classes(table, self.data), n, draw)
        watch, sources = Stopwatch(), {}
        warnings.simplefilter("ignore", ConvergenceWarning)  # of the steps of "mlp"
        with watch("fit_seconds"), silent():
            sources["gan"] = GAN(X, y, draw)
        methods = {
            "smote": METHODS["smote"],
            "noise": lambda seed: OfPoints(seed, Noise),
            "mixture": METHODS["gaussian_mixture"],
        }
        for name, method in methods.items():
            sources[name] = EachClass(method, X, y, draw)
        independent = METHODS["independent"](draw).fit(X)
        points = as_points(X)
        P, P_test = points.transform(X), points.transform(X_test)
        models, best = tuned(P, y)
        teacher = Teacher(models[best], P, y)
        samples = dict(_samples(sources, independent, points, teacher, y, draw))
        figures = {"teacher": best, "n_test": len(y_test)} | watch.seconds
        judge = Judge(models, P, y, P_test, y_test)
        for name in SMALL_TREATMENTS:
            if name not in ("threshold", "teacher_alone"):
                figures |= judge.figures(name, samples)
        alone = scores(y_test, chances(teacher, P_test))
        return figures | _named("teacher_alone", [alone])


def _samples(sources, independent, points, teacher, y, seed):
    """Yield points and labels to add, by name."""
    rng = np.random.default_rng(seed)
    counts = np.bincount(y)
    missing = np.repeat(np.arange(len(counts)), counts.max() - counts)
    nothing = points.transform(independent.sample(1, seed))[:0]
    for name, source in sources.items():
        yield name, (points.transform(source.sample(y, seed)), y)
        if name in ("gan", "smote"):
            rows = nothing  # is missing where classes are of one size
            if len(missing):
                rows = points.transform(source.sample(missing, seed))
            yield f"{name}_balanced", (rows, missing)
            rows = points.transform(source.sample(np.tile(y, N_TIMES), seed + 1))
            yield f"{name}_teacher", (rows, teacher.labels(rows, rng))
    rows = points.transform(independent.sample(N_TIMES * len(y), seed))
    yield "independent_teacher", (rows, teacher.labels(rows, rng))


class Judge:
    """What classifiers that learned from real rows and others are worth on a test."""

    def __init__(self, models, X, y, X_test, y_test):
        self.models, self.X, self.y = models, X, y
        self.X_test, self.y_test = X_test, y_test

    def figures(self, name, samples):
        """All scores of all classifiers; those of real rows also with a threshold."""
        models = (
            self.fitted(name, clone(self.models[own]), samples) for own in LEARNERS
        )
        found = [None if own is None else chances(own, self.X_test) for own in models]
        figures = _named(name, [self.scores(own) for own in found])
        if name == "none":
            rates = np.bincount(self.y) / len(self.y)
            moved = [self.scores(own, 1 / rates) for own in found]
            figures |= _named("threshold", moved)
        return figures

    def scores(self, found, weights=1):
        if found is None:
            return np.full(len(SMALL_SCORES), np.nan)
        return scores(self.y_test, found, weights)

    def fitted(self, name, model, samples):
        """A classifier, fitted as a treatment says; None if it cannot be."""
        X, y = self.X, self.y
        if name == "none":
            return model.fit(X, y)
        if name == "calibrated":
            return CalibratedClassifierCV(model, cv=N_FOLDS).fit(X, y)
        if name == "weights":
            if isinstance(model, KNeighborsClassifier):
                return None
            return model.fit(X, y, compute_sample_weight("balanced", y))
        rows, labels = samples[name.removesuffix("_instead")]
        if not name.endswith("_instead"):
            return model.fit(np.vstack([X, rows]), np.concatenate([y, labels]))
        has_all = len(np.unique(labels)) == len(np.unique(y))
        return model.fit(rows, labels) if has_all else None


def _named(treatment, found):
    """Scores ``(n_classifiers, n_scores)`` as texts by the names of the figures."""
    return {
        f"{treatment}_{score}": " ".join(f"{value:.5f}" for value in own)
        for score, own in zip(SMALL_SCORES, np.transpose(found), strict=True)
    }


def main():
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder of the files")
    options.add_argument("--tables", nargs="+", default=TABLES)
    options.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    options.add_argument("--draws", nargs="+", type=int, default=range(4))
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for draw, n, table in product(options.draws, options.sizes, options.tables):
        if drawn(*rows_and_classes(table, options.data), n, draw) is not None:
            bench.run(Work(options.data), table=table, n=n, draw=draw)


if __name__ == "__main__":
    main()
