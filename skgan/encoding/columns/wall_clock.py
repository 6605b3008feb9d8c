"""Columns of times in a zone, by what its clocks show."""

import numpy as np

from skgan.privacy import MIN_ROWS
from skgan.storage import stored
from skgan.storage.fields import instance

from ..frames import grid_of
from ..frames.clocks import DAY, Clock
from .numeric import Numeric


@stored("wall_clock_column/1", inner=instance(Numeric), clock=instance(Clock))
class WallClock:
    """Times in a zone as its clocks show them.

    In UTC the midnights of summer and winter are an hour apart, and share no grid of
    days. All else is done by the encoder of the local times.

    Parameters
    ----------
    inner : Numeric
        The encoder of local times.
    clock : Clock
        What the clocks of the zone show.
    """

    spans = None  # those of the clocks may fold in autumn

    def __init__(self, inner, clock):
        self.inner, self.clock = inner, clock

    def __getattr__(self, name):
        if name.startswith("__") or name == "inner":  # while a copy is made
            raise AttributeError(name)
        return getattr(self.inner, name)

    def may_be(self, values):
        """Return which values decoded ones can be by more than chance."""
        return self.inner.may_be(self.clock.local(values))

    def classify(self, values, missing):
        """Return the class of each value, -1 where it is unknown."""
        return self.inner.classify(self.clock.local(values), missing)

    def encode(self, values, missing, rng):
        """Return classes and normal scores; a known class stands in for unknown."""
        return self.inner.encode(self.clock.local(values), missing, rng)

    def decode(self, classes, scores, rng):
        """Return values, and which of them are missing."""
        values, missing = self.inner.decode(classes, scores, rng)
        return self.clock.utc(values), missing

    def offsets(self, values):
        """Return local times about the origin, float64."""
        return self.inner.offsets(self.clock.local(values))


def has_coarser_grid(clock, distinct, min_rows=MIN_ROWS):
    """Whether clocks show times of a coarser grid than that of UTC.

    Parameters
    ----------
    clock : Clock
        Those of the column's zone.
    distinct : ndarray of shape (n,)
        Different moments of UTC, whole numbers.
    min_rows : MinRows, default=MIN_ROWS
        So many different values deny a grid that they are off.
    """
    farthest = np.abs(distinct.astype(np.float64)).max()
    if farthest + float(DAY * clock.per) >= 2**63:  # a day on, 64 bits are too few
        return False
    local = grid_of(clock.local(distinct), min_rows)
    return local.step > grid_of(distinct, min_rows).step
