"""Columns that count all rows, which a sample of them does not show."""

import narwhals as nw
import numpy as np

from ..columns import Key
from ..frames import is_frame


class RisingNumbers:
    """Whole numbers that rise from row to row; call it with chunks of rows.

    Keys are looked for in data frames alone, as ``TableEncoder`` does.
    """

    def __init__(self):
        self._columns = None

    def __call__(self, rows):
        """Follow the columns of a chunk of rows."""
        if not is_frame(rows):
            self._columns = {}
            return
        frame = nw.from_native(rows, eager_only=True)
        columns = list(frame.iter_columns())
        if self._columns is None:
            self._columns = {j: _Rising() for j in range(len(columns))}
        for j, rising in list(self._columns.items()):
            if not rising.follows(columns[j]):
                del self._columns[j]

    def keys(self):
        """Return the encoders of columns that are keys, by their indices."""
        found = {j: own.key() for j, own in (self._columns or {}).items()}
        return {j: key for j, key in found.items() if key is not None}


class _Rising:
    """One column: its ends, the number of its rows, and the steps between them."""

    def __init__(self):
        self._first = self._last = None
        self._step = self._n = 0

    def follows(self, column):
        """Whether the values of a chunk go on rising, by steps of one size or more."""
        if not column.dtype.is_integer() or column.null_count():
            return False
        values = column.to_numpy().astype(object if column.dtype == nw.UInt64 else "i8")
        before = [] if self._last is None else [self._last]
        steps = np.diff(np.concatenate([before, values]).astype(values.dtype))
        if self._first is None:
            self._first = values[0]
        self._last, self._n = values[-1], self._n + len(values)
        self._step = int(np.gcd.reduce(steps, initial=self._step))
        return bool((steps > 0).all())

    def key(self):
        """Return the encoder of a key, None of numbers that leave too many out."""
        first, last, step = int(self._first), int(self._last), self._step
        n_steps = (last - first) // step if step else 0
        if not step or n_steps >= 2 * self._n:  # the rule of ``is_key``
            return None
        return Key(np.array([last - step, last]))
