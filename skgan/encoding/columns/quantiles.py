"""Between the values of a numeric column and normal scores, by a table of quantiles."""

import numpy as np
from scipy.special import ndtr, ndtri

from skgan.privacy import MIN_ROWS

MAX_KNOTS = 1_000


class QuantileTable:
    """Normal scores of numbers, and numbers of normal scores.

    The sorted values are cut into segments. A value that enough rows share is a segment
    of its own and stored exactly. Other segments hold at least as many neighboring
    values, of which only the mean is stored; the most extreme value at
    each end is left out of it, so that an outlier leaves no trace.

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
        exact, segment = _segments(values, min_rows)
        starts = np.flatnonzero(np.diff(segment, prepend=-1))
        counts = np.diff(starts, append=len(values))
        kept = np.ones(len(values))
        for end in (0, -1):
            if not exact[end] and counts[end] > 3:
                kept[end] = 0.0
        sums = np.add.reduceat(values * kept, starts)
        self.knots = np.where(
            exact[starts], values[starts], sums / np.add.reduceat(kept, starts)
        )
        self._exact = exact[starts]
        self._upper = np.cumsum(counts) / len(values)
        self._middle = self._upper - counts / len(values) / 2
        self._margin = 0.5 / len(values)

    def score(self, values, rng):
        """Return normal scores of values; shared ones are spread over their ranks."""
        ranks = np.interp(values, self.knots, self._middle)
        nearest = np.searchsorted(self.knots, values).clip(max=len(self.knots) - 1)
        tied = self._exact[nearest] & (self.knots[nearest] == values)
        half = self._upper[nearest] - self._middle[nearest]
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
        between = np.interp(ranks, self._middle, self.knots)
        return np.where(self._exact[segment], self.knots[segment], between)


def _segments(values, min_rows):
    """Return whether enough rows share each sorted value, and its segment."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    exact = min_rows.allows(counts[inverse])
    # Runs: one value that is shared, or all values between two such
    run = np.cumsum(
        np.diff(exact, prepend=exact[0]) | (exact & (np.diff(inverse, prepend=0) > 0))
    )
    start, length = _runs(run)
    size = max(min_rows.n, -(-len(values) // MAX_KNOTS))
    # The last chunk of a run takes what is left over, so that none is too small
    n_chunks = np.where(exact[start], 1, np.maximum(length // size, 1))
    position = np.arange(len(values)) - start[run]
    chunk = np.minimum(position // size, n_chunks[run] - 1)
    chunk[exact] = 0
    segment = np.concatenate([[0], np.cumsum(n_chunks)[:-1]])[run] + chunk
    return _merge_small(values, exact, segment, min_rows)


def _runs(labels):
    """Return where runs of equal labels start, and their lengths."""
    start = np.flatnonzero(np.diff(labels, prepend=-1))
    return start, np.diff(start, append=len(labels))


def _merge_small(values, exact, segment, min_rows):
    """Give segments of too few rows to a neighbor, if there is one."""
    start, length = _runs(segment)
    if len(start) == 1:
        return exact, segment
    small = ~min_rows.allows(length)
    target = np.arange(len(start))
    for i in np.flatnonzero(small):  # only between shared values: few
        left = i - 1 if i > 0 else i + 1
        target[i] = target[left] if left < i else left
    merged = target[segment]
    exact = exact | small[segment]
    for i in np.flatnonzero(small):
        values[segment == i] = values[start[target[i]]]
    return exact, np.unique(merged, return_inverse=True)[1]
