"""Who is found by shares alone: what a generator tells that keeps no more than these.

Tables are split as in ``privacy.py``. What is given away are the shares of classes, and
of ten ranges of each number, among the members: exactly, or of as many rows whose
columns are drawn on their own ("independent"). The attacker knows what all rows that
are neither members nor asked for are like, and asks of each row how far it leans to
where the shares do: by a linear discriminant, which no attack on shares beats where
these are normal (Sankararaman et al. 2009). Printed is what is found at 10 % false
alarms; what theory says of as many free shares stands beside it in the documentation.

Results go to a CSV file, and a run that is there already is left out.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from baselines import Independent
from common import parser, print_machine
from harness import Bench
from privacy import SPLITS
from real_tables import load

N_RANGES = 10  # of a number
LEAST_SHARE = 0.001  # of classes: rarer ones are left out
LEAST_VARIANCE = 1e-9  # of what counts as free, beside the largest
ALARMS = 0.1
TABLES = [table for table in SPLITS if table != "breast_cancer"]
FIGURES = ["n_members", "n_known", "n_shares", "exact", "drawn"]


class Shares:
    """Indicators of the classes and ranges of a table of known rows.

    They are centered and scaled so that those of known rows have mean 0 and no
    correlation: ``n_free`` are left, as many as there are free shares.
    """

    def __init__(self, known):
        self._cuts = {name: _cut(column) for name, column in known.items()}
        indicators = self._indicators(known)
        is_kept = indicators.mean(axis=0) >= LEAST_SHARE
        self._kept = np.flatnonzero(is_kept)
        self._mean = indicators[:, is_kept].mean(axis=0)
        covariance = np.cov(indicators[:, is_kept], rowvar=False)
        variances, axes = np.linalg.eigh(covariance)
        is_free = variances > LEAST_VARIANCE * variances.max()
        self.n_free = int(is_free.sum())
        self._axes = axes[:, is_free] / np.sqrt(variances[is_free])

    def __call__(self, table):
        """The scaled indicators of rows, ``(n, n_free)``."""
        return (self._indicators(table)[:, self._kept] - self._mean) @ self._axes

    def _indicators(self, table):
        found = [
            cut(table[name]).to_numpy()[:, None] == np.arange(-1, n)
            for name, (cut, n) in self._cuts.items()
        ]
        return np.hstack(found).astype(float)


def _cut(column):
    """A function that numbers the classes of a column, from -1, and how many there are.

    What is missing, and what no known row has, is -1.
    """
    if column.dtype.kind in "iuf" and column.nunique() > N_RANGES:
        inner = np.linspace(0, 1, N_RANGES + 1)[1:-1]
        edges = np.unique(column.dropna().quantile(inner))
        ends = [-np.inf, *edges, np.inf]
        return lambda own: pd.cut(own, ends, labels=False).fillna(-1), len(ends) - 1
    codes = {value: code for code, value in enumerate(column.dropna().unique())}
    return lambda own: own.map(codes).astype(float).fillna(-1), len(codes)


def found(released, members, others):
    """Percent of the members found by the mean of the released rows, all scaled."""
    mean = released.mean(axis=0)
    threshold = np.quantile(others @ mean, 1 - ALARMS)
    return 100 * float(np.mean(members @ mean > threshold))


class Work:
    """One run: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, table, seed):
        name, (n_members, n_others, *_) = SPLITS[table]
        parts = [part for part in load(name, self.data) if part is not None]
        rows = pd.concat(parts, ignore_index=True)
        order = np.random.RandomState(seed).permutation(len(rows))
        ends = n_members, n_members + n_others
        members, others, known = (rows.iloc[own] for own in np.split(order, ends))
        drawn = Independent(seed).fit(members).sample(n_members, seed)
        shares = Shares(known)
        own, other = shares(members), shares(others)
        return {
            "n_members": n_members,
            "n_known": len(known),
            "n_shares": shares.n_free,
            "exact": found(own, own, other),
            "drawn": found(shares(drawn), own, other),
        }


def main():
    options = parser(__doc__, seeds=10)
    options.add_argument("--tables", nargs="+", default=TABLES)
    options.add_argument("--data", type=Path, help="folder of the files")
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, ["table", "seed"], FIGURES, options.threads)
    for seed, table in product(range(options.seeds), options.tables):
        bench.run(Work(options.data), table=table, seed=seed)
    bench.print_medians("table")


if __name__ == "__main__":
    main()
