"""How often each value of a column is there, exactly, while rows are read."""

from abc import ABC, abstractmethod

import narwhals as nw
import numpy as np

from skgan.sources import concatenated

from ..frames import Arrays, is_frame, native_column

MAX_DISTINCT = 100_000  # of one column; beyond, they are not counted
MAX_MEASURED = 1_000  # of one with fractions, or of times
VALUE, COUNT = "value", "count"
UNCOUNTED = nw.Object, nw.Unknown, nw.List, nw.Array, nw.Struct, nw.Binary


class DistinctValues:
    """Counts of the different values of columns; call it with chunks of rows.

    Parameters
    ----------
    max_distinct : int, default=100_000
        Columns of more values are left out.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding.counting import DistinctValues
    >>> distinct = DistinctValues()
    >>> distinct(np.array([[0.0], [2.0]]))
    >>> distinct(np.array([[2.0], [2.0]]))
    >>> native, counts = distinct.column(0)
    >>> native[2], counts
    (array([0., 2.]), array([1, 3]))
    """

    def __init__(self, max_distinct=MAX_DISTINCT):
        self.max_distinct = max_distinct
        self._columns = None

    def __call__(self, rows):
        """Count the values of a chunk of rows."""
        if is_frame(rows):
            frame = nw.from_native(rows, eager_only=True)
            columns = list(frame.iter_columns())
            make = _Series
        else:
            columns, make = rows.T, _Values
        if self._columns is None:
            self._columns = [make(self.max_distinct) for _ in columns]
        for counted, column in zip(self._columns, columns, strict=True):
            counted.add(column)

    def column(self, j):
        """Return the values of a column as ``take_apart`` does, and their counts.

        None where there are too many. A missing value is one of them.
        """
        return None if self._columns is None else self._columns[j].end()


class _Counted(ABC):
    """Values of one column and their counts, in parts that are put together."""

    def __init__(self, max_distinct):
        self._most, self._parts, self._n_held = max_distinct, [], 0

    @abstractmethod
    def _count(self, column):
        """Return values and counts of some rows; None where none can be counted."""

    @abstractmethod
    def _summed(self, parts):
        """Return values and counts of several parts together."""

    @abstractmethod
    def _apart(self, whole):
        """Return a column as ``take_apart`` does, and the counts of its values."""

    def add(self, column):
        """Count the values of a column of a chunk, if there are not too many."""
        if self._parts is None:
            return
        part = self._count(column)
        if part is None:
            self._parts = None
            return
        self._parts.append(part)
        self._n_held += len(part)
        if self._n_held > 2 * self._most:
            self._merge()

    def _merge(self):
        """Put all parts together, or give up."""
        whole = self._summed(self._parts)
        self._parts, self._n_held = [whole], len(whole)
        if len(whole) > self._most:
            self._parts = None

    def end(self):
        """Return values and counts, None if there are too many."""
        if self._parts:
            self._merge()
        return self._parts and self._apart(self._parts[0])


class _Values(_Counted):
    """Of columns of arrays: structured arrays of values and counts."""

    def _count(self, column):
        if column.dtype == object:  # which may have no order
            return None
        if column.dtype.kind in "fmM":
            self._most = min(self._most, MAX_MEASURED)
        return self._part(*np.unique(column, return_counts=True))

    def _summed(self, parts):
        whole = np.concatenate(parts)
        values, at = np.unique(whole[VALUE], return_inverse=True)
        counts = np.zeros(len(values), dtype=np.int64)
        np.add.at(counts, at, whole[COUNT])
        return self._part(values, counts)

    @staticmethod
    def _part(values, counts):
        """Return values and counts as one array."""
        part = np.empty(len(values), [(VALUE, values.dtype), (COUNT, np.int64)])
        part[VALUE], part[COUNT] = values, counts
        return part

    def _apart(self, whole):
        values = np.ascontiguousarray(whole[VALUE])
        return (Arrays, values.dtype, values), whole[COUNT]


class _Series(_Counted):
    """Of columns of data frames: frames of values and counts."""

    def _count(self, column):
        dtype = column.dtype
        if dtype in UNCOUNTED:
            return None
        if dtype.is_float() or dtype.is_temporal():
            self._most = min(self._most, MAX_MEASURED)
        return column.alias(VALUE).value_counts(name=COUNT)

    def _summed(self, parts):
        whole = concatenated([nw.to_native(part) for part in parts])
        whole = nw.from_native(whole, eager_only=True)
        return whole.group_by(VALUE).agg(nw.col(COUNT).sum())

    def _apart(self, whole):
        return native_column(whole[VALUE]), whole[COUNT].to_numpy().astype(np.int64)
