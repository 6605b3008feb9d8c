"""Whether early stopping keeps the right state, and whether warnings are right.

``--what paths`` trains too long, on rows of laws that fresh rows can be drawn from, and
prints the two-sample score of the best state of the path, of the state that early
stopping keeps, and of the last. The best one of every 500 iterations is chosen on 5,000
fresh rows, and all are judged on 5,000 others, by other generated rows, so that the
best is no maximum of noise.
``n_val`` fresh rows are ``X_val``; 0 holds a tenth of the training rows out. Half of
them choose a state, and where these are many, also the first 100, 500 and 2,000 of them
alone: what a fit with fewer rows would keep.

``--what reports`` counts warnings at the end of fits by default of small tables, of
fits that are healthy, that are made to collapse, and that are made to copy. Results go
to a CSV file; a run that is there already is left out.
"""

import copy
import warnings
from itertools import product
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
from common import parser, print_machine
from harness import Bench
from real_tables import load
from scipy.stats import gamma, norm
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)

from skgan import GANGenerator
from skgan.callbacks import EarlyStopping
from skgan.datasets import make_grid
from skgan.estimators import finish, stopping
from skgan.exceptions import silent
from skgan.metrics import mode_recovery, two_sample_score
from skgan.model import warn_of
from skgan.model.training_report import MIN_ITERATIONS
from skgan.training import BestState

N_FRESH = 5_000
SMALL = {"hidden_layer_sizes": (64, 64), "batch_size": 64}
TOO_LONG = {**SMALL, "max_iter": 4_000, "n_score_samples": 5_000, "refinement": None}
ADULT = {"batch_size": 128, "max_iter": 3_000, "refinement": None}
PATH_KEYS = ["law", "n", "n_val", "decay", "seed"]
FEWER = [100, 500, 2_000]  # rows that choose, in place of all
PATH_FIGURES = ["best", "last", "best_iter", "kept", "kept_iter", "end_iter"]
PATH_FIGURES += [f"{name}_{n}" for n in FEWER for name in ("kept", "kept_iter")]
EVERY = 500  # iterations between states that are judged
REPORT_KEYS = ["state", "data", "seed"]
REPORT_FIGURES = [
    *("coverage", "training_coverage", "coverage_p_value", "copied_percent"),
    *("copied_p_value", "discriminator_auc", "loss_gap", "n_modes", "warnings"),
]


def grid(n, seed):
    """Rows of 25 Gaussians."""
    return make_grid(n, random_state=seed)[0]


def mixed(n, seed):
    """A table of classes, numbers, counts and booleans that depend on one another."""
    rng = np.random.default_rng(seed)
    city = rng.choice(4, n, p=[0.5, 0.25, 0.15, 0.1])
    age = 18 + rng.gamma(6, 6, n)
    income = np.exp(7 + 0.02 * age + 0.3 * city + 0.4 * rng.normal(size=n))
    owner = rng.random(n) < 1 / (1 + np.exp(2 - income / 3000))
    children = rng.poisson(0.2 + 1.2 * owner)
    names = pd.Categorical.from_codes(city, list("abcd"))
    columns = {"city": names, "age": age, "income": income}
    return pd.DataFrame({**columns, "owner": owner, "children": children})


def copula(n, seed):
    """Rows of a Gaussian copula with margins of four types."""
    factors = np.random.default_rng(7).normal(size=(6, 6))
    covariance = factors @ factors.T + np.eye(6)
    scale = np.sqrt(np.diag(covariance))
    rng = np.random.default_rng(seed)
    z = rng.multivariate_normal(np.zeros(6), covariance / np.outer(scale, scale), n)
    return np.column_stack(
        [z[:, :2], np.exp(z[:, 2]), gamma(2).ppf(norm.cdf(z[:, 3])), z[:, 4:] ** 2]
    )


LAWS = {"grid": grid, "mixed": mixed, "copula": copula}


class Paths:
    """One path: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, law, n, n_val, decay, seed):
        if law == "adult":
            train, test = load("adult", self.data)
            train = train.sample(n, random_state=seed)
            fresh = [test[:N_FRESH], test[N_FRESH : 2 * N_FRESH]]
        else:
            train = LAWS[law](n, 1_000 + seed)
            fresh = [LAWS[law](N_FRESH, part) for part in (98, 99)]
        validation = {"X_val": LAWS[law](n_val, 5_000 + seed)} if n_val else {}
        path = StatePath(fresh)
        gan = GANGenerator(
            **(ADULT if law == "adult" else TOO_LONG),
            learning_rate_decay=None if decay == "none" else decay,
            random_state=seed,
        )
        gan.set_callbacks(EarlyStopping(), path)
        with mock.patch.object(stopping, "BestState", ToTheEnd):
            gan.fit(train, **validation)
        (states,) = ToTheEnd.runs
        best = max(path.pairs, key=lambda n_iter: path.pairs[n_iter][0])
        last = max(path.pairs)
        figures = {"best_iter": best, "best": path.pairs[best][1]}
        figures["last"] = path.pairs[last][1]
        for name, kept in states.kept(n_val // 2).items():
            kept = kept or last
            figures |= {f"kept_iter{name}": kept, f"kept{name}": path.pairs[kept][1]}
        return figures | {"end_iter": states.end or last}


class ToTheEnd(BestState):
    """Lets training go on to its end, and asks fewer rows beside all.

    Of the one run of a process.
    """

    runs = []

    def __init__(self, compare, *options):
        votes = {}

        def once(*pair):
            key = tuple(map(id, pair))  # of what is kept alive below
            if key not in votes:
                votes[key] = compare(*pair)
            return votes[key]

        super().__init__(once, *options)
        self.alive, self.end, self._kept = [], None, {}
        self._fewer = {
            n: BestState(lambda *pair, n=n: once(*pair)[:, :n], *options) for n in FEWER
        }
        self.runs.append(self)

    def add(self, iteration, evidence, state, score=None):
        """Compare a state with the best so far; training never ends."""
        self.alive.append(evidence)
        for n, best in self._fewer.items():
            if n not in self._kept and best.add(iteration, evidence, None, score):
                self._kept[n] = best.earlier.iteration if best.earlier else iteration
        if super().add(iteration, evidence, state, score) and self.end is None:
            kept = self.earlier.iteration if self.earlier else iteration
            self.end, self._kept[None] = iteration, kept
        return False

    def kept(self, n_rows):
        """Which state is kept by all rows that choose, and by fewer; None is the last.

        By what to write behind a name.
        """
        bests = {None: self} | {
            n: best for n, best in self._fewer.items() if n < n_rows
        }
        ends = {n: best.earlier and best.earlier.iteration for n, best in bests.items()}
        return {
            "" if n is None else f"_{n}": self._kept.get(n, end)
            for n, end in ends.items()
        }


class StatePath:
    """A callback: two-sample scores of states, by the iterations that led to them."""

    every = EVERY

    def __init__(self, fresh):
        self.fresh, self.pairs = fresh, {}

    def setup(self, estimator, context):
        """Do nothing."""

    def on_fit_task_begin(self, estimator, context):
        """Do nothing."""

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        """Compare rows of a state with fresh ones, twice."""
        if context.task_name != "interval":
            return
        n_iter = metadata["n_iter"]
        if n_iter % EVERY == 0 or metadata["validation_score"] is not None:
            gan = metadata["snapshot"]()
            self.pairs[n_iter] = [
                two_sample_score(
                    part, gan.sample(N_FRESH, refine=False, random_state=k)
                )
                for k, part in enumerate(self.fresh)
            ]

    def teardown(self, estimator, context):
        """Do nothing."""


class Reports:
    """One fit and its report: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, state, data, seed):
        rows, params = self.rows(data, seed), FITS[state][data]
        if state == "bootstrap":
            own = finish.training_report
            finish.training_report = lambda model, training, *others: own(
                copier(model, training[0]), training, *others
            )
        gan = GANGenerator(**params, random_state=seed)
        with silent():
            gan.fit(rows)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warn_of(gan.training_report_, MIN_ITERATIONS)
        report = {k: v for k, v in gan.training_report_.items() if v is not None}
        if data == "grid":
            samples = gan.sample(2_500, random_state=seed)
            report["n_modes"] = mode_recovery(samples, *grid_modes()).n_modes
        names = sorted(warning.category.__name__ for warning in caught)
        return report | {"warnings": " ".join(names) or "none"}

    def rows(self, data, seed):
        """Rows of a data set by its name and, where it has a law, a seed."""
        if data in TOYS:
            return TOYS[data]().data
        if data == "adult":
            return load("adult", self.data)[0].sample(2_000, random_state=seed)
        return LAWS[data.removeprefix("few_")](
            150 if data.startswith("few_") else 2_000, 1_000 + seed
        )


def copier(model, encoded):
    """A model that draws training rows in place of the generator's."""

    def draw(label_codes, seed, **_):
        return encoded[
            np.random.default_rng(seed).integers(len(encoded), size=len(label_codes))
        ]

    own = copy.copy(model)
    object.__setattr__(own, "draw", draw)
    return own


def grid_modes():
    """Centers and standard deviation of the Gaussians of the grid."""
    return make_grid(25)[2], 0.05


TOYS = {"iris": load_iris, "wine": load_wine, "diabetes": load_diabetes}
TOYS |= {"breast_cancer": load_breast_cancer, "digits": load_digits}
QUICK = {**SMALL, "max_iter": 1_500, "n_score_samples": 2_000}
DIGITS = {
    "hidden_layer_sizes": (256, 256),
    "batch_size": 128,
    "max_iter": 3_000,
    "n_score_samples": 2_000,
}
WITHOUT = {"penalty": None, "n_clusters": 1, "refinement": None}
BRIEF = {**QUICK, "max_iter": 50}  # of which the generator is not asked
COLLAPSING = [
    {"loss": "minimax", "learning_rate": 1e-2},
    {"loss": "non_saturating", "learning_rate": 1e-2},
    {"loss": "hinge", "learning_rate": 1e-2},
    {"loss": "minimax"},
]
FEW = {
    **SMALL,
    "max_iter": 6_000,
    "penalty_weight": 1e-4,
    "learning_rate_decay": None,
    "refinement": None,
    "n_clusters": 1,
    "n_score_samples": 2_000,
    "ema_decay": 0.99,
}
FITS = {
    "default": {name: {} for name in TOYS if name != "digits"},
    "healthy": {"grid": QUICK, "iris": QUICK, "digits": DIGITS, "adult": QUICK},
    **{
        f"collapsed_{i}": {"grid": {**QUICK, **WITHOUT, **own, "encoder": "scaled"}}
        for i, own in enumerate(COLLAPSING)
    },
    "bootstrap": dict.fromkeys(["grid", "iris", "digits", "adult"], BRIEF),
    "overtrained": {"few_copula": FEW, "few_mixed": FEW},
}


def main():
    options = parser(__doc__, seeds=5)
    options.add_argument("--what", choices=["paths", "reports"], default="paths")
    options.add_argument("--data", type=Path, help="folder of the files of Adult")
    options.add_argument("--laws", nargs="+", default=[*LAWS])
    options.add_argument("--sizes", nargs="+", type=int, default=[250, 500, 2_000])
    options.add_argument("--vals", nargs="+", type=int, default=[0, 10_000])
    options.add_argument("--decays", nargs="+", default=["linear"])
    options.add_argument("--states", nargs="+", default=[*FITS])
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    seeds = range(options.seeds)
    if options.what == "paths":
        bench = Bench(options.out, PATH_KEYS, PATH_FIGURES, options.threads)
        every = product(
            seeds, options.laws, options.sizes, options.vals, options.decays
        )
        for seed, law, n, n_val, decay in every:
            if n_val or n >= 400:  # else a tenth is too few to choose by
                key = {"law": law, "n": n, "n_val": n_val, "decay": decay}
                bench.run(Paths(options.data), **key, seed=seed)
        bench.print_medians("law", "n", "n_val", "decay")
        return
    bench = Bench(options.out, REPORT_KEYS, REPORT_FIGURES, options.threads)
    for seed, state in product(seeds, options.states):
        for data in FITS[state]:
            if data != "adult" or options.data:
                bench.run(Reports(options.data), state=state, data=data, seed=seed)
    for row in bench.rows:
        print(*(row[name] for name in [*REPORT_KEYS, "warnings"]))


if __name__ == "__main__":
    main()
