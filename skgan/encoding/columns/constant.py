"""Columns of one value."""

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import flag, number, whole

from .base import ColumnEncoder


@stored("constant_column/1", has_missing=flag, value=number(), _n_own=whole(0, 1))
class Constant(ColumnEncoder):
    """One value, or none but missing ones.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The training values: all that are present are equal.
    missing : ndarray of shape (n,)
        Which of them are missing.
    """

    _counts = np.ones(1)

    def __init__(self, values, missing):
        super().__init__(missing)
        present = values[~missing]
        self.value = present[0] if len(present) else values.dtype.type(0)
        self._n_own = int(len(present) > 0)

    @property
    def spans(self):
        """Ranges of numbers that have all that are decoded, ``(n, 2)``: the value."""
        return np.full((self._n_own, 2), self.value)

    def _classify(self, values):
        """Return class 0 for the value, -1 for any other."""
        return np.where(values == self.value, 0, -1)

    def _decode(self, classes, scores, rng):
        """Return the value in every row."""
        return np.full(len(classes), self.value)
