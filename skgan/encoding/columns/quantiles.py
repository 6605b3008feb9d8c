"""Between the values of a numeric column and normal scores, by a table of quantiles."""

from copy import copy

import numpy as np
from scipy.special import ndtr, ndtri

from skgan.privacy import MIN_ROWS
from skgan.storage import stored
from skgan.storage.fields import array, number, require

MAX_KNOTS = 1_000


@stored(
    "quantile_table/1",
    knots=array("f8"),
    _exact=array("b"),
    _upper=array("f8", 1, 0, 1),
    _middle=array("f8", 1, 0, 1),
    _margin=number(0, 0.5),
)
class QuantileTable:
    """Normal scores of numbers, and numbers of normal scores.

    The sorted values are cut into segments. A value that enough rows share is a segment
    of its own and stored exactly. Other segments hold at least as many neighboring
    values, of which only the mean is stored. The least and the greatest between two
    shared values, or between one and an end, are left out of it, so that an outlier
    leaves no trace. Only where too few values would remain, they are not; at the ends
    of the table such values count as the shared one next to them.

    Between means numbers are interpolated, and to a shared value they are not: between
    it and the means next to it there may be nothing, as before a code like 99999.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The training values, finite.
    min_rows : MinRows, default=MIN_ROWS
        How many rows are enough; no mean of fewer is taken.

    Attributes
    ----------
    knots : ndarray of shape (n_segments,)
        Values and means, rising.
    """

    def __init__(self, values, min_rows=MIN_ROWS):
        values = np.sort(values)
        exact, segment, kept = _segments(values, min_rows)
        starts = np.flatnonzero(np.diff(segment, prepend=-1))
        counts = np.diff(starts, append=len(values))
        means = np.add.reduceat(values * kept, starts) / np.add.reduceat(kept, starts)
        self.knots = np.where(exact[starts], values[starts], means)
        self._exact = exact[starts]
        self._set_ranks(counts)

    def _set_ranks(self, counts):
        """Set the ranks of segments by how many values each has."""
        n = counts.sum()
        self._upper = np.cumsum(counts) / n
        self._middle = self._upper - counts / n / 2
        self._margin = 0.5 / n

    def with_means(self, means, counts):
        """Return a table of the same segments of other values.

        Parameters
        ----------
        means : ndarray of shape (n_segments,)
            Of each segment that is no shared value.
        counts : ndarray of shape (n_segments,)
            How many values each segment has.
        """
        other = copy(self)
        other.knots = np.where(self._exact, self.knots, means)
        other._set_ranks(counts)
        return other

    def check_stored(self):
        """Check that segments follow each other, and fill all ranks."""
        n, upper, middle = len(self.knots), self._upper, self._middle
        require(n > 0, "there is a segment")
        require(len(self._exact) == len(upper) == len(middle) == n, "arrays as long")
        require((np.diff(self.knots) >= 0).all(), "knots rise")
        lower = np.append(0.0, upper[:-1])
        require((lower < upper).all() and upper[-1] == 1, "ranks rise to 1")
        require(((lower <= middle) & (middle <= upper)).all(), "middles are between")
        require(self._margin > 0, "the margin is not 0")

    @property
    def is_shared(self):
        """Which segments are a value that enough rows share."""
        return self._exact

    @property
    def mean(self):
        """The mean of the values, as far as knots tell."""
        return float(np.average(self.knots, weights=self._shares))

    @property
    def spread(self):
        """Their standard deviation, as far as knots tell."""
        squares = np.square(self.knots - self.mean)
        return float(np.sqrt(np.average(squares, weights=self._shares)))

    @property
    def bounds(self):
        """The ends of plausible values: as far beyond the knots as these reach."""
        reach = self.knots[-1] - self.knots[0] if len(self.knots) > 1 else np.inf
        return self.knots[0] - reach, self.knots[-1] + reach

    @property
    def _shares(self):
        """The share of the values that each segment has."""
        return np.diff(self._upper, prepend=0.0)

    def score(self, values, rng):
        """Return normal scores of values; shared ones are spread over their ranks."""
        above = np.searchsorted(self.knots, values).clip(max=len(self.knots) - 1)
        tied = self._exact[above] & (self.knots[above] == values)
        ranks = np.interp(values, self.knots, self._middle)
        # Beside a shared value the nearest mean stands for what is not shared
        below = (above - 1).clip(min=0)
        is_high = self._exact[above] & ~self._exact[below] & ~tied
        is_low = self._exact[below] & ~self._exact[above]
        ranks = np.where(is_high, self._middle[below], ranks)
        ranks = np.where(is_low, self._middle[above], ranks)
        half = self._upper[above] - self._middle[above]
        ranks = ranks + tied * half * rng.uniform(-1, 1, size=len(values))
        return ndtri(ranks.clip(self._margin, 1 - self._margin))

    def segment(self, scores):
        """Return the numbers of the segments in which normal scores lie."""
        return self._segment(ndtr(np.asarray(scores, dtype=np.float64)))

    def _segment(self, ranks):
        """Return the numbers of the segments in which ranks lie."""
        return np.searchsorted(self._upper, ranks).clip(max=len(self.knots) - 1)

    def value(self, scores):
        """Return the values of normal scores: order statistics, or between means."""
        ranks = ndtr(np.asarray(scores, dtype=np.float64))
        segment = self._segment(ranks)
        beside = np.concatenate([[False], self._exact, [False]])
        low = np.where(beside[:-2], self._middle, 0.0)[segment]
        high = np.where(beside[2:], self._middle, 1.0)[segment]
        between = np.interp(ranks.clip(low, high), self._middle, self.knots)
        return np.where(self._exact[segment], self.knots[segment], between)


def segment_ends(values, min_rows=MIN_ROWS):
    """Return the least and the greatest value of each segment of a table.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Those that a table is made of.
    min_rows : MinRows, default=MIN_ROWS
        How many rows are enough for it.

    Returns
    -------
    least, greatest : ndarray of shape (n_segments,)
        Equal where all rows of a segment share one value.
    """
    values = np.sort(values)
    _, segment, _ = _segments(values.copy(), min_rows)  # which changes some
    starts, lengths = _runs(segment)
    return values[starts], values[starts + lengths - 1]


def _segments(values, min_rows):
    """Return of sorted values which are shared, their segments, and 1 if they count."""
    is_next = np.append(False, values[1:] != values[:-1])
    counts = np.diff(np.flatnonzero(is_next), prepend=0, append=len(values))
    exact = np.repeat(min_rows.allows(counts), counts)
    # Runs: one value that is shared, or all values between two such
    run = np.cumsum(np.diff(exact, prepend=exact[0]) | (exact & is_next))
    start, length = _runs(run)
    size = max(min_rows.n, -(-len(values) // MAX_KNOTS))
    kept = _without_ends(exact, start, length, min_rows)
    # Chunks of as many values that count; the last one of a run takes what is left
    # over, so that none is too small
    skipped = 1 - kept[start].astype(np.int64)
    n_kept = np.add.reduceat(kept, start).astype(np.int64)
    n_chunks = np.where(exact[start], 1, np.maximum(n_kept // size, 1))
    position = np.arange(len(values)) - (start + skipped)[run]
    chunk = np.clip(position // size, 0, n_chunks[run] - 1)
    chunk[exact] = 0
    segment = np.concatenate([[0], np.cumsum(n_chunks)[:-1]])[run] + chunk
    exact, segment = _merge_small(values, exact, segment, kept, min_rows)
    return exact, segment, kept


def _runs(labels):
    """Return where runs of equal labels start, and their lengths."""
    start = np.flatnonzero(np.diff(labels, prepend=-1))
    return start, np.diff(start, append=len(labels))


def _without_ends(exact, start, length, min_rows):
    """Return 1 for each sorted value, and 0 for the ends of runs not shared."""
    kept, last = np.ones(len(exact)), start + length - 1
    is_long = ~exact[start] & min_rows.allows(length - 2)
    kept[start[is_long]] = kept[last[is_long]] = 0.0
    if len(start) > 1:  # no extreme of the table counts
        for end in (0, -1):
            kept[end] = exact[end]
    return kept


def _merge_small(values, exact, segment, kept, min_rows):
    """Give segments in which too few values count to a neighbor, if there is one."""
    start, length = _runs(segment)
    if len(start) == 1:
        return exact, segment
    small = ~min_rows.allows(np.add.reduceat(kept, start))
    target = np.arange(len(start))
    for i in np.flatnonzero(small):  # only between shared values: few
        left = i - 1 if i > 0 else i + 1
        target[i] = target[left] if left < i else left
    merged = target[segment]
    exact = exact | small[segment]
    for i in np.flatnonzero(small):
        values[start[i] : start[i] + length[i]] = values[start[target[i]]]
    return exact, np.cumsum(np.diff(merged, prepend=merged[0]) > 0)
