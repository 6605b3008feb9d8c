"""Columns of numbers: spikes as classes, the others as normal scores."""

import numpy as np

from .kinds import Kind
from .quantiles import MIN_ROWS, QuantileTable

SPIKE = 0.05  # share of the rows from which one number is a class of its own
MAX_DECIMALS = 6


class Number(Kind):
    """Numbers: spikes are classes; the others share one, with a normal score."""

    ranked = True

    def __init__(self, values, missing):
        super().__init__(missing)
        present = values[~missing]
        distinct, counts = np.unique(present, return_counts=True)
        is_spike = counts >= max(MIN_ROWS, SPIKE * len(present))
        self._spikes, self._dtype = distinct[is_spike], values.dtype
        self._decimals = decimals_of(present)
        # Whole numbers beyond 2^53 are exact in float64 only about an origin near them
        self._is_near = float(distinct[-1]) - float(distinct[0]) < 2**53
        is_whole = self._dtype.kind != "f"
        self._origin = self._dtype.type(present.mean() if is_whole else 0)
        others = self.offsets(present[~np.isin(present, self._spikes)])
        # Fewer than five others count as the nearest spike
        self.has_scalar = len(others) >= MIN_ROWS or not is_spike.any()
        self._table = QuantileTable(others) if self.has_scalar else None
        self.spread = (float(others.std()) if self.has_scalar else 0.0) or 1.0
        self.continuous_class = len(self._spikes)
        self._n_own = len(self._spikes) + self.has_scalar
        spikes = self.offsets(self._spikes)
        knots = self._table.knots if self.has_scalar else spikes[:0]
        # Spikes and segments of the quantile table together, by value
        self._spike_places = np.arange(len(spikes)) + np.searchsorted(knots, spikes)
        self._knot_places = np.arange(len(knots)) + np.searchsorted(spikes, knots)

    def _classify(self, values):
        at = np.searchsorted(self._spikes, values)
        others = self.continuous_class if self.has_scalar else -1
        return np.where(np.isin(values, self._spikes), at, others)

    @property
    def n_places(self):
        """Spikes and segments, and one place for missing values."""
        return len(self._spike_places) + len(self._knot_places) + self.has_missing

    def places(self, classes, scores):
        """The place of each value among spikes and segments; missing ones are last."""
        of_class = np.full(self.n_classes, self.n_places - 1)
        of_class[: len(self._spike_places)] = self._spike_places
        places = of_class[classes]
        if self.has_scalar:
            rows = classes == self.continuous_class
            places[rows] = self._knot_places[self._table.segment(scores[rows])]
        return places

    def _stand_ins(self, values, rng):  # missing where training had none, or few others
        if self.has_scalar:
            return np.full(len(values), self.continuous_class)
        gaps = np.abs(self._spikes - values[:, None].astype(np.float64))
        return gaps.argmin(axis=1)

    def encode(self, values, missing, rng):
        """Classes and normal scores."""
        classes, scores = super().encode(values, missing, rng)
        rows = classes == self.continuous_class
        if self.has_scalar:
            scores[rows] = self._table.score(self.offsets(values[rows]), rng)
        return classes, scores

    def offsets(self, values):
        """Values about the origin, float64."""
        if self._is_near and values.dtype.kind != "f":
            return (values - self._origin).astype(np.int64).astype(np.float64)
        return values.astype(np.float64) - float(self._origin)

    def _at(self, offsets):
        if self._dtype.kind == "f":
            return offsets.astype(self._dtype)
        if self._is_near:
            return offsets.astype(np.int64).astype(self._dtype) + self._origin
        high = np.nextafter(float(np.iinfo(self._dtype).max), 0)
        return (offsets + float(self._origin)).clip(max=high).astype(self._dtype)

    def _decode(self, classes, scores, rng):
        rows = classes == self.continuous_class
        numbers = np.zeros(len(classes))  # about the origin
        if self.has_scalar:
            numbers[rows] = self._table.value(scores[rows])
        if self._decimals is not None:
            numbers = np.round(numbers, self._decimals) + 0.0  # no negative zeros
        numbers = self._at(numbers)
        numbers[~rows] = self._spikes[classes[~rows]]
        return numbers


def decimals_of(values):
    """How many decimals all values have, None for more than six."""
    for decimals in range(MAX_DECIMALS + 1):
        if np.array_equal(np.round(values, decimals), values):
            return decimals
    return None
