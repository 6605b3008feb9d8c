"""Bins: few ranges of numbers and classes, each with enough training rows."""

import numpy as np

from ..privacy import MIN_ROWS
from ..storage import stored
from ..storage.fields import array, many, require

MAX_BINS = 254  # of a column: what boosted trees of scikit-learn take
N_COARSE = 40  # of a column, where pairs of columns are counted
# A bin of so large a share, and of so many times the rows that a bin needs, is a coarse
# one of its own: a value that rows share among others that they do not
OWN_SHARE, OWN_ROWS = 0.01, 4


@stored(
    "bins/1",
    derived=("sizes",),
    ranked=array("b"),
    _of_fine=many(array("u1", 1, 0, MAX_BINS), least=1),
    _of_coarse=many(array("i8", 1, 0, MAX_BINS), least=1),
)
class Bins:
    """Groups of the fine bins of each column; each holds enough training rows.

    Neighbors are joined where bins follow an order. Of other columns the bins of too
    few rows share one.

    Parameters
    ----------
    fine : ndarray of int, shape (n_samples, n_columns)
        The fine bins of the training rows, as an encoder knows them.
    n_fine : sequence of int
        Number of fine bins of each column.
    ranked : sequence of bool
        Whether the fine bins of a column follow the order of its values.
    min_rows : MinRows, default=MIN_ROWS
        How many training rows a bin must hold.

    Attributes
    ----------
    sizes : list of int
        Number of bins of each column, at most 254.
    ranked : ndarray of bool, shape (n_columns,)
        As given.
    """

    def __init__(self, fine, n_fine, ranked, min_rows=MIN_ROWS):
        self.ranked = np.array(ranked)
        self._of_fine, self._of_coarse = [], []
        for column, n, in_order in zip(fine.T, n_fine, ranked, strict=True):
            counts = np.bincount(column, minlength=n)
            join = joined_in_order if in_order else joined_by_size
            own = join(counts, MAX_BINS, min_rows)
            counts, large = np.bincount(own, counts), ()
            if in_order:
                large = (max(OWN_SHARE * counts.sum(), OWN_ROWS * min_rows.n),)
            self._of_fine.append(own.astype(np.uint8))  # of images there are many
            self._of_coarse.append(join(counts, N_COARSE, min_rows, *large))
        self._set_sizes()

    def check_stored(self):
        """Check that each bin of each column has a coarse one."""
        n, coarse = len(self._of_fine), self._of_coarse
        require(len(self.ranked) == len(coarse) == n, "columns are as many")
        require(all(map(len, self._of_fine)), "there are fine bins")
        self._set_sizes()
        require([*map(len, coarse)] == self.sizes, "bins have coarse ones")

    def _set_sizes(self):
        """Set the number of bins of each column."""
        self.sizes = [1 + int(bins.max()) for bins in self._of_fine]

    @property
    def n_fine(self):
        """Number of fine bins of each column."""
        return [*map(len, self._of_fine)]

    def __call__(self, fine):
        """The bin of each value, uint8 ``(n, n_columns)``."""
        columns = zip(self._of_fine, fine.T, strict=True)
        return np.stack([bins[column] for bins, column in columns]).T

    def coarse(self, bins):
        """Fewer bins of the same, int64 ``(n, n_columns)``."""
        columns = zip(self._of_coarse, bins.T, strict=True)
        return np.stack([groups[column] for groups, column in columns]).T

    def coarse_of_fine(self, fine):
        """The coarse bin of each value, int32 ``(n, n_columns)``, by one look-up."""
        groups = zip(self._of_fine, self._of_coarse, strict=True)
        tables = [coarse[bins].astype(np.int32) for bins, coarse in groups]
        columns = zip(tables, fine.T, strict=True)
        return np.stack([table[column] for table, column in columns]).T

    @property
    def coarse_sizes(self):
        """Number of coarse bins of each column."""
        return [1 + int(groups.max()) for groups in self._of_coarse]


def joined_in_order(counts, n_bins, min_rows=MIN_ROWS, large=np.inf):
    """The bin of each fine bin: neighbors of about equally many rows in all.

    A fine bin of more rows than that is a bin of its own, and so is one of at least
    ``large`` rows, beyond the ``n_bins`` that there may be of others.
    """
    size = max(min_rows.n, counts.sum() / n_bins)
    n_bins += 2 * np.count_nonzero(counts >= large)
    while True:
        bins = _filled(counts, size, min(size, large), min_rows)
        if bins[-1] < n_bins:
            return bins
        size *= 1.1


def _filled(counts, size, large, min_rows):
    """Neighbors joined until each bin has ``size`` rows; large ones stay alone."""
    bins, current, filled = np.zeros(len(counts), dtype=np.int64), 0, 0
    is_large = counts >= large
    for fine, count in enumerate(counts):
        is_full = filled >= size or (fine > 0 and is_large[fine - 1])
        if is_full or (min_rows.allows(filled) and is_large[fine]):
            current, filled = current + 1, 0
        bins[fine] = current
        filled += count
    if not min_rows.allows(filled) and current > 0:
        bins[bins == current] = current - 1
    return bins


def joined_by_size(counts, n_bins, min_rows=MIN_ROWS):
    """The bin of each fine bin: one each for those of most rows, one for the rest."""
    order = np.argsort(-counts, kind="stable")
    n_own = min(int(min_rows.allows(counts).sum()), n_bins)
    if n_own == len(counts):
        return np.arange(len(counts))
    n_own = max(min(n_own, n_bins - 1), 1)
    if not min_rows.allows(counts[order[n_own:]].sum()):
        n_own -= 1  # the rarest of them goes to the rest, which may then be all
    bins = np.full(len(counts), n_own)
    bins[order[:n_own]] = np.arange(n_own)
    return bins
