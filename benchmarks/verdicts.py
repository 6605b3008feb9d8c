"""How often ``augmentation_gain`` is right, on processes whose truth is known.

Of each process any number of rows can be drawn. The truth of a process, a classifier
and a sampler is the expected gain of average precision over training sets of as many
rows as the training rows of a fold have: what the folds estimate. (All rows of a table
are a fourth more, and what they gain is another question.) It is a mean over fresh
training sets, each judged on 5,000 rows that no other is judged on, and has a standard
error.

Tables of each process are then given to ``augmentation_gain`` with all samplers and
its defaults, or with ``--repeats`` of its five folds. A claim, "helps" or "harms", is
right if the truth has that sign, is more than three standard errors from 0, and at
least 0.002: less could not be told from 0 with these training sets, and nobody would
act on it. So a claim where the truth is near 0 counts as wrong. "no clear difference"
claims nothing. ``summary.py`` counts what was claimed of all samplers at once, and what
would be of each alone, whose interval is narrower.

Samplers add rows of the rare class until both classes are of one size: fresh ones of
the process ("oracle"), its rows with a little noise, its rows again, SMOTE, and rows of
the common class with the wrong label ("flipped"). All draw anew for other rows. SMOTE
is left out without imbalanced-learn.

Results go to a CSV file, and a run that is there already is left out.
"""

from functools import partial
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from common import parser, print_machine
from harness import Bench
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from summary import VERDICT_SAMPLERS, of_verdicts

from skgan import augmentation_gain
from skgan.model_selection.augmentation_gain import N_REPEATS, N_SPLITS

KEYS = ["process", "classifier", "repeats"]
OF_SAMPLER = ["true", "error", "gains", "reaches"]
FIGURES = [f"{name}_{figure}" for name in VERDICT_SAMPLERS for figure in OF_SAMPLER]
CLASSIFIERS = {
    "logistic": LogisticRegression(),
    "neighbors": KNeighborsClassifier(),
    "tree": DecisionTreeClassifier(random_state=0),
}
N_TRAININGS, N_TEST, N_TABLES = 200, 5_000, 50
N_TURNS, N_CATEGORIES = 2, 4


class Process(NamedTuple):
    """What rows are drawn from: ``rows(y, rng)`` makes one for each label."""

    rows: callable
    n_rows: int
    share: float  # of the rare class

    def draw(self, n, rng):
        """Rows and labels, the same number of rare ones each time."""
        y = np.repeat([0, 1], [n - round(self.share * n), round(self.share * n)])
        return self.rows(y, rng), y


def gaussians(y, rng):
    """Two Gaussian classes: a line is the best border."""
    return rng.normal(size=(len(y), 4)) + 0.6 * y[:, None]


def moons(y, rng):
    """Two half circles, blurred."""
    angle = np.pi * rng.uniform(size=len(y))
    x = np.column_stack([np.cos(angle), np.sin(angle)])
    x[y == 1] = [1.0, 0.5] - x[y == 1]
    return x + 0.35 * rng.normal(size=x.shape)


def sparse(y, rng):
    """Three of ten numbers and one of two categories tell, and a line is enough."""
    numbers = rng.normal(size=(len(y), 10))
    numbers[:, :3] += 0.6 * y[:, None]
    drawn = rng.integers(N_CATEGORIES, size=(2, len(y)))
    drawn[0, rng.uniform(size=len(y)) < 0.5 * y] = 0
    return np.hstack([numbers, *np.eye(N_CATEGORIES)[drawn]])


def spirals(y, rng):
    """Two arms of one spiral, so that few rows of an arm do not show it."""
    turn = np.sqrt(rng.uniform(size=len(y)))
    angle = N_TURNS * 2 * np.pi * turn + np.pi * y
    x = turn[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return x + 0.03 * rng.normal(size=x.shape)


def nothing(y, rng):
    """Labels have nothing to do with the rows, so no row can help or harm."""
    return rng.normal(size=(len(y), 3))


PROCESSES = {
    "gaussians": Process(gaussians, 200, 0.15),
    "moons": Process(moons, 300, 0.1),
    "sparse": Process(sparse, 600, 0.1),
    "spirals": Process(spirals, 500, 0.06),
    "nothing": Process(nothing, 100, 0.3),
}


class Sampler(BaseEstimator):
    """Adds ``rows(X, y, n, rng)`` of the rare class until both are of one size."""

    def __init__(self, rows):
        self.rows = rows

    def fit_resample(self, X, y):
        rng = np.random.default_rng(crc32(X.tobytes()))
        n = (y == 0).sum() - (y == 1).sum()
        added = self.rows(X, y, n, rng)
        return np.vstack([X, added]), np.r_[y, np.ones(n, dtype=int)]


def oracle(X, y, n, rng, process):
    return process.rows(np.ones(n, dtype=int), rng)


def noise(X, y, n, rng):
    return copies(X, y, n, rng) + 0.3 * X.std(axis=0) * rng.normal(size=(n, X.shape[1]))


def copies(X, y, n, rng):
    return rng.choice(X[y == 1], n)


def flipped(X, y, n, rng):
    return rng.choice(X[y == 0], n)


def smote(X, y, n, rng):
    from imblearn.over_sampling import SMOTE  # not among the dependencies

    seed = int(rng.integers(2**31))
    return SMOTE(random_state=seed).fit_resample(X, y)[0][len(X) :]


def samplers(process):
    """All samplers by their names."""
    found = [partial(oracle, process=process), noise, copies, smote, flipped]
    names = dict(zip(VERDICT_SAMPLERS, map(Sampler, found), strict=True))
    if find_spec("imblearn") is None:
        names.pop("smote")
    return names


def precision(model, train, test):
    """Average precision of a classifier that learns one sample and is judged on one."""
    chance = model.fit(*train).predict_proba(test[0])[:, 1]
    return average_precision_score(test[1], chance)


def truth(process, model, n_trainings, n_test, rng):
    """The expected gain of each sampler, and its standard error."""
    n_train = process.n_rows * (N_SPLITS - 1) // N_SPLITS
    found = {name: [] for name in samplers(process)}
    for _ in range(n_trainings):
        train, test = process.draw(n_train, rng), process.draw(n_test, rng)
        without = precision(model, train, test)
        for name, sampler in samplers(process).items():
            more = sampler.fit_resample(*train)
            found[name].append(precision(model, more, test) - without)
    return {
        name: (np.mean(gains), np.std(gains, ddof=1) / np.sqrt(n_trainings))
        for name, gains in found.items()
    }


def estimates(process, model, n_tables, n_repeats, rng):
    """The gains that are found of each sampler, and half the widths of intervals."""
    found = {name: [] for name in samplers(process)}
    for seed in range(n_tables):
        X, y = process.draw(process.n_rows, rng)
        folds = RepeatedStratifiedKFold(
            n_splits=N_SPLITS, n_repeats=n_repeats, random_state=seed
        )
        own = augmentation_gain(model, X, y, samplers(process), cv=folds)
        for gain in own.gains:
            found[gain.sampler].append((gain.gain, gain.high - gain.gain))
    return {name: np.transpose(pairs) for name, pairs in found.items()}


class Work:
    """One run: what a process of its own does."""

    def __init__(self, n_trainings=N_TRAININGS, n_test=N_TEST, n_tables=N_TABLES):
        self.n_trainings, self.n_test, self.n_tables = n_trainings, n_test, n_tables

    def __call__(self, process, classifier, repeats):
        own, model = PROCESSES[process], CLASSIFIERS[classifier]
        rng = np.random.default_rng(crc32(f"{process} {classifier}".encode()))
        expected = truth(own, model, self.n_trainings, self.n_test, rng)
        found = estimates(own, model, self.n_tables, repeats, rng)
        figures = {}
        for name, values in expected.items():
            texts = (" ".join(f"{v:.6f}" for v in part) for part in found[name])
            values = *map(float, values), *texts
            columns = (f"{name}_{figure}" for figure in OF_SAMPLER)
            figures |= dict(zip(columns, values, strict=True))
        return figures


def main():
    options = parser(__doc__)
    options.add_argument("--processes", nargs="+", default=list(PROCESSES))
    options.add_argument("--classifiers", nargs="+", default=list(CLASSIFIERS))
    options.add_argument("--repeats", type=int, default=N_REPEATS, help="of folds")
    options.add_argument("--n-tables", type=int, default=N_TABLES, help="of a process")
    options.add_argument("--quick", action="store_true", help="few rows and tables")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    work = Work(20, 2_000, 4) if options.quick else Work(n_tables=options.n_tables)
    for process, classifier in product(options.processes, options.classifiers):
        repeats = options.repeats
        bench.run(work, process=process, classifier=classifier, repeats=repeats)
    for name, lines in of_verdicts(bench.rows).items():
        print(name, *(" | ".join(line) for line in lines), sep="\n    ")


if __name__ == "__main__":
    main()
