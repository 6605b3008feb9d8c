"""What speaks for an order between columns: that it is no chance, and no accident.

That one column is below another in all of n rows shows little by itself: if it is not
in one row of a thousand, 500 rows show none with probability .999^500 = .61. Two things
must speak for it besides.

It is **no chance**: of all orders of the later column's values few would keep it, at
most a share that is as small as for other relations. Ranges must overlap, too: where
they hardly do, little is to be kept, and the gap between amounts of two scales tells
nothing.

It is **no accident** that none of the rows happens to break it. One of three will do:

- The gaps end *abruptly*. Of three windows of equal width from the least gap on, the
  logarithms of counts are continued below it as a parabola, which is exact for the tail
  of a normal distribution; a dozen rows or more would have to be there. So a tail that
  fades out is refused, and one that is cut off is not.
- They end *far* above 0. A tail as heavy as a power of the distance from their median,
  through the tenth and the fiftieth of them, would have at most one row of a thousand
  below 0.
- There are so many rows that one of a thousand would be a dozen.

What remains are errors that follow no tail, of which 500 rows show none: a share q of
them is missed with probability (1 - q)^n.
"""

import math

import numpy as np

MIN_ROWS_OF_ORDER = 500
MAX_BROKEN = 1e-3  # share of rows of another draw in which an order may be broken
MIN_EXPECTED = 12.0  # rows of which it is no accident that there are none
MIN_OVERLAP = 0.05  # share of random pairs of the two columns that break the order
N_CHANCE = 4_096  # rows that are enough to tell a chance
RANKS = 10, 50  # of the gaps through which a tail is laid
N_WIDTHS = 8
MOST_LOW, MOST_LEAST = 0.5, 0.75  # share of the gaps in windows; if these are counts


def log_chance(low, high):
    """Return the log share of all orders of ``high`` that are nowhere below ``low``.

    From the greatest of ``low`` on, each takes one of the values that are not below it.
    """
    low, high = np.sort(low)[::-1], np.sort(high)
    n = len(low)
    taken = np.arange(n)
    free = n - np.searchsorted(high, low) - taken
    return float(np.log(free / (n - taken)).sum())


def overlap(low, high):
    """Return the share of random pairs in which the second is below the first."""
    return float(np.searchsorted(np.sort(high), low).mean() / len(high))


def is_no_chance(low, high, needed):
    """Whether ranges overlap, and fewer than exp(-needed) of all orders fit."""
    step = -(-len(low) // N_CHANCE)
    low, high = low[::step], high[::step]
    return overlap(low, high) >= MIN_OVERLAP and -log_chance(low, high) > needed


def is_no_accident(gaps):
    """Whether gaps that are all at least 0 show that hardly any is below.

    Parameters
    ----------
    gaps : ndarray of shape (n,)
        In steps of a grid, whole, or any floats.
    """
    gaps = np.sort(gaps)
    if len(gaps) * MAX_BROKEN >= MIN_EXPECTED:
        return True
    return broken_by_tail(gaps) <= MAX_BROKEN or expected_below(gaps) >= MIN_EXPECTED


def expected_below(gaps):
    """Bound from below how many rows a smooth tail would have below the least gap.

    Parameters
    ----------
    gaps : ndarray of shape (n,)
        Sorted.

    Returns
    -------
    expected : float
        Two standard errors less than what three windows say, those that say most. They
        are in the lower half of the gaps; or the three least counts, in the lower three
        quarters or if the first is not below the second one but for chance.
    """
    n, is_whole, gaps = len(gaps), gaps.dtype.kind in "iu", gaps - gaps[0]
    if not is_whole and np.count_nonzero(gaps == 0) >= MIN_EXPECTED:
        return math.inf  # what is smooth has no atom at its end
    ranks = np.geomspace(4 * MIN_EXPECTED, n // 2, N_WIDTHS).astype(int) - 1
    widths = gaps[ranks[ranks >= 0]] / 3
    widths = {max(math.floor(w), 1) for w in widths} | {1} if is_whole else widths
    found = [0.0]
    for width in widths:
        if width > 0:
            ends = np.searchsorted(gaps, width * np.arange(1, 4))
            counts = np.diff(ends, prepend=0)
            is_least = is_whole and width == 1
            is_low = ends[-1] <= n * (MOST_LEAST if is_least else MOST_LOW)
            is_end = is_least and _is_peak(*counts[:2])
            if counts[0] and (is_low or is_end):
                found.append(_continued(*counts.clip(1)))
    return max(found)


def _is_peak(first, second):
    """Whether a count is not below the next one, but for two standard errors."""
    return first + 2 * math.sqrt(first) >= second


def _continued(first, second, third):
    """Return the count before three: a parabola of logs, less two standard errors."""
    log = 3 * math.log(first) - 3 * math.log(second) + math.log(third)
    error = math.sqrt(9 / first + 9 / second + 1 / third)
    return math.exp(log - 2 * error)


def broken_by_tail(gaps):
    """Bound from above the share of rows that a heavy tail has below 0.

    ``gaps`` are sorted. The tail falls as a power of the distance from the median, of
    which the exponent is two standard errors less than gaps say.
    """
    n, (near, far) = len(gaps), RANKS
    low, high, middle = (float(gaps[k]) for k in (near - 1, far - 1, n // 2))
    if low <= 0 or high >= middle:
        return 1.0 if low <= 0 else 0.0
    if low == high:
        return 0.0
    power = math.log(far / near) / math.log((middle - low) / (middle - high))
    power *= 1 - 2 / math.sqrt(far - near)
    return near / n * (middle / (middle - low)) ** -power
