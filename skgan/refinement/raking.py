"""Raking: weights under which cells hold as many candidates as training rows."""

import math
from itertools import combinations

import numpy as np

from ..privacy import MIN_ROWS
from ..storage import stored
from ..storage.fields import array, either, fixed, many, mapping, require, whole
from .cells import count_cells, joint_cells

N_PAIR_SWEEPS, N_SWEEPS = 4, 20
PAIR_POWER, PAIR_PRIOR = 0.3, 50.0  # a pair's multiplier counts by .3 n / (n + 50)
LOW, HIGH = 0.2, 5.0  # of one multiplier
# Candidates of a cell of one column: if fewer, and fewer than its rows, its share among
# them is so uncertain that what the generator gives it is nearer
MIN_HELD = 100


COLUMN = whole(0)


@stored(
    "raking/1",
    sizes=many(whole(1), least=1),
    tables=mapping(either(fixed(COLUMN), fixed(COLUMN, COLUMN)), array("f8")),
)
class Raking:
    """Multipliers of the cells of columns and of pairs of columns.

    Iterative proportional fitting (Deming and Stephan 1940): in turn, each cell's
    weights are multiplied by the ratio of its share among training rows to that among
    candidates. First come pairs of columns, whose multipliers shrink towards 1 where
    cells have few rows, and then single columns, of other candidates: those that taught
    pairs have fewer rows in cells that weigh much, by chance. Cells of fewer than five
    training rows are left as they are, and so are those of single columns that
    few candidates are in, and more rows.

    Parameters
    ----------
    real, taught, fresh : ndarray of int, shape (n, n_columns) each
        Coarse bins: the cells of columns, of training rows, of candidates for pairs and
        of those for single columns.
    sizes : sequence of int
        Number of cells of each column.
    log_weights : pair of ndarray of shape (n,)
        Logs of the weights of both sorts of candidates to start from.
    paired : sequence of int
        Columns of which pairs are raked.
    log_cap : callable
        Maps log weights of fresh candidates to the largest that each may have: the sums
        of single columns are those of weights that are cut there.
    min_rows : MinRows, default=MIN_ROWS
        Cells of fewer training rows are left as they are.
    counts : CellCounts or None, default=None
        Those of more rows, of which ``real`` are some.

    Attributes
    ----------
    tables : dict
        Log multipliers of the cells of each column, by ``(column,)``, and of each pair,
        by both columns; a pair's array is flat.
    """

    def __init__(
        self,
        real,
        taught,
        fresh,
        sizes,
        log_weights,
        paired,
        log_cap,
        min_rows=MIN_ROWS,
        counts=None,
    ):
        self.sizes, self.tables = list(sizes), {}
        pairs = list(combinations(paired, 2))
        singles = [(column,) for column in range(len(self.sizes))]
        of_cells = {key: self._counts(real, key, counts) for key in [*pairs, *singles]}
        is_known = {key: min_rows.allows(own) for key, own in of_cells.items()}
        for key in singles:
            held = count_cells(fresh, self.sizes, key)
            is_known[key] &= held >= np.minimum(of_cells[key], MIN_HELD)

        def margins(keys):
            return ((key, of_cells[key], is_known[key]) for key in keys)

        of_taught, of_fresh = log_weights
        for _ in range(N_PAIR_SWEEPS):
            of_taught = self._rake(margins(pairs), taught, of_taught, np.inf)
        of_fresh = of_fresh + self.predict(fresh)
        for _ in range(N_SWEEPS):
            log_caps = log_cap(of_fresh)
            of_fresh = self._rake(margins(singles), fresh, of_fresh, log_caps)

    def check_stored(self):
        """Check that each cell of the columns of a table has a number."""
        for key, table in self.tables.items():
            require(max(key) < len(self.sizes), "columns are there")
            n_cells = math.prod(self.sizes[column] for column in key)
            require(len(table) == n_cells, "each cell has a number")

    def predict(self, cells):
        """The log of the multipliers of each row of coarse cells, ``(n,)``."""
        total = np.zeros(len(cells))
        for key, table in self.tables.items():
            total += table[joint_cells(cells, self.sizes, key)]
        return total

    def _rake(self, margins, fake, log_weights, log_caps):
        """The log weights after one sweep through margins.

        Each is of columns, the counts of their cells, and which of these count.
        """
        for key, counts, known in margins:
            joint = joint_cells(fake, self.sizes, key)
            cut = np.minimum(log_weights, log_caps)
            cut_weights = np.exp(cut - cut.max())
            logs = log_multipliers(key, counts, known, joint, cut_weights)
            self.tables[key] = self.tables.get(key, 0.0) + logs
            log_weights = log_weights + logs[joint]
        return log_weights

    def _counts(self, real, key, counts):
        """How many rows are in each cell: in all rows, or in those at hand."""
        found = counts and counts.of(key)
        return count_cells(real, self.sizes, key) if found is None else found


def log_multipliers(key, counts, known, joint, weights):
    """Logs of what the weights of each cell are to be multiplied by."""
    held = np.bincount(joint, weights, minlength=len(counts)) / weights.sum()
    known = known & (held > 0)
    ratio = np.ones(len(counts))
    ratio[known] = counts[known] / counts.sum() / held[known]
    logs = np.log(ratio.clip(LOW, HIGH))
    if len(key) == 1:
        return logs
    return logs * PAIR_POWER * counts / (counts + PAIR_PRIOR)
