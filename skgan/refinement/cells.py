"""Cells: the coarse bins of columns and of pairs of columns, and the rows in them."""

from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np

from .bins import Bins

MAX_PAIRED = 40  # columns of which pairs are counted


def joint_cells(cells, sizes, key):
    """The number of the cell of one or two columns in each row, ``(n,)``."""
    joint = cells[:, key[0]]
    return joint * sizes[key[1]] + cells[:, key[1]] if len(key) > 1 else joint


def count_cells(cells, sizes, key):
    """How many rows are in each cell of one or two columns, flat."""
    n_cells = prod(sizes[column] for column in key)
    return np.bincount(joint_cells(cells, sizes, key), minlength=n_cells)


class CellCounts:
    """How many rows are in each cell, of rows that come chunk by chunk.

    Pairs of columns are counted where there are 40 columns or fewer.

    Parameters
    ----------
    sizes : sequence of int
        Number of cells of each column.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.refinement import CellCounts
    >>> counts = CellCounts([2, 2])
    >>> counts.add(np.array([[0, 1], [0, 1]]))
    >>> counts.add(np.array([[1, 0]]))
    >>> counts.of((0, 1))
    array([0, 2, 1, 0])
    """

    def __init__(self, sizes):
        self.sizes = list(sizes)
        columns = range(len(self.sizes))
        keys = [(column,) for column in columns]
        if len(keys) <= MAX_PAIRED:
            keys += combinations(columns, 2)
        self._tables = {
            key: np.zeros(prod(self.sizes[column] for column in key), dtype=np.int64)
            for key in keys
        }

    def add(self, cells):
        """Count rows of coarse bins ``(n, n_columns)``."""
        small = np.int32 if max(self.sizes) ** 2 < 2**31 else np.int64
        cells = np.asfortranarray(cells, dtype=small)  # columns are read one by one
        for key, table in self._tables.items():
            table += count_cells(cells, self.sizes, key)

    def of(self, key):
        """Return the counts of one column or of two, None if they are not counted."""
        key = tuple(key)
        if key not in self._tables and key[::-1] in self._tables:
            flipped = self._tables[key[::-1]]
            return flipped.reshape(self.sizes[key[1]], -1).T.ravel()
        return self._tables.get(key)


@dataclass(frozen=True, eq=False)
class Census:
    """What is counted of all rows, where a sample of them is learned from.

    Parameters
    ----------
    n_rows : int
        How many there are.
    class_counts : ndarray of shape (n_classes,)
        How many rows have each class, of all variables side by side.
    label_counts : ndarray of shape (n_labels,)
        How many rows have each label.
    bins : Bins
        Those of columns, by the sample.
    cells : CellCounts
        How many rows are in their cells.
    """

    n_rows: int
    class_counts: np.ndarray
    label_counts: np.ndarray
    bins: Bins
    cells: CellCounts
