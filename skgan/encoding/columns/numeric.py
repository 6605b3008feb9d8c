"""Columns of numbers: spikes as classes, the others as normal scores."""

import numpy as np

from skgan.privacy import MIN_ROWS

from ..frames import decimals_of, round_to
from .base import ColumnEncoder
from .quantiles import QuantileTable

SPIKE = 0.05  # share of the rows from which one number is a class of its own


class Numeric(ColumnEncoder):
    """Numbers: spikes are classes; the others share one, with a normal score.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The training values.
    missing : ndarray of shape (n,)
        Which of them are missing.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share a spike, and a mean of the others.

    Attributes
    ----------
    continuous_class : int
        The class of numbers that are no spikes.
    spread : float
        Their standard deviation, 1 where they have none.
    """

    ranked = True

    def __init__(self, values, missing, min_rows=MIN_ROWS):
        super().__init__(missing)
        present = values[~missing]
        distinct, counts = np.unique(present, return_counts=True)
        is_spike = min_rows.allows(counts) & (counts >= SPIKE * len(present))
        self._spikes, self._dtype = distinct[is_spike], values.dtype
        self._decimals = decimals_of(present, self._dtype)
        # Whole numbers beyond 2^53 are exact in float64 only about an origin near them
        self._is_near = float(distinct[-1]) - float(distinct[0]) < 2**53
        is_whole = self._dtype.kind != "f"
        self._origin = self._dtype.type(present.mean() if is_whole else 0)
        others = self.offsets(present[~np.isin(present, self._spikes)])
        # Too few others count as the nearest spike
        self.has_scalar = min_rows.allows(len(others)) or not is_spike.any()
        self._table = QuantileTable(others, min_rows) if self.has_scalar else None
        self.spread = (float(others.std()) if self.has_scalar else 0.0) or 1.0
        self.continuous_class = len(self._spikes)
        self._n_own = len(self._spikes) + self.has_scalar
        spikes = self.offsets(self._spikes)
        knots = self._table.knots if self.has_scalar else spikes[:0]
        # Spikes and segments of the quantile table together, by value
        self._spike_bins = np.arange(len(spikes)) + np.searchsorted(knots, spikes)
        self._knot_bins = np.arange(len(knots)) + np.searchsorted(spikes, knots)

    def _classify(self, values):
        """Return the spike of each value, or the class of all others."""
        at = np.searchsorted(self._spikes, values)
        others = self.continuous_class if self.has_scalar else -1
        return np.where(np.isin(values, self._spikes), at, others)

    @property
    def n_bins(self):
        """Number of spikes and segments, and one bin for missing values."""
        return len(self._spike_bins) + len(self._knot_bins) + self.has_missing

    def bins(self, classes, scores):
        """Return the bin of each value among spikes and segments, missing ones last."""
        of_class = np.full(self.n_classes, self.n_bins - 1)
        of_class[: len(self._spike_bins)] = self._spike_bins
        bins = of_class[classes]
        if self.has_scalar:
            rows = classes == self.continuous_class
            bins[rows] = self._knot_bins[self._table.segment(scores[rows])]
        return bins

    def _stand_ins(self, values, rng):
        """Return classes for what is missing where training had none, or few others."""
        if self.has_scalar:
            return np.full(len(values), self.continuous_class)
        gaps = np.abs(self._spikes - values[:, None].astype(np.float64))
        return gaps.argmin(axis=1)

    def encode(self, values, missing, rng):
        """Return classes and normal scores."""
        classes, scores = super().encode(values, missing, rng)
        rows = classes == self.continuous_class
        if self.has_scalar:
            scores[rows] = self._table.score(self.offsets(values[rows]), rng)
        return classes, scores

    def offsets(self, values):
        """Return values about the origin, float64."""
        if self._is_near and values.dtype.kind != "f":
            return (values - self._origin).astype(np.int64).astype(np.float64)
        return values.astype(np.float64) - float(self._origin)

    def _at(self, offsets):
        """Return the values at offsets from the origin, in the training dtype."""
        if self._dtype.kind == "f":
            return offsets.astype(self._dtype)
        if self._is_near:
            return offsets.astype(np.int64).astype(self._dtype) + self._origin
        high = np.nextafter(float(np.iinfo(self._dtype).max), 0)
        return (offsets + float(self._origin)).clip(max=high).astype(self._dtype)

    def _decode(self, classes, scores, rng):
        """Return spikes, and numbers of normal scores, rounded as in training."""
        rows = classes == self.continuous_class
        numbers = np.zeros(len(classes))  # about the origin
        if self.has_scalar:
            numbers[rows] = self._table.value(scores[rows])
        numbers = self._at(round_to(numbers, self._decimals))
        numbers[~rows] = self._spikes[classes[~rows]]
        return numbers
