"""Counts of all columns of a table, and whether relations hold in all of its rows."""

import numpy as np

from skgan.privacy import MIN_ROWS

from ..columns import counter_of
from .agreement import contradicts
from .known import with_encoders


class TableCounts:
    """What counts the rows of a table by an encoder that has learned from some.

    Parameters
    ----------
    encoder : TableEncoder
        One that has learned.
    rows : Table
        Those that it has learned from.
    min_rows : MinRows, default=MIN_ROWS
        How many rows shared what it keeps.

    Attributes
    ----------
    broken : set of int
        Columns that relations determine, and not in all rows.
    """

    def __init__(self, encoder, rows, min_rows=MIN_ROWS):
        self._encoder, self.broken = encoder, set()
        columns = encoder._columns_of(rows)
        self._counters = {
            j: counter_of(own, columns[j].values, columns[j].missing, min_rows)
            for j, own in encoder._encoders.items()
            if j in encoder._encoded
        }

    def add(self, rows, rng):
        """Count rows, and return the bins of encoded columns, ``(n, n_discrete)``.

        Parameters
        ----------
        rows : Table
            As the encoder reads them.
        rng : numpy.random.Generator
            Draws classes of unseen categories.
        """
        columns = self._encoder._columns_of(rows)
        values = [column.values for column in columns]
        missing = [column.missing for column in columns]
        for relation in self._encoder.relations_:
            parts, j = (values, missing, self._encoder._is_category), relation.target
            whole = j in self._encoder._indicators.members
            if j not in self.broken and contradicts(relation, *parts, knows_all=whole):
                self.broken.add(j)
        pairs = self._counters.items()
        bins = [own.add(values[j], missing[j], rng) for j, own in pairs]
        return np.stack(bins).T  # columns are read one by one

    @property
    def class_counts(self):
        """How many rows have each class, of all encoded columns side by side."""
        return np.concatenate([own.class_counts for own in self._counters.values()])

    def encoder(self):
        """Return the encoder by the counts of all rows; classes and bins stay."""
        own = {j: counter.encoder() for j, counter in self._counters.items()}
        encoder = self._encoder
        return with_encoders(encoder, encoder._encoders | own, encoder.schema)
