"""What counts the values of a column over all rows, of which some were learned from.

Each counter has ``add(values, missing, rng)``, which returns the bins of some rows,
``class_counts``, and ``encoder()``: that of the rows learned from, by the counts of all
that were added.
"""

from copy import copy

import numpy as np

from skgan.privacy import MIN_ROWS

from .base import positions
from .discrete import Discrete
from .high_cardinality import HighCardinality
from .nan import NanApart
from .numeric import Numeric
from .quantiles import segment_ends
from .wall_clock import WallClock


def counter_of(encoder, values, missing, min_rows=MIN_ROWS):
    """Return what counts a column.

    Parameters
    ----------
    encoder : ColumnEncoder
        That of the column, which has learned.
    values, missing : ndarray of shape (n,)
        The values that it has learned from, and which of them are missing.
    min_rows : MinRows, default=MIN_ROWS
        How many rows shared what it keeps.
    """
    if isinstance(encoder, NanApart):
        return _ApartCounter(encoder, values, missing, min_rows)
    if isinstance(encoder, WallClock):
        return _ClockCounter(encoder, values, missing, min_rows)
    if isinstance(encoder, Numeric):
        return _NumberCounter(encoder, values, missing, min_rows)
    if isinstance(encoder, Discrete | HighCardinality):
        return _ValueCounter(encoder)
    return _Unchanged(encoder)


class _Unchanged:
    """Of columns of one value, and of those that are not encoded."""

    def __init__(self, encoder):
        self._encoder = encoder
        self.class_counts = np.zeros(encoder.n_classes, dtype=np.int64)

    def _classes(self, values, missing, rng):
        """Return the classes of some rows, which are counted."""
        classes = self._encoder.classify(values, missing)
        unknown = classes < 0
        if unknown.any():
            classes[unknown] = self._encoder._stand_ins(values[unknown], rng)
        self.class_counts += np.bincount(classes, minlength=len(self.class_counts))
        return classes

    def add(self, values, missing, rng):
        """Return the bins of some rows."""
        classes = self._classes(values, missing, rng)
        return self._encoder.bins(classes, np.zeros(len(classes)))

    def encoder(self):
        """Return the encoder as it was."""
        return self._encoder


class _ValueCounter(_Unchanged):
    """Of columns in which values are classes, or share some."""

    def __init__(self, encoder):
        super().__init__(encoder)
        self._counts = np.zeros(len(encoder._values), dtype=np.int64)

    def add(self, values, missing, rng):
        """Return the bins of some rows, after they are counted."""
        known = self._encoder._values
        at = positions(known, values[~missing])
        self._counts += np.bincount(at[at >= 0], minlength=len(known))
        return super().add(values, missing, rng)

    def encoder(self):
        """Return the encoder with the counts of all rows."""
        other = copy(self._encoder)
        other._counts = np.maximum(self._counts, 1)
        return other


class _NumberCounter(_Unchanged):
    """Of columns of numbers: counts and sums between the numbers learned from."""

    def __init__(self, encoder, values, missing, min_rows):
        super().__init__(encoder)
        self._min_rows = min_rows
        if not encoder.has_scalar:
            return
        others = encoder.classify(values, missing) == encoder.continuous_class
        offsets = encoder.offsets(values[others])
        starts, self._ends = segment_ends(offsets, min_rows)
        self._is_one = encoder._table.is_shared & (starts == self._ends)
        n = len(self._ends)
        self._counts, self._sums = np.zeros(n, dtype=np.int64), np.zeros(n)
        self._least, self._greatest = np.full(n, np.inf), np.full(n, -np.inf)

    def add(self, values, missing, rng):
        """Return the bins of some rows, after numbers are counted and summed."""
        encoder = self._encoder
        if not encoder.has_scalar:
            return super().add(values, missing, rng)
        classes = self._classes(values, missing, rng)
        rows = classes == encoder.continuous_class
        at = self._count(encoder.offsets(values[rows]))
        return encoder.bins_of(classes, at)

    def _count(self, offsets):
        """Count numbers, and return the segment of each: one between two ends."""
        order = np.argsort(offsets)
        offsets = offsets[order]
        starts = np.append(0, np.searchsorted(offsets, self._ends[:-1], side="right"))
        # What is between one value and those below belongs to the latter
        ones = self._ends[self._is_one]
        starts[self._is_one] = np.searchsorted(offsets, ones)
        starts[0] = 0
        counts = np.diff(starts, append=len(offsets))
        here = np.flatnonzero(counts)
        if len(here):
            first, last = starts[here], (starts + counts - 1)[here]
            self._sums[here] += np.add.reduceat(offsets, first)
            self._least[here] = np.minimum(self._least[here], offsets[first])
            self._greatest[here] = np.maximum(self._greatest[here], offsets[last])
        self._counts += counts
        at = np.empty(len(order), dtype=np.int64)
        at[order] = np.repeat(np.arange(len(counts)), counts)
        return at

    def encoder(self):
        """Return the encoder with the ranks and means of all rows."""
        other = copy(self._encoder)
        if other.has_scalar:
            counts = np.maximum(self._counts, 1)
            other._table = other._table.with_means(self._means(), counts)
            other._set_bins()
        return other

    def _means(self):
        """Return the means of segments, without the ends of what is not shared."""
        counts, sums = self._counts.astype(np.float64), self._sums.copy()
        exact = self._encoder._table.is_shared
        beside = np.concatenate([[True], exact, [True]])
        for is_end, ends in (
            (beside[:-2], self._least),  # no other such segment is below it
            (beside[2:], self._greatest),
        ):
            cut = is_end & ~exact & self._min_rows.allows(counts - 1)
            counts[cut] -= 1
            sums[cut] -= ends[cut]
        found = counts > 0
        means = np.where(
            found, sums / np.maximum(counts, 1), self._encoder._table.knots
        )
        return means


class _ApartCounter(_Unchanged):
    """Of columns in which NaN is apart."""

    def __init__(self, encoder, values, missing, min_rows):
        super().__init__(encoder)
        nan, *others = encoder.apart(values, missing)
        others = [part[~nan] for part in others]
        self._inner = counter_of(encoder.inner, *others, min_rows)

    def add(self, values, missing, rng):
        """Return the bins of some rows, after others than NaN are counted."""
        nan, *others = self._encoder.apart(values, missing)
        bins = np.full(len(values), self._encoder.n_bins - 1)
        bins[~nan] = self._inner.add(*(part[~nan] for part in others), rng)
        self.class_counts[:-1] = self._inner.class_counts
        self.class_counts[-1] += nan.sum()
        return bins

    def encoder(self):
        """Return the encoder, that of the other values by all rows."""
        return NanApart(self._inner.encoder())


class _ClockCounter(_Unchanged):
    """Of columns of times by what clocks show."""

    def __init__(self, encoder, values, missing, min_rows):
        super().__init__(encoder)
        local = encoder.clock.local(values)
        self._inner = counter_of(encoder.inner, local, missing, min_rows)

    def add(self, values, missing, rng):
        """Return the bins of some rows, after their local times are counted."""
        bins = self._inner.add(self._encoder.clock.local(values), missing, rng)
        self.class_counts = self._inner.class_counts
        return bins

    def encoder(self):
        """Return the encoder, that of local times by all rows."""
        return WallClock(self._inner.encoder(), self._encoder.clock)
