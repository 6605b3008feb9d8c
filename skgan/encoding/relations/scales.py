"""What the values of a column are counted on: the steps of a grid, or levels."""

from dataclasses import dataclass

import numpy as np

from skgan.privacy import MIN_ROWS
from skgan.storage import stored
from skgan.storage.fields import array, flag, instance, require

from ..frames import Grid

# Numbers this near to the next one, in steps, are it: what was float32 is off by less
SLACK = 0.005
MAX_LEVELS, SHARE_ON_LEVELS = 1_000, 0.99


@stored("steps/1", grid=instance(Grid), is_whole=flag)
@dataclass(frozen=True, eq=False)
class Steps:
    """The numbers of a grid, counted; without decimals all floats, as they are.

    Parameters
    ----------
    grid : Grid
        What the numbers are on.
    is_whole : bool
        Whether they are whole.
    """

    grid: Grid
    is_whole: bool

    def check_stored(self):
        """Check that whole numbers have no decimals."""
        require(not self.is_whole or self.grid.decimals == 0, "numbers are whole")
        require(self.grid.step < 2**62, "steps fit into 64 bits")

    def above(self, values):
        """Return the counts of the least numbers that are not below values."""
        offset, step = self.grid.offset, self.grid.step
        if self.is_whole:
            return -((offset - values) // step)
        if self.grid.decimals is None:
            return values
        counts = (values * 10.0**self.grid.decimals - offset) / step
        near = np.rint(counts)
        return (near + (counts - near > SLACK)).astype(np.int64)

    def value(self, counts):
        """Return the numbers that have counts."""
        if not self.is_whole and self.grid.decimals is None:
            return counts
        numbers = counts * self.grid.step + self.grid.offset
        return numbers if self.is_whole else numbers / 10.0**self.grid.decimals + 0.0


@stored("levels/1", levels=array("i8 f8"))
@dataclass(frozen=True, eq=False)
class Levels:
    """Numbers, counted in their order.

    Parameters
    ----------
    levels : ndarray of shape (n_levels,)
        The numbers, rising.
    """

    levels: np.ndarray

    def check_stored(self):
        """Check that there are levels, and that they rise."""
        require(len(self.levels) > 0, "there are levels")
        require((self.levels[1:] > self.levels[:-1]).all(), "levels rise")

    def above(self, values):
        """Return the counts of the least levels that are not below values.

        Above the last one it is the number of levels.
        """
        levels = self.levels
        if levels.dtype.kind == "f":
            levels = levels + SLACK * np.diff(levels).min(initial=1.0)
        return np.searchsorted(levels, values)

    def value(self, counts):
        """Return the levels that have counts, the last one for what is beyond."""
        return self.levels[counts.clip(0, len(self.levels) - 1)]


def scale_of(values, grid, min_rows=MIN_ROWS):
    """Return what numbers are counted on.

    Levels where nearly all numbers are shared by enough rows, and leave out more of the
    grid than a rare number here and there; else steps.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Numbers, int64 or float64.
    grid : Grid
        What they are on.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share a level.
    """
    steps = Steps(grid, values.dtype.kind == "i")
    distinct, counts = np.unique(values, return_counts=True)
    shared = min_rows.allows(counts)
    levels = distinct[shared]
    n_on_levels = counts[shared].sum()
    if n_on_levels < SHARE_ON_LEVELS * len(values) or len(levels) > MAX_LEVELS:
        return steps
    first, last = steps.above(levels[[0, -1]])
    is_full = len(levels) >= SHARE_ON_LEVELS * (last - first + 1)
    return steps if is_full else Levels(levels)
