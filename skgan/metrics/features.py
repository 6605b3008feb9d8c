"""Matrices of rows: for boosted trees, and as points with distances."""

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)

from skgan.encoding import looks_like_pixels

from .mixed import Measured
from .rows import Rows, read_rows

# What boosted trees of scikit-learn take of one column; points need a bound, too
MAX_CLASSES = 255
SCALES = ("auto", "columns", "none")


def grouped_classes(j: int, *tables: Rows) -> list[NDArray[np.int64]]:
    """Encode column j by codes below ``MAX_CLASSES``; of more, the rarest share one.

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
    """Encode column j, unseen classes beyond all others."""
    codes, unseen = table.columns[j], table.unseen[j]
    if unseen is None:
        return codes
    is_unseen = codes == table.n_classes(j) - 2
    return np.where(is_unseen, table.n_classes(j) + unseen, codes)


def as_features(*tables: Rows) -> tuple[list[NDArray[np.float64]], NDArray[np.bool_]]:
    """Make matrices ``(n, n_columns)`` for boosted trees; mark columns of classes.

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
    """Take column j of each table."""
    return [table.columns[j] for table in tables]


def as_points(*tables: Rows, scale_columns: bool = True) -> list[NDArray[np.float64]]:
    """Make points ``(n, n_coordinates)``: numbers, and one coordinate for each class.

    Numbers have the first table's mean taken off, which a missing one gets, and with
    ``scale_columns`` are divided by its standard deviation. Where numbers are missing,
    that is a coordinate of its own.
    """
    coordinates = []
    for j, kept in enumerate(tables[0].categories):
        if kept is None:
            coordinates.append(_number_coordinates(_column(j, tables), scale_columns))
        else:
            codes = grouped_classes(j, *tables)
            width = 1 + max(column.max(initial=0) for column in codes)
            coordinates.append([np.eye(width)[column] for column in codes])
    return [np.hstack(parts) for parts in zip(*coordinates, strict=True)]


def number_scale(column: NDArray) -> float:
    """Compute the standard deviation of numbers that are present; 1 where none vary."""
    present = column[~np.isnan(column)]
    # Rounding may give a constant column a deviation
    varies = len(present) and present.min() < present.max()
    return float(present.std() or 1.0) if varies else 1.0


def _number_coordinates(columns, is_scaled):
    """Make coordinates of a column of numbers in each table."""
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


def as_measured(
    *tables: Rows, scale_columns: bool = True
) -> tuple[list[Measured], NDArray[np.float64]]:
    """Make what a mixed density takes, and the unit of each column of numbers.

    With ``scale_columns`` units are the first table's standard deviations, else 1.
    Where numbers are missing, that is a class of its own.
    """
    numbers = [_numbers(table) for table in tables]
    units = [number_scale(column) if scale_columns else 1.0 for column in numbers[0].T]
    has_gaps = np.any([np.isnan(part).any(axis=0) for part in numbers], axis=0)
    measured = []
    for table, part in zip(tables, numbers, strict=True):
        pairs = zip(table.categories, table.columns, strict=True)
        classes = [column for categories, column in pairs if categories is not None]
        gaps = np.isnan(part[:, has_gaps]).T
        classes = np.reshape([*classes, *gaps], (-1, table.n)).T
        measured.append(Measured(classes.astype(np.int64), part / units))
    return measured, np.array(units)


def _numbers(table):
    """Take the columns of numbers, ``(n, n_numbers)``."""
    pairs = zip(table.categories, table.columns, strict=True)
    numbers = [column for categories, column in pairs if categories is None]
    return np.reshape(numbers, (-1, table.n)).T


def read_points(*, scale: str = "auto", **tables) -> list[NDArray[np.float64]]:
    """Read tables as points, see ``read_rows`` and ``as_points``.

    ``scale`` says whether numbers are divided by their standard deviation among the
    real rows: "columns" yes, "none" no, "auto" unless these are an array that looks
    like pixels or features of a network: at least 16 columns that share one range.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {SCALES}, got {scale!r}.")
    real = next(iter(tables.values()))
    is_scaled = scale == "columns" or (scale == "auto" and not looks_like_pixels(real))
    return as_points(*read_rows(**tables), scale_columns=is_scaled)


class _GapsAllowed:
    """Boosted trees that bear columns of which the rows at hand have no number."""

    def fit(self, X, y):
        return super().fit(np.where(np.isnan(X).all(axis=0), 0.0, X), y)


class TreesClassifier(_GapsAllowed, HistGradientBoostingClassifier):
    """The classifier of ``as_features``."""


class TreesRegressor(_GapsAllowed, HistGradientBoostingRegressor):
    """The regressor of ``as_features``."""
