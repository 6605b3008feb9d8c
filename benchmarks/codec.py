"""Tables as points for methods that know numbers only, and back.

Between the two lies a plain matrix: columns of numbers without gaps, and columns of
codes of classes. Where numbers are missing stands the mean of the others, and a column
of two classes says so. All else than numbers is classes, a missing value is one of
them. In points, numbers are standardized and classes one-hot.
"""

import numpy as np
import pandas as pd

from skgan.encoding import looks_like_pixels

MAX_DECIMALS = 9


def is_number(column):
    """Whether a column holds numbers; booleans are classes."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(
        column
    )


class Numbers:
    """A column of numbers; they come back in its range, dtype and decimals."""

    def __init__(self, column):
        self.name, self.dtype = column.name, column.dtype
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        gaps = np.isnan(values)
        present = values[~gaps]
        self.low, self.high = present.min(), present.max()
        self.decimals = _decimals(column.dropna().to_numpy())
        self.plain = [np.where(gaps, present.mean(), values)]
        self.n_classes = [0]
        if gaps.any():
            self.plain.append(gaps)
            self.n_classes.append(2)

    def column(self, numbers, gaps=None):
        values = np.clip(numbers, self.low, self.high)
        if self.decimals is not None:
            values = np.round(values, self.decimals)
        if gaps is not None:
            values = np.where(gaps == 1, np.nan, values)
        return pd.Series(values).astype(self.dtype)


class Classes:
    """A column of anything else; its values and dtype come back."""

    def __init__(self, column):
        self.name = column.name
        codes, _ = pd.factorize(column, use_na_sentinel=False)
        _, firsts = np.unique(codes, return_index=True)
        self.values = column.take(firsts)
        self.plain, self.n_classes = [codes], [len(firsts)]

    def column(self, codes):
        return self.values.take(codes.astype(int)).reset_index(drop=True)


class Codec:
    """The plain matrix and the points of one table, and the way back for others.

    Columns that look like pixels share one scale, others have a scale each.
    """

    def __init__(self, table):
        self.columns = [
            (Numbers if is_number(column) and column.notna().any() else Classes)(column)
            for _, column in table.items()
        ]
        self.n_classes = np.concatenate([column.n_classes for column in self.columns])
        plain = [part for column in self.columns for part in column.plain]
        self.plain = np.column_stack(plain).astype(np.float64)  # (n, n_plain)
        self.mean, self.scale = self.plain.mean(axis=0), self.plain.std(axis=0)
        if looks_like_pixels(table.to_numpy()):
            self.scale[:] = np.sqrt(np.mean(self.scale**2))
        self.scale[self.scale == 0] = 1

    def points(self):
        """The table's points, ``(n, n_coordinates)``."""
        numbers = (self.plain - self.mean) / self.scale
        parts = [
            np.eye(k)[self.plain[:, j].astype(int)] if k else numbers[:, [j]]
            for j, k in enumerate(self.n_classes)
        ]
        return np.hstack(parts)

    def table_of_points(self, points):
        """Points as a table: each class is that of the largest coordinate."""
        ends = np.cumsum(np.maximum(self.n_classes, 1))[:-1]
        plain = [
            part.argmax(axis=1) if k else part[:, 0] * scale + mean
            for part, k, scale, mean in zip(
                np.split(points, ends, axis=1),
                self.n_classes,
                self.scale,
                self.mean,
                strict=True,
            )
        ]
        return self.table_of_plain(np.column_stack(plain))

    def table_of_plain(self, plain):
        ends = np.cumsum([len(column.n_classes) for column in self.columns])[:-1]
        parts = zip(self.columns, np.split(plain, ends, axis=1), strict=True)
        series = {column.name: column.column(*part.T) for column, part in parts}
        return pd.DataFrame(series)


def _decimals(values):
    """The fewest decimals that write all values, None if more than ``MAX_DECIMALS``."""
    for decimals in range(MAX_DECIMALS + 1):
        if np.array_equal(np.round(values, decimals), values):
            return decimals
    return None
