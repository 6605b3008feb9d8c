"""Columns of many categories: rare ones share classes."""

from copy import copy

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import array, flag, require

from .base import ColumnEncoder, drawn, positions

MAX_CLASSES, N_FREQUENT, N_GROUPS = 128, 96, 32


@stored(
    "high_cardinality_column/1",
    has_missing=flag,
    _values=array("iuf"),
    _class=array("i8", 1, 0, MAX_CLASSES - 1),
    _counts=array("i8", 1, 1),
)
class HighCardinality(ColumnEncoder):
    """Many categories: the frequent ones are classes, the others share some classes.

    The members of a shared class are drawn by their frequencies.

    Parameters
    ----------
    present : ndarray of shape (n_present,)
        The training values that are present, without those of too few rows.
    missing : ndarray of shape (n,)
        Which of all are missing.
    """

    _n_own, draws = N_FREQUENT + N_GROUPS, True

    def __init__(self, present, missing):
        super().__init__(missing)
        self._set_values(*np.unique(present, return_counts=True))

    def _set_values(self, distinct, counts):
        """Set the class of each value by how many rows have it."""
        order = np.argsort(-counts, kind="stable")
        rest = len(order) - N_FREQUENT
        shared = np.arange(rest) * N_GROUPS // rest + N_FREQUENT
        classes = np.concatenate([np.arange(N_FREQUENT), shared])
        by_value = np.argsort(distinct[order])
        self._values = distinct[order][by_value]
        self._class, self._counts = classes[by_value], counts[order][by_value]

    def with_counts(self, values, counts, has_missing):
        """Return an encoder of other values, rising, and in how many rows each is."""
        other = copy(self)
        other._set_values(values, counts)
        other.has_missing = has_missing
        return other

    def check_stored(self):
        """Check that each category has a class, and each class one at least."""
        n = len(self._values)
        require(len(self._class) == len(self._counts) == n, "arrays are as long")
        require((self._values[1:] > self._values[:-1]).all(), "values rise")
        require(len(np.unique(self._class)) == self._n_own, "all classes are there")

    def _classify(self, values):
        """Return the class of each value, alone or shared."""
        at = positions(self._values, values)
        return np.where(at < 0, -1, self._class[at])

    def log_share(self, values, missing):
        """Return log probabilities of values within classes that they share."""
        at = positions(self._values, values)
        known = (at >= 0) & ~missing
        totals = np.bincount(self._class, self._counts)
        return np.where(known, np.log(self._counts[at] / totals[self._class[at]]), 0.0)

    def _stand_ins(self, values, rng):
        """Return shared classes: another rare value says the most of a rare one."""
        rest = np.where(self._class >= N_FREQUENT, self._counts, 0)
        return self._class[drawn(rest, len(values), rng)]

    def _decode(self, classes, scores, rng):
        """Draw a member of each class."""
        members = np.zeros(len(classes), dtype=np.int64)
        for own in np.unique(classes):
            rows = classes == own
            counts = np.where(self._class == own, self._counts, 0)
            members[rows] = drawn(counts, rows.sum(), rng)
        return self._values[members]
