"""Columns that are never below others: by how much they are above these."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import array, instance, many, number, optional, require

from ..frames import Column
from ..frames.clocks import Clock
from .base import COMMON, Relation, widened
from .scales import Levels, Steps

FAR = 2**62  # beyond, differences may not fit into 64 bits


@stored(
    "order/1",
    **COMMON,
    units=many(instance(Fraction), tuple, least=1),
    scale=instance(Steps, Levels),
    least=number(0),
    last=number(),
    apart=array("iuf"),
    usual=optional(number()),
    clock=optional(instance(Clock)),
)
@dataclass(frozen=True, eq=False)
class Order(Relation):
    """A column that is not below others, its starts: the highest of them and a gap.

    The gap counts steps or levels of the column, so that values stay on its grid, and
    rounding breaks no order. Where all starts are missing, and where the column has a
    value that many rows share, it is learned by itself. So the sources are the starts,
    the gap, and the column itself where there is no gap.

    Parameters
    ----------
    units : tuple of Fraction
        How many units of the target's are one of each start.
    scale : Steps or Levels
        What gaps count.
    least : int or float
        The least gap, which ``last`` does not make less.
    last : int or float
        The count beyond which gaps do not reach.
    apart : ndarray of shape (n_apart,)
        Values of the target that are learned by themselves.
    usual : int, float or None
        What stands for a value where none is learned; None is a missing one.
    clock : Clock or None
        Whose times the scale is about.
    """

    units: tuple
    scale: object
    least: float
    last: float
    apart: np.ndarray
    usual: float | None = None
    clock: Clock | None = None

    @property
    def n_sources(self):
        """The starts, the gap, and what the column is by itself."""
        return len(self.units) + 2

    @property
    def starts(self):
        """The columns that the target is not below."""
        return self.sources[:-2]

    def check_stored(self):
        """Check that units are some."""
        super().check_stored()
        require(all(1e-24 < unit < 1e24 for unit in self.units), "units are some")

    def _words(self, *sources):
        """Return what the target is, in words."""
        return f"not below {', '.join(sources[:-2])}"

    def _compute(self, floor, gap):
        """Return values as far above a floor as gaps say."""
        counts = self._counts(floor)
        ends = np.minimum(counts + gap, self.last)
        values = self.scale.value(np.maximum(ends, counts + self.least))
        values = values if self.clock is None else self.clock.utc(values)
        return np.maximum(values, floor)  # whatever clocks, ends and levels are

    def _counts(self, values):
        """Return the counts of the least numbers of the scale not below values."""
        local = values if self.clock is None else self.clock.local(values)
        return self.scale.above(local)

    def floor(self, starts, absent):
        """Return the highest start of each row, and where there is none.

        Parameters
        ----------
        starts, absent : list of ndarray of shape (n,)
            Values of all starts, and where they are missing.

        Returns
        -------
        floor, is_absent : ndarray of shape (n,)
            The least that the target may be, in its units, and where it is anything.
        """
        is_whole = self.dtype.kind != "f"
        lowest = -FAR if is_whole else -np.inf
        pairs = zip(starts, self.units, absent, strict=True)
        found = [
            np.where(gone, lowest, in_units(start, unit, is_whole))
            for start, unit, gone in pairs
        ]
        is_absent = np.all(absent, axis=0)
        return np.where(is_absent, 0, np.max(found, axis=0)), is_absent

    def fill(self, sources, absent):
        """Return the target's values, and where they are missing."""
        *starts, gap, own = sources
        *gone, no_gap, not_own = absent
        floor, is_absent = self.floor(starts, gone)
        values = np.where(not_own, self._compute(floor, gap), widened(own))
        is_gone = not_own & (no_gap | is_absent)
        if self.usual is not None:
            values = np.where(is_gone, self.usual, values)
            is_gone = np.zeros(len(values), dtype=bool)
        values = np.where(is_absent, values, np.maximum(values, floor))
        return np.where(is_gone, 0, values).astype(self.dtype), is_gone

    def columns(self, columns):
        """Return the columns of gaps, and of the target by itself, of a table's."""
        target = columns[self.target]
        starts = [columns[j] for j in self.starts]
        gone = [start.missing for start in starts]
        floor, is_absent = self.floor([start.values for start in starts], gone)
        values = widened(target.values)
        if self.dtype.kind != "f" and values.dtype.kind == "f":  # of other new rows
            values = np.rint(values).astype(np.int64)
        is_own = is_absent | np.isin(values, widened(self.apart))
        gaps = self._counts(values) - self._counts(floor)
        above = _column(f"{target.name} above", gaps, target.missing | is_own)
        return above, _column(f"{target.name}", values, target.missing | ~is_own)


def in_units(values, unit, is_whole):
    """Return numbers in other units, whole ones not below them if these are whole."""
    values, up, down = widened(values), unit.numerator, unit.denominator
    if not is_whole:
        return values * up / down
    if values.dtype.kind == "f":
        return np.ceil(values * up / down).clip(-FAR, FAR).astype(np.int64)
    return -(-values * up // down)


def _column(name, values, missing):
    """Return a column of numbers that no table has."""
    return Column(
        name=name,
        content="number",
        values=np.where(missing, 0, values).astype(values.dtype),
        missing=missing,
        categories=None,
        ordered=False,
        declared=False,
        is_text=False,
        is_whole=values.dtype.kind == "i",
    )
