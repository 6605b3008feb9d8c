"""Rows of any container as measures see them: columns of numbers and of classes."""

from dataclasses import dataclass
from numbers import Integral

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from skgan.encoding import (
    as_array,
    is_frame,
    is_identifier,
    looks_like_pixels,
    read_table,
)

# What boosted trees of scikit-learn take of one column; points need a bound, too
MAX_CLASSES = 255
MIN_IDENTIFIERS = 50  # rows; in fewer, all text may differ by chance
SALT = 0x6D65
SCALES = ("auto", "columns", "none")


@dataclass(frozen=True)
class Rows:
    """Rows read by the columns of the real ones.

    ``columns`` holds for each an array ``(n,)``: float64 with nan where a number is
    missing, or the int64 codes of classes. Code i of ``categories[j]``'s k values is
    its i-th, k one that no real row has, k + 1 a missing one. ``categories[j]`` is None
    for numbers, which dates and times are, too. ``strangers[j]`` tells the classes of
    code k apart by numbers ``(n,)``, or is None where there are none.
    """

    names: tuple
    categories: tuple
    columns: list
    strangers: list

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.columns[0])

    def take(self, index: NDArray) -> "Rows":
        """Some of the rows."""
        columns, strangers = (
            [None if column is None else column[index] for column in part]
            for part in (self.columns, self.strangers)
        )
        return Rows(self.names, self.categories, columns, strangers)

    def only(self, places: list[int]) -> "Rows":
        """Some of the columns."""
        parts = self.names, self.categories, self.columns, self.strangers
        return Rows(*(type(part)(part[j] for j in places) for part in parts))

    def without(self, j: int) -> "Rows":
        """All columns but one."""
        return self.only([i for i in range(len(self.names)) if i != j])

    def n_classes(self, j: int) -> int:
        """Number of codes that column j can have."""
        return len(self.categories[j]) + 2

    def index(self, name) -> int:
        """The place of a column."""
        if name not in self.names:
            found = ", ".join(map(repr, self.names[:10]))
            raise ValueError(f"Column {name!r} must be one of the real rows': {found}.")
        return self.names.index(name)


def read_rows(**tables) -> list[Rows]:
    """Tables of the same columns, given by the names of their parameters.

    Parameters
    ----------
    **tables : array-like or data frame of shape (n_rows, n_features)
        The first is the real one: its categories and dtypes count. Columns of data
        frames may come in another order; where one of both is an array, their places
        count. Text whose values nearly all differ is left out.

    Raises
    ------
    ValueError
        If a table has other columns than the first, or values that do not convert to
        its dtypes, and as ``read_table`` does.
    """
    (first, real), *others = tables.items()
    columns, form = read_table(real)
    form.keep([column.categories for column in columns])
    names = [column.name for column in columns]
    kept = [j for j, column in enumerate(columns) if not _is_identifier(column)]
    if not kept:
        raise ValueError(
            f"{first} must have a column besides text whose values nearly all differ, "
            f"got {names[:5]}."
        )
    if len(kept) < len(names) and is_frame(real):
        return read_rows(
            **{own: _only(table, names, kept) for own, table in tables.items()}
        )
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
        columns = form.read(table)
        read.append(_rows(columns, _strangers(columns, table, known)))
    return [rows.only(kept) for rows in read]


def _only(table, names, kept):
    """The table without other columns of ``names``, which it may lack."""
    found = column_names(table)
    if found is not None and is_frame(table):
        gone = {name for j, name in enumerate(names) if j not in kept}
        places = [j for j, name in enumerate(found) if name not in gone]
        return nw.from_native(table)[:, places].to_native()
    is_whole = found is not None and len(found) == len(names)
    return as_array(table)[:, kept] if is_whole else table


def _is_identifier(column):
    """Whether a column is text that names rows, of which a generator makes fresh ones.

    A measure would find none of them among the real ones, and be of no use.
    """
    present = column.values[~column.missing]
    if not column.is_text or len(present) < MIN_IDENTIFIERS:
        return False
    return is_identifier(np.bincount(present), len(present))


def column_names(table):
    """Names or places of columns; None where ``form.read`` says what is wrong."""
    try:
        if is_frame(table):
            return nw.from_native(table).columns
        shape = np.shape(table)
    except ValueError:  # names that repeat, or rows that differ in length
        return None
    return range(shape[1]) if len(shape) == 2 else None


def columns_of(table, rows: Rows):
    """The user's table with the columns that rows have, in their order."""
    places = [*map(list(column_names(table)).index, rows.names)]
    if is_frame(table):
        return nw.from_native(table)[:, places].to_native()
    return as_array(table)[:, places]


def _in_order(table, found, names, own, first):
    """The data frame with its columns in the order of ``names``."""
    odd = [name for name in found if name not in names]
    lacking = [name for name in names if name not in found]
    if odd or lacking:
        pairs = ("without", lacking), ("with", odd)
        got = " and ".join(f"{word} {some[:5]}" for word, some in pairs if some)
        raise ValueError(f"{own} must have the columns of {first}, got them {got}.")
    if found == names:
        return table
    # By places: names of pandas may be numbers or tuples
    return nw.from_native(table)[:, [found.index(name) for name in names]].to_native()


def _strangers(columns, table, known):
    """Numbers of the classes that no real row has, by ``known`` the same in all tables.

    Without them such classes would be one, which real rows never have: among many rare
    classes that would tell the best of rows apart.
    """
    places = [
        np.flatnonzero(column.values < 0) if column.kind == "category" else ()
        for column in columns
    ]
    strangers = [None] * len(columns)
    own = read_table(table)[0] if any(map(len, places)) else []
    for j, (column, rows) in enumerate(zip(own, places, strict=False)):
        if len(rows):
            codes, inverse = np.unique(column.values[rows], return_inverse=True)
            labels = codes.tolist()
            if column.categories is not None:
                labels = [column.categories[code] for code in labels]
            numbers = [known[j].setdefault(label, len(known[j])) for label in labels]
            strangers[j] = np.zeros(len(column.values), dtype=np.int64)
            strangers[j][rows] = np.array(numbers)[inverse]
    return strangers


def _rows(columns, strangers):
    return Rows(
        tuple(column.name for column in columns),
        tuple(map(_categories, columns)),
        [_values(column) for column in columns],
        strangers,
    )


def _categories(column):
    if column.kind == "number":
        return None
    return (False, True) if column.kind == "boolean" else tuple(column.categories)


def _values(column):
    if column.kind == "number":
        return np.where(column.missing, np.nan, column.values.astype(np.float64))
    n = len(_categories(column))
    codes = np.where(column.values < 0, n, column.values)
    return np.where(column.missing, n + 1, codes).astype(np.int64)


def own_stream(random_state) -> np.random.RandomState:
    """The stream of a measure: a seed that draws rows elsewhere draws others here.

    With the streams of one seed, the training rows that a bootstrap repeats would be
    those that a measure leaves out, and copies would go unseen. None is fresh entropy.
    """
    if random_state is None:
        return np.random.RandomState()
    if isinstance(random_state, Integral):
        words = np.random.SeedSequence([int(random_state), SALT]).generate_state(8)
        return np.random.RandomState(words)
    return check_random_state(random_state)


def grouped_classes(j: int, *tables: Rows) -> list[NDArray[np.int64]]:
    """Codes of column j below ``MAX_CLASSES``: where there are more, the rarest share.

    Classes of the same number of rows share a code or none does, whatever table they
    are from.
    """
    columns = [_all_classes(j, table) for table in tables]
    counts = np.bincount(np.concatenate(columns))
    is_many = np.count_nonzero(counts) > MAX_CLASSES
    own = counts > (np.sort(counts)[-MAX_CLASSES] if is_many else 0)
    code = np.full(len(counts), own.sum())
    code[np.argsort(-counts, kind="stable")[: own.sum()]] = np.arange(own.sum())
    return [code[column] for column in columns]


def _all_classes(j, table):
    """Codes of column j, those of strangers beyond all others."""
    codes, strangers = table.columns[j], table.strangers[j]
    if strangers is None:
        return codes
    is_strange = codes == table.n_classes(j) - 2
    return np.where(is_strange, table.n_classes(j) + strangers, codes)


def as_features(*tables: Rows) -> tuple[list[NDArray[np.float64]], NDArray[np.bool_]]:
    """Matrices ``(n, n_columns)`` for boosted trees, and which columns are classes.

    Missing numbers are nan; a missing class is a class.
    """
    is_class = np.array([kept is not None for kept in tables[0].categories])
    matrices = [np.empty((table.n, len(is_class))) for table in tables]
    for j, classes in enumerate(is_class):
        columns = grouped_classes(j, *tables) if classes else _column(j, tables)
        for matrix, column in zip(matrices, columns, strict=True):
            matrix[:, j] = column
    return matrices, is_class


def _column(j, tables):
    return [table.columns[j] for table in tables]


def as_points(*tables: Rows, scale_columns: bool = True) -> list[NDArray[np.float64]]:
    """Points ``(n, n_coordinates)``: numbers, and a one-hot coordinate for each class.

    Numbers have the first table's mean taken off, which a missing one gets, and with
    ``scale_columns`` are divided by its standard deviation. Where numbers are missing,
    that is a coordinate of its own.
    """
    blocks = []
    for j, kept in enumerate(tables[0].categories):
        if kept is None:
            blocks.append(_number_block(_column(j, tables), scale_columns))
        else:
            codes = grouped_classes(j, *tables)
            width = 1 + max(column.max(initial=0) for column in codes)
            blocks.append([np.eye(width)[column] for column in codes])
    return [np.hstack(parts) for parts in zip(*blocks, strict=True)]


def number_scale(column: NDArray) -> float:
    """Standard deviation of the numbers that are present; 1 where none vary."""
    present = column[~np.isnan(column)]
    # Rounding may give a constant column a deviation
    varies = len(present) and present.min() < present.max()
    return float(present.std() or 1.0) if varies else 1.0


def _number_block(columns, is_scaled):
    missing = [np.isnan(column) for column in columns]
    mean = columns[0].mean(where=~missing[0]) if not missing[0].all() else 0.0
    scale = number_scale(columns[0]) if is_scaled else 1.0
    points = [
        np.where(gaps, 0.0, (column - mean) / scale)[:, None]
        for column, gaps in zip(columns, missing, strict=True)
    ]
    if not any(gaps.any() for gaps in missing):
        return points
    pairs = zip(points, missing, strict=True)
    return [np.column_stack([column, gaps]) for column, gaps in pairs]


def read_points(*, scale: str = "auto", **tables) -> list[NDArray[np.float64]]:
    """Tables as points, see ``read_rows`` and ``as_points``.

    ``scale`` says whether numbers are divided by their standard deviation among the
    real rows: "columns" yes, "none" no, "auto" unless these are an array that looks
    like pixels or features of a network: at least 16 columns that share one range.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {SCALES}, got {scale!r}.")
    real = next(iter(tables.values()))
    is_scaled = scale == "columns" or (scale == "auto" and not looks_like_pixels(real))
    return as_points(*read_rows(**tables), scale_columns=is_scaled)
