"""Rows of any container as measures see them: columns of numbers and of classes."""

from dataclasses import dataclass
from numbers import Integral

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_array, check_random_state

from skgan.encoding import (
    as_array,
    as_plain,
    check_unmasked,
    finds_key,
    is_frame,
    is_identifier,
    read_table,
)
from skgan.exceptions import warn_user

MAX_KNOWN = 10  # names, in an error
MIN_IDENTIFIERS = 50  # rows; in fewer, all text may differ by chance
SALT = 0x6D65


@dataclass(frozen=True)
class Rows:
    """Rows read by the columns of the real ones.

    ``columns`` holds for each an array ``(n,)``: float64 with nan where a number is
    missing, or the int64 codes of classes. Code i of ``categories[j]``'s k values is
    its i-th, k one that no real row has, k + 1 a missing one. ``categories[j]`` is None
    for numbers, which dates and times are, too. ``unseen[j]`` tells the classes of
    code k apart by numbers ``(n,)``, or is None where there are none.
    """

    names: tuple
    categories: tuple
    columns: list
    unseen: list

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.columns[0])

    def take(self, index: NDArray) -> "Rows":
        """Take some of the rows."""
        columns, unseen = (
            [None if column is None else column[index] for column in part]
            for part in (self.columns, self.unseen)
        )
        return Rows(self.names, self.categories, columns, unseen)

    def only(self, indices: list[int]) -> "Rows":
        """Take some of the columns, by their numbers."""
        parts = self.names, self.categories, self.columns, self.unseen
        return Rows(*(type(part)(part[j] for j in indices) for part in parts))

    def without(self, j: int) -> "Rows":
        """Take all columns but one."""
        return self.only([i for i in range(len(self.names)) if i != j])

    def n_classes(self, j: int) -> int:
        """Count the codes that column j can have."""
        return len(self.categories[j]) + 2

    def index(self, name) -> int:
        """Find the number of a column by its name."""
        if name not in self.names:
            found = ", ".join(map(repr, self.names[:MAX_KNOWN]))
            more = ", ..." if len(self.names) > MAX_KNOWN else ""
            raise ValueError(
                f"Column {name!r} must be one of those of the real rows, {found}{more}."
            )
        return self.names.index(name)


def joined(first: Rows, second: Rows) -> Rows:
    """Put rows of the same columns one after the other."""
    unseen = []
    for parts in zip(first.unseen, second.unseen, strict=True):
        numbers = [
            np.zeros(rows.n, dtype=np.int64) if part is None else part
            for part, rows in zip(parts, (first, second), strict=True)
        ]
        is_none = all(part is None for part in parts)
        unseen.append(None if is_none else np.concatenate(numbers))
    columns = [*map(np.concatenate, zip(first.columns, second.columns, strict=True))]
    return Rows(first.names, first.categories, columns, unseen)


def read_rows(**tables) -> list[Rows]:
    """Read tables of the same columns, given by the names of their parameters.

    Parameters
    ----------
    **tables : array-like or data frame of shape (n_rows, n_features)
        The first is the real one: its categories and dtypes count. Columns of data
        frames may come in another order; where one of both is an array, their order
        counts. Text whose values nearly all differ is left out, as are keys.

    Raises
    ------
    ValueError
        If a table has other columns than the first, or values that do not convert to
        its dtypes, and as ``read_table`` does.

    Warns
    -----
    UserWarning
        If columns are left out; the message names them.
    """
    rows, left_out = read_kept_rows(tables)
    if left_out:
        names = ", ".join(map(repr, left_out))
        warn_user(f"Left out, as nearly all values differ: {names}.")
    return rows


def read_kept_rows(tables: dict) -> tuple[list[Rows], list]:
    """Read tables as ``read_rows`` does, and list the columns that it leaves out."""
    (first, real), *others = tables.items()
    columns, schema = read_table(real)
    schema = schema.keep([column.categories for column in columns])
    names = [column.name for column in columns]
    has_names = not isinstance(schema.names, range)
    kept = [
        j
        for j, column in enumerate(columns)
        if not (_is_identifier(column) or has_names and finds_key(column))
    ]
    if not kept:
        raise ValueError(
            f"{first} must have a column besides text whose values nearly all differ, "
            f"got {names[:5]}."
        )
    left_out = [name for j, name in enumerate(names) if j not in kept]
    if left_out and is_frame(real):
        return read_kept_rows(without_columns(tables, left_out))[0], left_out
    read = [_rows(columns, [None] * len(names))]
    known = [{} for _ in names]
    for own, table in others:
        found = column_names(table)
        if found is not None and is_frame(table) and is_frame(real):
            table = _in_order(table, found, names, own, first)
        elif found is not None and len(found) != len(names):
            raise ValueError(
                f"{own} must have as many columns as {first}, {len(names)}, got "
                f"{len(found)}."
            )
        try:
            columns = schema.read(table)
        except ValueError as error:
            raise ValueError(f"{own}: {error}") from error
        read.append(_rows(columns, _unseen_classes(columns, table, known)))
    return [rows.only(kept) for rows in read], left_out


def numeric_array(X, name, **options):
    """Check that X is an array of finite numbers, none of them masked.

    ``options`` are those of scikit-learn's ``check_array``.
    """
    check_unmasked(name, X)
    return check_array(as_plain(X), input_name=name, **options)


def without_columns(tables: dict, names: list) -> dict:
    """Leave out columns of tables like one data frame; a data frame may lack them."""
    (_, real), *_ = tables.items()
    gone = set(names)
    kept = [j for j, name in enumerate(column_names(real)) if name not in gone]
    return {
        own: _only(table, len(column_names(real)), kept, gone)
        for own, table in tables.items()
    }


def _only(table, n_columns, kept, gone):
    """Leave out a table's columns of names that are gone, or those not kept."""
    found = column_names(table)
    if found is not None and is_frame(table):
        indices = [j for j, name in enumerate(found) if name not in gone]
        return nw.from_native(table)[:, indices].to_native()
    is_whole = found is not None and len(found) == n_columns
    return as_array(table)[:, kept] if is_whole else table


def _is_identifier(column):
    """Ask whether a column is of values that name rows; a generator makes fresh names.

    A measure would find none of them among the real ones, and be of no use.
    """
    present = column.values[~column.missing]
    is_listed = column.content == "category" and not column.declared
    if not is_listed or len(present) < MIN_IDENTIFIERS:
        return False
    return is_identifier(np.bincount(present), len(present))


def column_names(table):
    """Find names or numbers of columns; None if ``schema.read`` says what is wrong."""
    try:
        if is_frame(table):
            return nw.from_native(table).columns
        shape = np.shape(table)
    except ValueError:  # names that repeat, or rows that differ in length
        return None
    return range(shape[1]) if len(shape) == 2 else None


def columns_of(table, rows: Rows):
    """Take of the user's table the columns that rows have, in their order."""
    indices = [*map(list(column_names(table)).index, rows.names)]
    if is_frame(table):
        return nw.from_native(table)[:, indices].to_native()
    return as_array(table)[:, indices]


def _in_order(table, found, names, own, first):
    """Put the columns of a data frame in the order of ``names``."""
    odd = [name for name in found if name not in names]
    lacking = [name for name in names if name not in found]
    if odd or lacking:
        pairs = ("without", lacking), ("with", odd)
        got = " and ".join(f"{word} {some[:5]}" for word, some in pairs if some)
        raise ValueError(f"{own} must have the columns of {first}, got them {got}.")
    if found == names:
        return table
    # By numbers: names of pandas may be numbers or tuples
    return nw.from_native(table)[:, [found.index(name) for name in names]].to_native()


def _unseen_classes(columns, table, known):
    """Number the classes that no real row has, by ``known`` alike in all tables.

    Without them such classes would be one, which real rows never have: among many rare
    classes that would tell the best of rows apart.
    """
    unseen_rows = [
        np.flatnonzero(column.values < 0) if column.content == "category" else ()
        for column in columns
    ]
    unseen = [None] * len(columns)
    own = read_table(table)[0] if any(map(len, unseen_rows)) else []
    for j, (column, rows) in enumerate(zip(own, unseen_rows, strict=False)):
        if len(rows):
            codes, inverse = np.unique(column.values[rows], return_inverse=True)
            labels = codes.tolist()
            if column.categories is not None:
                labels = [column.categories[code] for code in labels]
            numbers = [known[j].setdefault(label, len(known[j])) for label in labels]
            unseen[j] = np.zeros(len(column.values), dtype=np.int64)
            unseen[j][rows] = np.array(numbers)[inverse]
    return unseen


def _rows(columns, unseen):
    """Make rows of columns that are read."""
    return Rows(
        tuple(column.name for column in columns),
        tuple(map(_categories, columns)),
        [_values(column) for column in columns],
        unseen,
    )


def _categories(column):
    """List the categories of a column; None if it holds numbers."""
    if column.content == "number":
        return None
    return (False, True) if column.content == "boolean" else tuple(column.categories)


def _values(column):
    """Take a column's values: numbers, missing ones nan, or codes of classes."""
    if column.content == "number":
        return np.where(column.missing, np.nan, column.values.astype(np.float64))
    n = len(_categories(column))
    codes = np.where(column.values < 0, n, column.values)
    return np.where(column.missing, n + 1, codes).astype(np.int64)


def own_stream(random_state) -> np.random.RandomState:
    """Make the stream of a measure: seeds that draw rows elsewhere draw others here.

    With the streams of one seed, the training rows that a bootstrap repeats would be
    those that a measure leaves out, and copies would go unseen. None is fresh entropy.
    """
    if random_state is None:
        return np.random.RandomState()
    if isinstance(random_state, Integral):
        words = np.random.SeedSequence([int(random_state), SALT]).generate_state(8)
        return np.random.RandomState(words)
    return check_random_state(random_state)
