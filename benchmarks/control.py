"""Rows that one asks for, Adult: twelve conditions, and three margins at once.

For each seed a generator is fitted, or taken from ``--models``. Of each condition a
thousand rows are drawn: how long that takes, how many break it, and a two-sample score
against the test rows that fulfill it, in equal numbers. Training rows that fulfill it
stand beside, without and with repetition (a bootstrap, which repeated rows give away),
and the latter with independent columns. With few test rows independent columns pass,
too: the summary is of conditions that at least 500 fulfill. Rows of another tool, where
the folder ``peers`` has some, are scored alike. Results go to a CSV file, and a run
that is there already is left out.
"""

import statistics
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from common import parser, print_machine
from harness import Bench, clock
from real_tables import load

import skgan
from skgan.metrics import two_sample_score

KEYS = ["case", "method", "seed"]
FIGURES = [
    *("share", "n_test", "rows", "violations", "score", "training", "bootstrap"),
    *("independent", "margin_error", "sample_seconds"),
]
N_ROWS, N_MARGINS, MANY = 1_000, 20_000, 500
OWN_WORK = ["Self-emp-inc", "Self-emp-not-inc"]
CONDITIONS = {
    "long hours": {"hours-per-week": (50, None)},
    "own work": {"workclass": OWN_WORK},
    "Black": {"race": "Black"},
    "60 or older": {"age": (60, None)},
    "up to 20, never married": {"age": (None, 20), "marital-status": "Never-married"},
    "no occupation": {"occupation": skgan.MISSING},
    "women of 30 to 35": {"age": (30, 35), "sex": "Female"},
    "bachelors, long hours": {"hours-per-week": (50, None), "education": "Bachelors"},
    "widows": {"marital-status": "Widowed", "sex": "Female"},
    "doctorate": {"education": "Doctorate"},
    "women, own firm": {"sex": "Female", "workclass": "Self-emp-inc"},
    "Black women of 45 to 60 above 50K": {
        **{"race": "Black", "sex": "Female", "age": (45, 60), "income": ">50K"}
    },
}
SHARES = {
    "sex": {"Female": 0.5, "Male": 0.5},
    "race": {
        **{"White": 0.6, "Black": 0.25, "Asian-Pac-Islander": 0.1},
        **{"Amer-Indian-Eskimo": 0.025, "Other": 0.025},
    },
    "income": {"<=50K": 0.5, ">50K": 0.5},
}
PEERS = {
    "doctorate": "tabularargn_adult_where_education.parquet",
    "women, own firm": "tabularargn_adult_where_sex_workclass.parquet",
}


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data, models):
        self.data, self.models = data, models

    def __call__(self, case, method, seed):
        train, test = load("adult", self.data)
        if method != "skgan":
            rows = pd.read_parquet(self.data / "peers" / PEERS[case])
            rows = rows.astype(train.dtypes)
            return figures(case, train, test, rows, seed)
        gan = fitted(train, self.models, seed)
        n_rows, asked = N_MARGINS, {"shares": SHARES}
        if case in CONDITIONS:
            n_rows, asked = N_ROWS, {"where": CONDITIONS[case]}
        start = clock()
        rows = gan.sample(n_rows, **asked, random_state=seed)
        seconds = {"sample_seconds": clock() - start}
        if case in CONDITIONS:
            return seconds | figures(case, train, test, rows, seed)
        error = max(margin_error(rows, name) for name in SHARES)
        return seconds | {"rows": len(rows), "margin_error": error}


def fitted(train, folder, seed):
    """A generator of the training rows, kept in a folder."""
    path = folder / f"adult_{seed}.skgan"
    if path.exists():
        return skgan.load(path)
    gan = skgan.GANGenerator(random_state=seed).fit(train)
    folder.mkdir(parents=True, exist_ok=True)
    skgan.save(gan, path)
    return gan


def fulfilled(rows, where):
    """Which rows fulfill conditions, told by pandas alone."""
    holds = pd.Series(True, index=rows.index)
    for name, wanted in where.items():
        column = rows[name]
        if wanted is skgan.MISSING:
            holds &= column.isna()
        elif isinstance(wanted, tuple):
            low, high = wanted
            holds &= column.between(
                *(-np.inf if low is None else low, np.inf if high is None else high)
            )
        else:
            holds &= column.isin(wanted if isinstance(wanted, list) else [wanted])
    return holds


def figures(case, train, test, rows, seed):
    """How rows stand to the test rows that fulfill a condition, and rulers for that."""
    where, rng = CONDITIONS[case], np.random.default_rng(seed)
    real, known = (own[fulfilled(own, where)] for own in (test, train))
    again = known.iloc[rng.integers(0, len(known), N_ROWS)].reset_index(drop=True)
    independent = again.apply(lambda own: own.sample(frac=1, random_state=rng).array)

    def score(own):
        return two_sample_score(real, own, random_state=seed)

    return {
        "share": len(known) / len(train),
        "n_test": len(real),
        "rows": len(rows),
        "violations": int((~fulfilled(rows, where)).sum()),
        "score": score(rows),
        "training": score(known.sample(min(N_ROWS, len(known)), random_state=seed)),
        "bootstrap": score(again),
        "independent": score(independent),
    }


def margin_error(rows, name):
    """The largest error of a share of one column."""
    held = rows[name].value_counts(normalize=True)
    return max(abs(held.get(value, 0.0) - own) for value, own in SHARES[name].items())


def main():
    options = parser(__doc__, seeds=3)
    options.add_argument("--data", type=Path, required=True, help="folder of adult/")
    options.add_argument("--models", type=Path, required=True, help="of fitted GANs")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    work = Work(options.data, options.models)
    for seed, case in product(range(options.seeds), [*CONDITIONS, "margins"]):
        bench.run(work, case=case, method="skgan", seed=seed)
    for case, name in PEERS.items():
        if (options.data / "peers" / name).exists():
            bench.run(work, case=case, method="tabularargn", seed=0)
    bench.print_medians("case", "method")
    for seed in range(options.seeds):
        print_summary(seed, [row for row in bench.rows if row["seed"] == str(seed)])


def print_summary(seed, rows):
    """What the twelve conditions of one seed come to."""
    own = [row for row in rows if row["method"] == "skgan" and row.get("n_test")]
    many = [row for row in own if int(row["n_test"]) >= MANY]
    seconds = sum(float(row["sample_seconds"]) for row in own)
    violations = sum(int(row["violations"]) for row in own)
    missing = sum(N_ROWS - int(row["rows"]) for row in own)
    print(
        f"seed {seed}: {len(own)} conditions in {seconds:.1f} s, {violations} rows "
        f"break them, {missing} are missing"
    )
    for name in ("score", "training", "bootstrap", "independent"):
        median = statistics.median(float(row[name]) for row in many)
        print(f"    {name:12} median {median:.3f} of {len(many)} conditions")


if __name__ == "__main__":
    main()
