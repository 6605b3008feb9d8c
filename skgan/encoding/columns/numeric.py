"""Columns of numbers: spikes as classes, the others as normal scores."""

from fractions import Fraction

import numpy as np

from skgan.privacy import MIN_ROWS
from skgan.storage import stored
from skgan.storage.fields import array, dtype, flag, instance, optional, require, whole

from ..frames import Grid, grid_of
from .base import ColumnEncoder, positions
from .quantiles import QuantileTable

SPIKE = 0.05  # share of the rows from which one number is a class of its own
FAR = 2.0**62  # from the origin: beyond, differences may not fit into 64 bits


DERIVED = "spread", "continuous_class", "_n_own", "_spike_bins", "_knot_bins"


@stored(
    "numeric_column/1",
    derived=DERIVED,
    has_missing=flag,
    has_scalar=flag,
    _dtype=dtype,
    _grid=instance(Grid),
    _spikes=array("iuf"),
    _origin=whole(),
    _table=optional(instance(QuantileTable)),
)
class Numeric(ColumnEncoder):
    """Numbers: spikes are classes; the others share one, with a normal score.

    Spikes hold a share of the rows, or are shared and off the grid that others are on.
    Other numbers come back on it.

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
        Their standard deviation as far as quantiles tell, 1 where they have none.
    """

    ranked = True

    def __init__(self, values, missing, min_rows=MIN_ROWS):
        super().__init__(missing)
        present = values[~missing]
        distinct, counts = np.unique(present, return_counts=True)
        self._dtype, self._grid = values.dtype, grid_of(distinct, min_rows)
        is_odd = ~self._grid.holds(distinct)
        is_spike = min_rows.allows(counts) & (is_odd | (counts >= SPIKE * len(present)))
        self._spikes = distinct[is_spike]
        others = present[~np.isin(present, self._spikes)]
        # Too few others count as the nearest spike; both ends are in no mean
        self.has_scalar = min_rows.allows(len(others) - 2) or not is_spike.any()
        self._origin, self._table = 0, None
        if self.has_scalar:
            self._origin = self._origin_of(others, min_rows)
            self._table = QuantileTable(self.offsets(others), min_rows)
        self._set_bins()

    def check_stored(self):
        """Check that spikes, grid and quantiles are of one column, and set its bins."""
        own, grid = self._dtype, self._grid
        require(own.kind in "iuf" and own == self._spikes.dtype, "dtypes are equal")
        require((self._spikes[1:] > self._spikes[:-1]).all(), "spikes rise")
        require(self.has_scalar == (self._table is not None), "scalars have quantiles")
        require(self.has_scalar or len(self._spikes), "there are values")
        if own.kind == "f":
            require(self._origin == 0, "floats are about 0")
        else:
            info = np.iinfo(own)
            require(info.min <= self._origin <= info.max, "the origin is a value")
            require(grid.decimals == 0, "whole numbers have no decimals")
        self._set_bins()
        require(np.isfinite(self.spread), "the spread is finite")

    def _set_bins(self):
        """Set what follows from spikes and quantiles."""
        self.spread = (self._table.spread if self.has_scalar else 0.0) or 1.0
        self.continuous_class = len(self._spikes)
        self._n_own = len(self._spikes) + self.has_scalar
        spikes = self.offsets(self._spikes)
        knots = self._table.knots if self.has_scalar else spikes[:0]
        # Spikes and segments of the quantile table together, by value
        self._spike_bins = np.arange(len(spikes)) + np.searchsorted(knots, spikes)
        self._knot_bins = np.arange(len(knots)) + np.searchsorted(spikes, knots)

    @property
    def step(self):
        """The distance of neighbors on the grid, a fraction; None without a grid."""
        if self._grid.decimals is None:
            return None
        return Fraction(self._grid.step, 10**self._grid.decimals)

    @property
    def spans(self):
        """Ranges of numbers that have all that are decoded: spikes, and the others."""
        spikes = np.column_stack([self._spikes, self._spikes])
        if not self.has_scalar:
            return spikes
        others = self._at(self._table.knots[[0, -1]])
        return np.vstack([spikes, others])

    def may_be(self, values):
        """Return which values numbers can be by more than chance, bool ``(n,)``."""
        known = self._spikes
        if self.has_scalar:
            if self._grid.decimals is not None:
                return self._grid.holds(values) | np.isin(values, known)
            table = self._table
            known = [*known, *table.knots[table.is_shared], *table.knots[[0, -1]]]
        near = np.isclose(values[:, None].astype(np.float64), known, rtol=1e-6, atol=0)
        return near.any(axis=1)

    def _classify(self, values):
        """Return the spike of each value, or the class of all others."""
        at = positions(self._spikes, values)
        return np.where(at < 0, self.continuous_class, at) if self.has_scalar else at

    @property
    def n_bins(self):
        """Number of spikes and segments, and one bin for missing values."""
        return len(self._spike_bins) + len(self._knot_bins) + self.has_missing

    def bins(self, classes, scores):
        """Return the bin of each value among spikes and segments, missing ones last."""
        segments = np.zeros(0, dtype=np.int64)
        if self.has_scalar:
            rows = classes == self.continuous_class
            segments = self._table.segment(scores[rows])
        return self.bins_of(classes, segments)

    def bins_of(self, classes, segments):
        """Return the bin of each value, by the segments of those that are no spikes."""
        if len(segments) == len(classes):  # as in most columns
            return self._knot_bins[segments]
        of_class = np.full(self.n_classes, self.n_bins - 1)
        of_class[: len(self._spike_bins)] = self._spike_bins
        bins = of_class[classes]
        if self.has_scalar:
            bins[classes == self.continuous_class] = self._knot_bins[segments]
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

    def _origin_of(self, others, min_rows):
        """Return a whole number of the grid about which floats are exact; 0 of floats.

        It is near the middle one of the knots.
        """
        if self._dtype.kind == "f":
            return 0
        knots = QuantileTable(others.astype(np.float64), min_rows).knots
        middle = int(knots[len(knots) // 2])
        origin = middle - (middle - self._grid.offset) % self._grid.step
        lowest = int(np.iinfo(self._dtype).min)
        return origin if origin >= lowest else origin + self._grid.step

    def offsets(self, values):
        """Return values about the origin, float64."""
        rough = values.astype(np.float64) - float(self._origin)
        if values.dtype.kind == "f":
            return rough
        # Modulo 2**64 differences are exact, and floats of near ones are
        exact = values.astype(np.uint64) - np.uint64(self._origin % 2**64)
        return np.where(np.abs(rough) < FAR, exact.astype(np.int64), rough)

    @property
    def bounds(self):
        """The ends of plausible offsets, beyond nearly all training values."""
        return self._table.bounds

    def _at(self, offsets):
        """Return the numbers of the grid at offsets from the origin, as in training."""
        if self._dtype.kind == "f":
            return self._grid.snap(offsets).astype(self._dtype)
        step, near = self._grid.step, offsets.clip(-FAR, FAR)
        steps = np.rint(near / step).astype(np.int64).astype(np.uint64)
        exact = steps * np.uint64(step) + np.uint64(self._origin % 2**64)
        info = np.iinfo(self._dtype)
        low, high = float(info.min), np.nextafter(float(info.max), 0)
        rough = (offsets + float(self._origin)).clip(low, high).astype(self._dtype)
        return np.where(near == offsets, exact.astype(self._dtype), rough)

    def _decode(self, classes, scores, rng):
        """Return spikes, and numbers of normal scores, on the grid of the others."""
        rows = classes == self.continuous_class
        numbers = np.zeros(len(classes))  # about the origin
        if self.has_scalar:
            numbers[rows] = self._table.value(scores[rows])
        numbers = self._at(numbers)
        numbers[~rows] = self._spikes[classes[~rows]]
        return numbers
