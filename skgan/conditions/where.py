"""Conditions on any columns, all of which a row must fulfill."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from numbers import Integral
from typing import NamedTuple

import narwhals as nw
import numpy as np

from ..encoding import FewNames, mask_of
from .rules import RuleReader, did_you_mean

NO_TABLE = "{} needs rows with columns to name: images have none."
ALONE = "must judge each row by its own values, without chance and without identifiers"
N_TRIED = 1_000  # rows that a function is asked about twice


class OfColumn(NamedTuple):
    """A condition on the values of one column; prints as the user may have said it."""

    name: object
    j: int
    rule: object

    def __str__(self):
        return f"{self.name!r} {self.rule}"


class OfValues(NamedTuple):
    """A function of the user, of the values of one column."""

    name: object
    j: int
    function: object
    encoder: object

    def holds(self, table, rng):
        """Whether rows of a ``Table`` fulfill it, bool ``(n,)``."""
        own = self.encoder.schema.build_one(self.j, table.columns[self.j])
        return self._asked(_column(own, self.name, [self.name]))

    def __call__(self, X):
        """Whether rows of the user's table fulfill it, bool ``(n,)``."""
        return self._asked(_column(X, self.name, _names(self.encoder.schema)))

    def _asked(self, column):
        return mask_of(self.function, column, len(column), self)

    def __str__(self):
        return f"the function where[{self.name!r}]"


class OfRows(ABC):
    """What is asked of whole rows, as the user knows them.

    Parameters
    ----------
    encoder : Encoder
        The one that makes them.
    """

    _is_tried = False

    def __init__(self, encoder):
        self.encoder = encoder

    @abstractmethod
    def __call__(self, X):
        """Whether rows of the user's table fulfill it, bool ``(n,)``."""

    def holds(self, table, rng):
        """Whether rows of a ``Table`` fulfill it, bool ``(n,)``.

        Raises
        ------
        ValueError
            If the first rows do or not by their order, by chance or by identifiers.
        """
        if not self._is_tried:
            self._try(table[np.arange(min(len(table), N_TRIED))], rng)
            self._is_tried = True
        return self(self.encoder.build_table(table, rng, FewNames()))

    def _try(self, table, rng):
        """Ask about rows twice: the other way round, and with other identifiers."""
        names, turned = FewNames(), np.arange(len(table))[::-1]
        before = self(self.encoder.build_table(table, rng, names))
        after = self(self.encoder.build_table(table[turned], rng, names))[turned]
        n_odd = np.count_nonzero(before != after)
        if n_odd:
            raise ValueError(
                f"{self} {ALONE}: of {len(table)} rows it judges {n_odd} otherwise in "
                "another order and with other identifiers."
            )


class OfFunction(OfRows):
    """A function of the user, of all columns."""

    def __init__(self, function, encoder):
        super().__init__(encoder)
        self.function = function

    def __call__(self, X):
        """Whether rows of the user's table fulfill it, bool ``(n,)``."""
        return mask_of(self.function, X, len(X), self)

    def __str__(self):
        return "the function where"


class OfConstraints(OfRows):
    """What is declared of all rows, and no encoding keeps."""

    def __call__(self, X):
        """Whether rows of the user's table fulfill it, bool ``(n,)``."""
        return self.encoder.keeps(X, self.encoder.not_encoded)

    def __str__(self):
        return f"the constraints {[*map(str, self.encoder.not_encoded)]}"


class Where:
    """Conditions on the columns of a table.

    Parameters
    ----------
    where : dict, callable or None
        For each column, by its name or index, a value, a list of values, a pair of
        ends, ``MISSING``, ``PRESENT`` or a function of the column; or one function of
        the whole table. None is no condition.
    encoder : Encoder
        A fitted one: the columns are those of its schema.

    Raises
    ------
    ValueError
        If a column is not there, or cannot fulfill what is asked of it.

    Attributes
    ----------
    columns : list of OfColumn
        Conditions that are read, by which most rows are sorted out.
    functions : list of OfValues or OfRows
        Those that are asked about the rows that are left, as the user knows them.
    """

    def __init__(self, where, encoder):
        if where is not None and encoder.schema is None:
            raise ValueError(NO_TABLE.format("where"))
        self.encoder, self.columns, self.functions = encoder, [], []
        if encoder.not_encoded:
            self.functions.append(OfConstraints(encoder))
        if callable(where):
            self.functions.append(OfFunction(where, encoder))
            return
        if not isinstance(where, Mapping | None):
            raise ValueError(
                "where must be a dict with a condition for each column, or a function "
                f"of all, got {where!r}."
            )
        for name, wanted in (where or {}).items():
            label = f"where[{name!r}]"
            j = column_index(label, name, encoder.schema)
            reader = RuleReader(label, j, encoder)
            if callable(wanted):
                own = encoder.schema.names[j], j, wanted, encoder
                self.functions.append(OfValues(*own))
            else:
                self.columns.append(OfColumn(name, j, reader.read(wanted)))

    def __len__(self):
        return len(self.columns) + len(self.functions)

    def __call__(self, table, tally, rng):
        """Which rows of a ``Table`` fulfill all conditions, an array of indices.

        ``tally`` counts for each condition the rows that fulfill it, and those that
        were asked: ``(n_conditions, 2)``.
        """
        fulfilled = np.ones(len(table), dtype=bool)
        for count, own in zip(tally, self.columns, strict=False):
            holds = own.rule.holds(table.columns[own.j])
            count += holds.sum(), len(table)
            fulfilled &= holds
        left = np.flatnonzero(fulfilled)
        for count, own in zip(tally[len(self.columns) :], self.functions, strict=True):
            if len(left):
                holds = own.holds(table[left], rng)
                count += holds.sum(), len(left)
                left = left[holds]
        return left

    def check(self, X):
        """Refuse rows that functions have said True of, and now do not.

        Raises
        ------
        ValueError
            If a function does not judge each row by itself.
        """
        for own in self.functions:
            n_broken = np.count_nonzero(~own(X))
            if n_broken:
                raise ValueError(
                    f"{own} {ALONE}: of {len(X)} rows that fulfilled it {n_broken} do "
                    "not any more."
                )

    def rarest(self, tally):
        """The condition that the fewest rows fulfill by itself, and their share."""
        shares = tally[:, 0] / tally[:, 1].clip(1)
        rarest = int(shares.argmin())
        return [*self.columns, *self.functions][rarest], shares[rarest]


def _names(schema):
    """Names of the columns of the user's table."""
    return [name for j, name in enumerate(schema.names) if j not in schema.dropped]


def column_index(label, name, schema):
    """The index of a column of a table that a user names, by its position in arrays.

    Raises
    ------
    ValueError
        If there is none; the message begins with ``label``.
    """
    names, n = schema.names, len(schema.names)
    if isinstance(names, range):
        if isinstance(name, Integral) and -n <= name < n:
            return int(name) % n
        raise ValueError(f"{label} is no column: they are numbered from 0 to {n - 1}.")
    if name in names:
        return names.index(name)
    hint = did_you_mean(name, names)
    raise ValueError(f"{label} is no column of the training rows.{hint}")


def _column(X, name, names):
    """One column of a table as the user knows it."""
    frame = nw.from_native(X, eager_only=True, pass_through=True)
    if frame is X:
        return X[:, names.index(name)]
    return frame.get_column(name).to_native()
