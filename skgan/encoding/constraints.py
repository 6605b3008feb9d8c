"""What a user declares to hold in every row of a table."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from types import NoneType
from typing import ClassVar

import numpy as np

from skgan.storage import stored
from skgan.storage.fields import anything, either, instance, many, text, whole

from .columns import Identifier, index_of
from .functions import UserFunction, mask_of
from .relations import (
    Arithmetic,
    Map,
    Member,
    Order,
    Total,
    in_units,
    rests_on,
    unit_between,
    widened,
)
from .relations.evidence import ROUNDING
from .values import CONTENTS, read_range

NAME = either(text, whole())
MAX_ROWS = 3  # numbers of rows in a message


@dataclass(frozen=True)
class Constraint(ABC):
    """What holds in every row of a table, declared for ``TableEncoder``."""

    least: ClassVar[int] = 1  # columns

    @property
    @abstractmethod
    def columns(self):
        """The columns that it is about, a tuple of names or indices."""

    def error(self, rule, got):
        """Return the error of what breaks a rule."""
        return ValueError(f"{_name(self)} must {rule}, got {got!r}.")

    @abstractmethod
    def broken(self, members):
        """Return in which rows it does not hold, bool ``(n,)``.

        Parameters
        ----------
        members : list of Member
            Its columns, with their schemas.

        Raises
        ------
        ValueError
            If it cannot be about such columns.
        """


@stored("inequality/1", low=NAME, high=NAME)
@dataclass(frozen=True)
class Inequality(Constraint):
    """One column is not below another, in rows that have both.

    Parameters
    ----------
    low, high : str or int
        Names or indices of two columns of numbers, dates or times.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skgan.constraints import Inequality
    >>> from skgan.encoding import TableEncoder
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"net": rng.integers(100, size=90)})
    >>> table["gross"] = table["net"] + rng.integers(20, size=90)
    >>> encoder = TableEncoder(constraints=[Inequality("net", "gross")]).fit(table)
    >>> print(encoder.describe())
    net    numbers in steps of 1
    gross  not below net
    """

    low: object
    high: object
    least: ClassVar[int] = 2

    @property
    def columns(self):
        """The columns that it is about."""
        return self.low, self.high

    def broken(self, members):
        """Return in which rows the second is below the first."""
        _check_numbers(self, members)
        low, high = members
        unit = unit_between(low, high)
        if unit is None:
            got = [f"{own.schema.family}s" for own in members]
            raise self.error("compare columns of one sort", got)
        values = widened(high.column.values)
        floor = in_units(low.column.values, unit, values.dtype.kind == "i")
        return low.present & high.present & (values < floor)


@stored("sum/1", total=NAME, parts=many(NAME, tuple, least=2))
@dataclass(frozen=True)
class Sum(Constraint):
    """One column is the sum of others, and missing where one of these is.

    Parameters
    ----------
    total : str or int
        Name or index of a column of numbers or durations.
    parts : sequence of str or int
        Those of two or more columns in the same unit.

    Examples
    --------
    >>> from skgan.constraints import Sum
    >>> Sum("gross", ["net", "tax"])
    Sum(total='gross', parts=('net', 'tax'))
    """

    total: object
    parts: tuple
    least: ClassVar[int] = 3

    def __post_init__(self):
        is_many = isinstance(self.parts, Iterable) and not isinstance(self.parts, str)
        parts = tuple(self.parts) if is_many else (self.parts,)
        object.__setattr__(self, "parts", parts)

    @property
    def columns(self):
        """The columns that it is about."""
        return self.total, *self.parts

    def broken(self, members):
        """Return in which rows the sum is another, but for rounding."""
        numbers = [own for own in members[1:] if own.schema.content != "boolean"]
        _check_numbers(self, [members[0], *numbers])
        units = {(own.schema.family, own.schema.per) for own in members}
        if len(units) > 1 or members[0].schema.family.startswith("date"):
            got = sorted(f"{family}s in units of {1 / per}" for family, per in units)
            raise self.error("add numbers or durations of one unit", got)
        total, *parts = [widened(own.column.values) for own in members]
        rounding = 0
        if any(own.dtype.kind == "f" for own in (total, *parts)):
            share = max(_rounding(own.schema) for own in members)
            rounding = share * sum(np.abs(own) for own in (total, *parts))
        gone, *absent = [own.column.missing for own in members]
        is_other = np.abs(sum(parts) - total) > rounding
        any_gone = np.any(absent, axis=0)
        return np.where(gone | any_gone, gone != any_gone, is_other)

    def relation(self, columns, indices):
        """Return the relation that restores the total."""
        target, *sources = indices
        parts = target, tuple(sources), columns[target].values.dtype
        return Total(*parts) if len(sources) > 2 else Arithmetic(*parts, "+")


@stored("together/1", names=many(NAME, tuple, least=2))
@dataclass(frozen=True, init=False)
class Together(Constraint):
    """Columns hold only combinations of values that at least five training rows share.

    Parameters
    ----------
    *names : str or int
        Names or indices of two or more columns, of categories or other shared values.

    Examples
    --------
    >>> from skgan.constraints import Together
    >>> Together("city", "state")
    Together(names=('city', 'state'))
    """

    names: tuple
    least: ClassVar[int] = 2

    def __init__(self, *names):
        object.__setattr__(self, "names", names)

    @property
    def columns(self):
        """The columns that it is about."""
        return self.names

    def broken(self, members):
        """Return no rows: what is together is what training rows say."""
        return np.zeros(len(members[0].column.values), dtype=bool)


@stored("bounds/1", column=NAME, low=anything, high=anything)
@dataclass(frozen=True)
class Bounds(Constraint):
    """A column is within bounds, both included, where it is not missing.

    Parameters
    ----------
    column : str or int
        Name or index of a column of numbers, dates, times or durations.
    low, high : number, date, timedelta or None, default=None
        The ends, of which there is one at least; None is none. Dates may be text in ISO
        8601, or as the column has them: 20240131 where these are such numbers.

    Examples
    --------
    >>> from skgan.constraints import Bounds
    >>> Bounds("age", 0)
    Bounds(column='age', low=0, high=None)
    """

    column: object
    low: object = None
    high: object = None

    @property
    def columns(self):
        """The columns that it is about."""
        return (self.column,)

    def broken(self, members):
        """Return in which rows values are beyond the bounds."""
        _check_numbers(self, members)
        (own,) = members
        if self.low is None and self.high is None:
            raise self.error("have an end", (None, None))
        ends = self.low, self.high
        low, high = read_range(own.column.name, own.schema, ends, self.error)
        values, is_out = own.column.values, np.zeros(len(own.column.values), bool)
        if low is not None:
            is_out |= values < low
        if high is not None:
            is_out |= values > high
        return is_out & own.present


def _check_numbers(own, members):
    """Refuse columns that a constraint cannot be about, as they have no order."""
    for member in members:
        name, content = member.column.name, member.schema.content
        if content != "number":
            rule = f"be about numbers, dates or times, as column {name!r} is not"
            raise own.error(rule, CONTENTS[content])


def _rounding(schema):
    """Return the share of sums that is rounded, of numbers as a table holds them."""
    dtype = np.dtype(schema.stored)
    return max(ROUNDING, 4 * np.finfo(dtype).eps if dtype.kind == "f" else 0)


CONSTRAINTS = Inequality, Sum, Together, Bounds
# What files hold of the option
_ONE = instance(*CONSTRAINTS, UserFunction)
DECLARED = either(many(_ONE, list), many(_ONE, tuple))


def resolve(constraints, names):
    """Return the constraints that are no functions, and the indices of their columns.

    Raises
    ------
    ValueError
        If constraints are no list, if one is neither a constraint nor a function, or
        if it does not name columns, as many as it needs and all different.
    """
    if not isinstance(constraints, list | tuple):
        raise ValueError(f"constraints must be a list or a tuple, got {constraints!r}.")
    resolved = []
    for own in constraints:
        if isinstance(own, Constraint):
            rule = f"constraints must name, as {own} does not,"
            indices = [index_of(name, names, rule) for name in own.columns]
            if len(set(indices)) < max(own.least, len(indices)):
                rule = f"name {own.least} or more columns, all different"
                raise own.error(rule, list(own.columns))
            resolved.append((own, indices))
        elif not callable(own):
            raise ValueError(
                "constraints must be objects of skgan.constraints, or functions of a "
                f"table that say which rows to keep, got {own!r}."
            )
    _check_circles(resolved)
    return resolved


def _check_circles(resolved):
    """Refuse inequalities that lead back to where they began.

    All their columns would be equal, and such columns are found without them.
    """
    ordered = [(own, *pair) for own, pair in resolved if isinstance(own, Inequality)]
    lower = {}
    for _, low, high in ordered:
        lower.setdefault(high, []).append(low)
    try:
        TopologicalSorter(lower).prepare()
    except CycleError as error:
        circle = set(error.args[1])
        got = [str(own) for own, *pair in ordered if circle.issuperset(pair)]
        raise ValueError(
            "constraints must not order columns in a circle, as inequalities of equal "
            f"columns do, got {', '.join(got)}."
        ) from None


def members_of(indices, columns, schemas):
    """Return columns with their schemas, as constraints take them."""
    return [Member(columns[j], None, schemas[j]) for j in indices]


def check_constraints(resolved, columns, schemas):
    """Refuse training rows that break what is declared.

    Raises
    ------
    ValueError
        With their number and the first of them.
    """
    for own, indices in resolved:
        is_broken = own.broken(members_of(indices, columns, schemas))
        _refuse(own, np.flatnonzero(is_broken))


def check_learned(resolved, columns, encoders, tables, min_rows):
    """Refuse constraints that columns cannot keep, by what is learned of these.

    Raises
    ------
    ValueError
        If one is about an identifier, whose values are made fresh, or if columns that
        are together share no combination of values.
    """
    for own, indices in resolved:
        keys = [columns[j].name for j in indices if isinstance(encoders[j], Identifier)]
        if keys:
            rule = "be about columns that name no rows, as identifiers do"
            raise own.error(rule, keys[0])
    together = [own for own, _ in resolved if isinstance(own, Together)]
    for own, table in zip(together, tables, strict=True):
        if not len(table):
            rule = f"have combinations of values that {min_rows.n} training rows share"
            raise own.error(rule, 0)


def check_masks(constraints, table):
    """Refuse training rows that functions among constraints do not keep.

    Raises
    ------
    ValueError
        With their number and the first of them, or if a function returns no mask.
    """
    functions = [own for own in constraints if callable(own)]
    if functions:
        columns = table.columns
        schema = table.schema.keep([own.categories for own in columns])
        pairs = [(own.values, own.missing) for own in columns]
        frame = schema.build(*zip(*pairs, strict=True))
        for own in functions:
            is_kept = mask_of(own, frame, len(frame), _name(own))
            _refuse(own, np.flatnonzero(~is_kept))


def kept_rows(frame, constraints, schema, combinations):
    """Return which rows of a table fulfill constraints, bool ``(n,)``.

    Parameters
    ----------
    frame : array or data frame of shape (n, n_features)
        The table.
    constraints : sequence of Constraint or callable
        What is declared.
    schema : TableSchema
        By which the table is read.
    combinations : Combinations
        Those of columns that are together.
    """
    columns = schema.read(frame)
    is_kept = np.ones(len(columns[0].values), dtype=bool)
    for merged in combinations.merge(schema.recode(columns)):
        is_kept &= merged.values >= 0
    for own, indices in resolve(constraints, [str(own.name) for own in columns]):
        is_kept &= ~own.broken(members_of(indices, columns, schema.columns))
    for own in constraints:
        if callable(own):
            is_kept &= mask_of(own, frame, len(frame), _name(own))
    return is_kept


def not_encoded(constraints, names, relations):
    """Return the constraints that no encoding keeps: functions, and some others.

    Of a column that is restored from others bounds are not kept, and no order is of one
    that something else determines.
    """
    found = {relation.target: relation for relation in relations}
    orders = {j: own for j, own in found.items() if isinstance(own, Order)}
    indices = dict(resolve(constraints, names))

    def is_kept(own):
        if isinstance(own, Inequality):
            low, high = indices[own]
            return rests_on(orders, {high}, low)
        if isinstance(own, Bounds):
            return isinstance(found.get(indices[own][0]), Map | NoneType)
        return not callable(own)

    return [own for own in constraints if not is_kept(own)]


def _refuse(own, rows):
    """Refuse a constraint that rows break, given by their numbers."""
    if len(rows):
        more = ", ..." if len(rows) > MAX_ROWS else ""
        first = ", ".join(map(str, rows[:MAX_ROWS])) + more
        raise ValueError(
            f"{_name(own)} must hold in all training rows, got {len(rows)} that break "
            f"it: rows {first}."
        )


def _name(own):
    """Return what a constraint is called in messages."""
    return f"constraints: {own}"
