"""Rules for the values of one column, read from what a user wrote.

A rule holds numbers and codes as the column has them. ``holds(column)`` tells for each
value of a ``Column`` whether it fulfills the rule, bool ``(n,)``; as text a rule is
what follows the name of the column.
"""

from collections.abc import Iterable, Mapping, Sized
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np

from ..encoding import CONTENTS, is_missing, read_range, read_value
from .markers import MISSING, PRESENT

MAX_SHOWN = 5  # values in a message
CLOSE = 1e-6  # of a number, by which what a user writes may miss it


class Range(NamedTuple):
    """Numbers or times between two ends, both included; None is no end."""

    low: object
    high: object
    words: str

    def holds(self, column):
        """Whether values lie between the ends."""
        found = ~column.missing
        if self.low is not None:
            found = found & (column.values >= self.low)
        return found if self.high is None else found & (column.values <= self.high)

    def __str__(self):
        return self.words


class Choice(NamedTuple):
    """Some values, missing ones among them or not."""

    values: np.ndarray
    with_missing: bool
    words: str

    def holds(self, column):
        """Whether values are among those chosen."""
        absent = _is_missing(column)
        chosen = np.isin(column.values, self.values.astype(column.values.dtype))
        return (chosen & ~absent) | (absent & self.with_missing)

    def __str__(self):
        return self.words


class Presence(NamedTuple):
    """Any value, or none."""

    is_missing: bool

    def holds(self, column):
        """Whether values are missing, or not."""
        return _is_missing(column) == self.is_missing

    def __str__(self):
        return "missing" if self.is_missing else "not missing"


def _is_missing(column):
    """Whether values are missing, NaN included."""
    return column.missing | (column.values != column.values)


class RuleReader:
    """Reads the rules of a column.

    Parameters
    ----------
    label : str
        What the user wrote them under, for messages.
    j : int
        Index of the column.
    encoder : Encoder
        A fitted one with a schema.
    """

    def __init__(self, label, j, encoder):
        self.label, self.j, self.encoder = label, j, encoder
        self.name = encoder.schema.names[j]
        self.schema = encoder.schema.columns[j]
        refusal = encoder.refusal(j)
        if refusal:
            raise ValueError(
                f"{label} is no condition: column {self.name!r} {refusal}."
            )

    def read(self, wanted):
        """The rule that a user wrote.

        Raises
        ------
        ValueError
            If the column has no such values, or no rule of that sort.
        """
        if wanted is PRESENT:
            return Presence(False)
        if wanted is MISSING:
            self._check_missing()
            return Presence(True)
        if isinstance(wanted, tuple):
            return self._range(wanted)
        if isinstance(wanted, Mapping):
            raise self._error("be a value, a list, a pair or a function", wanted)
        if _is_list(wanted):
            return self._choice(list(wanted))
        return self._choice([wanted])

    def _range(self, ends):
        """The rule of a pair of ends."""
        if len(ends) != 2:
            raise self._error("be a pair (low, high), or a list of values", ends)
        if self.schema.content != "number":
            values = [end for end in ends if end is not None]
            raise self._error(
                "be a list, as only numbers, dates and times have ranges and this "
                f"column holds {CONTENTS[self.schema.content]}: {values!r}",
                ends,
            )
        if None in ends and ends[0] is ends[1]:
            raise self._error("have an end, or be skgan.PRESENT", ends)
        low, high = read_range(self.name, self.schema, ends, self._error)
        self._check_reached(low, high, ends)
        pairs = zip((">=", "<="), ends, (low, high), strict=True)
        words = [f"{sign} {_said(end)}" for sign, end, own in pairs if own is not None]
        return Range(low, high, " and ".join(words))

    def _choice(self, wanted):
        """The rule of a list of values."""
        if not wanted:
            raise self._error("have a value: no row fulfills an empty list", wanted)
        values = [value for value in wanted if not self._is_gap(value)]
        if len(values) < len(wanted):
            self._check_missing()
        numbers = np.array([self._known(value) for value in values])
        shown = ", ".join(map(_said, wanted[:MAX_SHOWN]))
        more = ", ..." if len(wanted) > MAX_SHOWN else ""
        words = f"= {shown}" if len(wanted) == 1 else f"among {shown}{more}"
        return Choice(numbers, len(values) < len(wanted), words)

    def _is_gap(self, value):
        """Whether a user wrote what stands for a missing value in the column."""
        null = self.schema.null
        is_text = isinstance(null, str) and isinstance(value, str)
        return value is MISSING or (is_text and value == null)

    def _known(self, value):
        """A value as the column's number or code, if new rows can have it."""
        column = read_value(self.name, self.schema, value, self._error)
        is_whole = self.schema.wide != "float64"
        if is_whole and (column.values != column.values.astype(self.schema.wide))[0]:
            raise self._error(f"hold {self._units()}, as the column does", value)
        if not self.encoder.knows(self.j, column)[0]:
            raise self._error(f"hold {self._values()}", value, self._hint(value))
        self._check_reached(*column.values, *column.values, value)
        return column.values[0].item()

    def _check_reached(self, low, high, got):
        """Refuse what is between two ends, if new rows have nothing there."""
        spans = None
        if self.schema.content == "number":
            spans = self.encoder.spans(self.j)
        if spans is None or not len(spans):
            return
        slack = CLOSE * np.abs(spans) if spans.dtype.kind == "f" else 0
        least, greatest = (spans + np.array([-1, 1]) * slack).T
        reached = np.ones(len(spans), dtype=bool)
        if low is not None:
            reached &= greatest >= low
        if high is not None:
            reached &= least <= high
        if not reached.any():
            rule = f"reach values that new rows can have, {self._shown(spans)}"
            raise self._error(rule, got)

    def _shown(self, spans):
        """Ranges of numbers in words, as the user knows these."""
        ends = np.unique(spans)
        are_values = (spans[:, 0] == spans[:, 1]).all()
        chosen = ends[:MAX_SHOWN] if are_values else ends[[0, -1]]
        shown = [*map(str, self.schema.build(self.name, chosen, None))]
        if not are_values:
            return f"from {' to '.join(shown)}"
        return ", ".join(shown) + (", ..." if len(ends) > MAX_SHOWN else "")

    def _check_missing(self):
        """Refuse missing values where new rows have none."""
        gap = self.schema.column(
            self.name, np.zeros(1, self.schema.wide), np.array([True])
        )
        if not self.encoder.knows(self.j, gap)[0]:
            raise self._error("hold values: too few training rows had none", MISSING)

    def _units(self):
        """What a column of whole units holds, in words."""
        family, per = self.schema.family, self.schema.per
        if family != "number":
            return f"{family}s in steps of {1 / per} s"
        n_decimals = len(str(per)) - 1
        decimals = f"numbers of at most {n_decimals} decimals"
        return decimals if n_decimals else "whole numbers"

    def _values(self):
        """What values there are, in words."""
        rule = "values that new rows can have, as enough training rows had them"
        if self.schema.content != "category":
            return rule
        known = self._categories()
        more = ", ..." if len(known) > MAX_SHOWN else ""
        return f"{rule} ({', '.join(map(repr, known[:MAX_SHOWN]))}{more})"

    def _hint(self, value):
        """What the user may have meant."""
        if self.schema.content == "number":
            return " A pair (low, high) is a range."
        is_category = self.schema.content == "category"
        return did_you_mean(value, self._categories()) if is_category else ""

    def _categories(self):
        """The categories that new rows can have."""
        own = self.schema.kept_categories(self.name)
        codes, gap = np.arange(len(own)), np.zeros(len(own), dtype=bool)
        column = self.schema.column(self.name, codes, gap, own)
        return [
            own[code] for code in np.flatnonzero(self.encoder.knows(self.j, column))
        ]

    def _error(self, rule, got, hint=""):
        """The error of what breaks a rule."""
        if not isinstance(got, Sized) and is_missing(got):
            hint = " skgan.MISSING stands for a missing value."
        return ValueError(f"{self.label} must {rule}, got {got!r}.{hint}")


def _said(value):
    """What a user wrote; numbers of numpy as those of Python."""
    return repr(value.item() if isinstance(value, np.number | np.str_) else value)


def did_you_mean(value, known):
    """A question that follows an error, if something known is much like a value."""
    near = get_close_matches(str(value), [*map(str, known)], 1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _is_list(wanted):
    """Whether a user wrote several values."""
    is_many = isinstance(wanted, Sized) and isinstance(wanted, Iterable)
    return is_many and not isinstance(wanted, str | bytes)
