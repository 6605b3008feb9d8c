"""Columns of few numbers or categories: each is a class."""

from copy import copy

import numpy as np
from scipy.special import ndtri

from skgan.privacy import MIN_ROWS
from skgan.storage import stored
from skgan.storage.fields import array, flag, require

from .base import ColumnEncoder, positions


@stored(
    "discrete_column/1",
    derived=("_n_own",),
    has_missing=flag,
    ordered=flag,
    _values=array("iuf"),
    _counts=array("i8", 1, 1),
)
class Discrete(ColumnEncoder):
    """Few distinct numbers, or categories: each is a class, in their order.

    A value of too few rows goes to the nearest one if order has a meaning, and
    otherwise to any.

    Parameters
    ----------
    present : ndarray of shape (n_present,)
        The training values that are present.
    missing : ndarray of shape (n,)
        Which of all are missing.
    ordered : bool
        Whether the order of values has a meaning.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share a value that is a class; fewer where none has as many.
    """

    def __init__(self, present, missing, *, ordered, min_rows=MIN_ROWS):
        super().__init__(missing)
        distinct, counts = np.unique(present, return_counts=True)
        self.ordered = ordered
        kept = min_rows.allows(counts) | (counts == counts.max())
        self._values, self._counts = distinct[kept], counts[kept]
        self._n_own = len(self._values)

    def check_stored(self):
        """Check that there are values, in order, and set how many."""
        self._n_own = len(self._values)
        require(len(self._counts) == self._n_own > 0, "arrays are as long, not empty")
        require((self._values[1:] > self._values[:-1]).all(), "values rise")

    def with_counts(self, values, counts, has_missing):
        """Return an encoder of other values, rising, and in how many rows each is."""
        other = copy(self)
        other._values, other._counts, other._n_own = values, counts, len(values)
        other.has_missing = has_missing
        return other

    @property
    def order_scores(self):
        """The normal score of each class's middle rank."""
        shares = (self._counts + 0.5) / (self._counts + 0.5).sum()
        return ndtri(np.cumsum(shares) - shares / 2)

    @property
    def spans(self):
        """Ranges of numbers that have all that are decoded, ``(n, 2)``: the values."""
        return np.column_stack([self._values, self._values])

    def _classify(self, values):
        """Return the position of each value among the classes."""
        return positions(self._values, values)

    def _stand_ins(self, values, rng):
        """Return the nearest classes if they are ordered, else any by their shares."""
        if not self.ordered:
            return super()._stand_ins(values, rng)
        above = np.searchsorted(self._values, values).clip(max=self._n_own - 1)
        below = (above - 1).clip(min=0)
        gap = np.abs(self._values - values[:, None].astype(np.float64))
        rows = np.arange(len(values))
        return np.where(gap[rows, below] < gap[rows, above], below, above)

    def _decode(self, classes, scores, rng):
        """Return the value of each class."""
        return self._values[classes]
