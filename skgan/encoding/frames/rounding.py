"""The grid that the values of a column are on, and new values rounded to it."""

import math
from typing import NamedTuple

import numpy as np

from skgan.privacy import MIN_ROWS
from skgan.storage import stored
from skgan.storage.fields import optional, require, whole

MAX_DECIMALS = 6
N_SCREENED = 1_000  # values of a column
# Rounding of sums and products: two units in the last place are no difference where
# decimals are coarser than a thousand
SLIP, COARSE = 2, 1_000
# Different values for each that may be off a grid, fewer in all than a rule's rows
PER_ODD = 20
CHANCE = 1e-6  # of random whole numbers that share a step, at most


@stored(
    "grid/1",
    decimals=optional(whole(0, MAX_DECIMALS)),
    step=whole(1, 2**64 - 1),
    offset=whole(0),
)
class Grid(NamedTuple):
    """Numbers ``(offset + k * step) / 10**decimals`` with whole k.

    ``offset`` is at least 0 and less than ``step``. Without ``decimals`` the grid has
    all numbers.

    Parameters
    ----------
    decimals : int or None, default=None
        Number of decimals; 0 of whole numbers.
    step : int, default=1
        Distance of neighbors, in units of the last decimal.
    offset : int, default=0
        One of the numbers, in the same units.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding.frames import Grid, grid_of
    >>> Grid(decimals=2, step=25).snap(np.array([0.3, 1.9]))
    array([0.25, 2.  ])
    >>> grid_of(np.arange(1020, 9000, 50))
    Grid(decimals=0, step=50, offset=20)
    """

    decimals: int | None = None
    step: int = 1
    offset: int = 0

    def check_stored(self):
        """Check that the offset is less than a step."""
        require(self.offset < self.step, "the offset is less than a step")

    def snap(self, values):
        """Return the nearest numbers of the grid, float64, without negative zeros."""
        if self.decimals is None:
            return values
        if self.step == 1:
            return np.round(values, self.decimals) + 0.0
        scale = 10.0**self.decimals
        steps = np.rint((values * scale - self.offset) / self.step)
        return (steps * self.step + self.offset) / scale + 0.0

    def holds(self, values):
        """Return which values are on the grid, bool ``(n,)``."""
        if self.decimals is None:
            return np.ones(len(values), dtype=bool)
        if values.dtype.kind != "f":
            return _residues(values, self.step) == self.offset
        snapped = self.snap(values.astype(np.float64))
        return _are_near(values.astype(_narrowest(values)), snapped, self.decimals)


def grid_of(values, min_rows=MIN_ROWS):
    """Find the coarsest grid that values are on, all but a few.

    Off it may be one in twenty different values, and fewer than a rule's rows. A step
    beyond that of decimals must be no accident.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Numbers, finite.
    min_rows : MinRows, default=MIN_ROWS
        So many different values deny a grid that they are off.

    Returns
    -------
    grid : Grid
        Without decimals if values have more than six.
    """
    distinct = np.unique(values)
    n_odd = min(min_rows.n - 1, len(distinct) // PER_ODD)
    if distinct.dtype.kind != "f":
        return Grid(0, *_step_of(distinct, n_odd))
    decimals = _decimals(distinct, n_odd)
    if decimals is None:
        return Grid()
    whole = np.rint(distinct * 10.0**decimals)
    if np.abs(whole).max(initial=0) >= 2**53:
        return Grid(decimals)
    rounded = whole[Grid(decimals).holds(distinct)].astype(np.int64)
    n_odd -= len(whole) - len(rounded)
    return Grid(decimals, *_step_of(rounded, n_odd))


def decimals_of(values):
    """Count the decimals that all values have; None for more than six.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Numbers, finite. Where all are float32, or narrower, so are their decimals.
    """
    return 0 if values.dtype.kind != "f" else _decimals(values, 0)


def _decimals(values, n_odd):
    """Count the decimals that all but so many values have; None for more than six."""
    some = values[:: max(1, len(values) // N_SCREENED)]  # enough to find too many
    for decimals in range(MAX_DECIMALS + 1):
        grid = Grid(decimals)
        if all(np.sum(~grid.holds(part)) <= n_odd for part in (some, values)):
            return decimals
    return None


def _narrowest(values):
    """Return the narrowest dtype of floats that holds values exactly."""
    with np.errstate(over="ignore"):
        dtypes = (t for t in "ef" if np.array_equal(values.astype(t), values))
        return np.dtype(next(dtypes, "d"))


def _are_near(values, snapped, decimals):
    """Whether values are numbers of a grid in their dtype, but for rounding."""
    last = np.spacing(np.abs(values)).astype(np.float64)
    gaps = np.abs(values.astype(np.float64) - snapped)
    is_slip = (gaps <= SLIP * last) & (10.0**-decimals > COARSE * last)
    with np.errstate(over="ignore"):
        return is_slip | (snapped.astype(values.dtype) == values)


def _step_of(distinct, n_odd):
    """Return the step and the offset of rising whole numbers, all but so many.

    Of as many groups as may be spoiled, and one more, one is not: the greatest common
    divisor of its differences is a step.
    """
    if len(distinct) < 3 or n_odd < 0:
        return 1, 0
    # Modulo 2**64 all differences are exact
    above = distinct.astype(np.uint64) - distinct[:1].astype(np.uint64)
    groups = [above, *(above[first :: n_odd + 1] for first in range(n_odd + 1))]
    found = [(int(np.gcd.reduce(group - group[0])), int(group[0])) for group in groups]
    for step, start in sorted(found, reverse=True):
        if step < 2:
            break
        n_on = np.count_nonzero(above % np.uint64(step) == start % step)
        is_sure = (n_on - 2) * math.log(step) > -math.log(CHANCE)
        if len(above) - n_on <= n_odd and is_sure:
            return step, (int(distinct[0]) + start) % step
    return 1, 0


def _residues(values, step):
    """Return whole numbers modulo a step, which may need 64 bits."""
    if step < 2**63 or values.dtype.kind == "u":
        return values % values.dtype.type(step)
    return np.array([int(value) % step for value in values], dtype=np.uint64)
