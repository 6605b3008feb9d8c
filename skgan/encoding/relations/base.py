"""Relations between columns: how a column that others determine is restored."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import (
    array,
    dtype,
    many,
    number,
    one_of,
    optional,
    require,
    whole,
)

from ..frames import MAX_DECIMALS, Grid, grid_of

COMMON = {"target": whole(0), "sources": many(whole(0), tuple, least=1), "dtype": dtype}
FORMULA = {**COMMON, "decimals": optional(whole(0, MAX_DECIMALS))}


@dataclass(frozen=True, eq=False)
class Relation(ABC):
    """Column ``target``, which the columns ``sources`` determine; holds no rows.

    If ``reads_codes`` it is about entries of ``columns``, otherwise about numbers:
    entries of ``numeric`` where given. ``dtype`` is that of the restored values.
    """

    target: int
    sources: tuple[int, ...]
    dtype: np.dtype
    reads_codes = False
    n_sources = 1

    def check_stored(self):
        """Check the number of sources, and what is made of them."""
        require(len(self.sources) == self.n_sources, "there are as many sources")
        require(self.dtype.kind in "iuf", "values are numbers")

    @abstractmethod
    def _compute(self, *sources):
        """Return the target's values, of which ``restore`` makes its dtype."""

    @abstractmethod
    def _words(self, *sources):
        """Return what the target is, in words; sources are names."""

    def restore(self, *sources):
        """Return the target's values from those of the sources, arrays ``(n,)``."""
        values = self._compute(*map(widened, sources))
        if self.dtype.kind in "biu" and values.dtype.kind == "f":
            values = np.rint(values)
        return values.astype(self.dtype)

    def fill(self, sources, absent):
        """Return the target's values, and where they are missing, arrays ``(n,)``.

        Parameters
        ----------
        sources, absent : list of ndarray of shape (n,)
            Values of the sources, and where they are missing.
        """
        return self.restore(*sources), np.any(absent, axis=0)

    def describe(self, names=None):
        """Return the relation in words; ``names[j]`` is that of column j."""
        name = "column {}".format if names is None else names.__getitem__
        return f"{name(self.target)} is {self._words(*map(name, self.sources))}"

    __str__ = describe


@dataclass(frozen=True, eq=False)
class Formula(Relation):
    """What is computed of numbers, and has ``decimals`` decimals, or any if None."""

    decimals: int | None = field(default=None, kw_only=True)

    def restore(self, *sources):
        """Return the target's values, without the last digits that rounding leaves."""
        values = super().restore(*sources)
        if self.decimals is None:
            return values
        return Grid(self.decimals).snap(widened(values)).astype(self.dtype)

    def rounding_as(self, values, min_rows):
        """Return the relation of a target that has such values, all but a few."""
        is_float = self.dtype.kind == "f"
        decimals = grid_of(values, min_rows).decimals if is_float else None
        return replace(self, decimals=decimals)


@stored("copy/1", **FORMULA, slope=number(), offset=number())
@dataclass(frozen=True, eq=False)
class Copy(Formula):
    """``slope * source + offset``."""

    slope: float = 1
    offset: float = 0

    def _compute(self, source):
        """Return the target's values, of which ``restore`` makes its dtype."""
        return self.slope * source + self.offset

    def _words(self, source):
        """Return what the target is, in words."""
        by = f"{self.slope:.6g} * " if self.slope != 1 else ""
        plus = f" + {self.offset:.6g}" if self.offset else ""
        return f"{by}{source}{plus}" if by or plus else f"a copy of {source}"


@stored("arithmetic/1", **FORMULA, operation=one_of("+", "-", "*"))
@dataclass(frozen=True, eq=False)
class Arithmetic(Formula):
    """The sum, difference or product of two sources."""

    operation: str = "+"
    n_sources = 2

    def _compute(self, a, b):
        """Return the target's values, of which ``restore`` makes its dtype."""
        return {"+": np.add, "-": np.subtract, "*": np.multiply}[self.operation](a, b)

    def _words(self, a, b):
        """Return what the target is, in words."""
        return f"{a} {self.operation} {b}"


@stored("total/1", **FORMULA)
@dataclass(frozen=True, eq=False)
class Total(Formula):
    """The sum of three or more sources."""

    @property
    def n_sources(self):
        """As many as there are."""
        return max(len(self.sources), 3)

    def _compute(self, *sources):
        """Return the target's values, of which ``restore`` makes its dtype."""
        return sum(sources[1:], start=sources[0])

    def _words(self, *sources):
        """Return what the target is, in words."""
        return " + ".join(sources)


@stored(
    "map/1",
    **COMMON,
    codes=array("iuf"),
    values=array("iuf"),
    default=number(),
)
@dataclass(frozen=True, eq=False)
class Map(Relation):
    """A value for each class code held; ``default`` for any other."""

    codes: np.ndarray
    values: np.ndarray
    default: object
    reads_codes = True

    def check_stored(self):
        """Check that each code has a value."""
        super().check_stored()
        require(len(self.codes) == len(self.values) > 0, "each code has a value")
        require((self.codes[1:] > self.codes[:-1]).all(), "codes rise")

    def _compute(self, source):
        """Return the target's values, of which ``restore`` makes its dtype."""
        at = np.searchsorted(self.codes, source).clip(max=len(self.codes) - 1)
        known = self.codes[at] == source
        return np.where(known, self.values[at], self.default)

    def _words(self, source):
        """Return what the target is, in words."""
        return f"a function of {source}"


def widened(x):
    """Return numbers as int64 or float64, in which small integers do not overflow."""
    return x.astype(np.float64 if x.dtype.kind == "f" else np.int64, copy=False)


def rests_on(found, columns, target):
    """Whether restoring columns by the relations found needs a target."""
    ahead, behind = set(columns), set()
    while ahead:
        behind |= ahead
        ahead = {s for j in ahead if j in found for s in found[j].sources} - behind
    return target in behind
