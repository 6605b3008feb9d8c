"""Columns of numbers in which NaN and a missing value are two things."""

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import instance

from .base import ColumnEncoder

PASSED_ON = "continuous_class", "spread", "order_scores", "offsets", "bounds"
PASSED_ON += "draws", "spans", "may_be"

DERIVED = "has_missing", "has_scalar", "ordered", "ranked", "nan_class"
DERIVED += "n_classes", "n_bins"


@stored("nan_column/1", derived=DERIVED, inner=instance(ColumnEncoder))
class NanApart:
    """NaN as one more class, the last, of a column that has missing values besides.

    All else is done by the encoder of the other values.

    Parameters
    ----------
    inner : ColumnEncoder
        The encoder of the values that are not NaN, and of missing ones.
    """

    def __init__(self, inner):
        self.inner = inner
        self.check_stored()

    def check_stored(self):
        """Set what follows from the encoder of the other values."""
        inner = self.inner
        self.has_missing, self.has_scalar = inner.has_missing, inner.has_scalar
        self.ordered, self.ranked = inner.ordered, inner.ranked
        self.nan_class, self.n_classes = inner.n_classes, inner.n_classes + 1
        self.n_bins = inner.n_bins + 1

    def __getattr__(self, name):
        # While a copy is made, there is no inner one yet
        if name in PASSED_ON:
            return getattr(self.inner, name)
        raise AttributeError(name)

    def apart(self, values, missing):
        """Return where NaN is, and the values without it."""
        nan = np.isnan(values) & ~missing
        return nan, np.where(nan, 0, values), missing | nan

    def classify(self, values, missing):
        """Return the class of each value, -1 where it is unknown."""
        nan, *others = self.apart(values, missing)
        return np.where(nan, self.nan_class, self.inner.classify(*others))

    def log_share(self, values, missing):
        """Return log probabilities of values within classes that they share."""
        nan, *others = self.apart(values, missing)
        return np.where(nan, 0.0, self.inner.log_share(*others))

    def encode(self, values, missing, rng):
        """Return classes and normal scores; a known class stands in for unknown."""
        nan, *others = self.apart(values, missing)
        classes, scores = self.inner.encode(*others, rng)
        return np.where(nan, self.nan_class, classes), np.where(nan, 0.0, scores)

    def decode(self, classes, scores, rng):
        """Return values, and which of them are missing."""
        nan = classes == self.nan_class
        values, missing = self.inner.decode(np.where(nan, 0, classes), scores, rng)
        return np.where(nan, np.nan, values), missing & ~nan

    def bins(self, classes, scores):
        """Return the bin of each value; that of NaN is the last."""
        nan = classes == self.nan_class
        bins = self.inner.bins(np.where(nan, 0, classes), scores)
        return np.where(nan, self.n_bins - 1, bins)
