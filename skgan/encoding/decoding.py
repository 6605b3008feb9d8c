"""Encoded rows as a table, of which each column is decoded when it is asked for."""

from collections.abc import Sequence
from copy import copy

import numpy as np

from .frames import Table
from .relations import restore


class Decoding:
    """Values and missing flags of the columns of encoded rows, by their indices.

    What encoded rows leave to chance is drawn at once, and all else follows. So a
    column is the same whenever it is asked for, and of some rows as of all.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    encoders : dict of ColumnEncoder
        Those of columns of their own, by their indices.
    relations : list of Relation
        How the others are restored.
    is_category : list of bool
        Which columns are codes of categories.
    codes, scores : dict of ndarray of shape (n_rows,)
        Classes and normal scores of columns; others have the class 0, or none.
    rng : numpy.random.Generator
        Draws what encoded rows leave to chance.
    """

    def __init__(self, n_rows, encoders, relations, is_category, codes, scores, rng):
        self.n_rows, self._codes, self._scores = n_rows, codes, scores
        self._encoders, self._is_category = encoders, is_category
        self._relations = {relation.target: relation for relation in relations}
        drawn = [j for j, encoder in encoders.items() if encoder.draws]
        self._found = {j: self._decoded(j, rng) for j in drawn}

    def __getitem__(self, j):
        if j not in self._found:
            decode = self._restored if j in self._relations else self._decoded
            self._found[j] = decode(j)
        return self._found[j]

    def _decoded(self, j, rng=None):
        """Return values and missing flags of a column of its own."""
        codes, scores = self._codes.get(j), self._scores.get(j)
        codes = np.zeros(self.n_rows) if codes is None else codes
        scores = np.zeros(self.n_rows) if scores is None else scores
        return self._encoders[j].decode(codes.astype(np.int64), scores, rng)

    def _restored(self, j):
        """Return values and missing flags of a column that others determine."""
        relation = self._relations[j]
        values = {source: self[source][0] for source in relation.sources}
        missing = {source: self[source][1] for source in relation.sources}
        return restore(relation, values, missing, self._is_category[j])

    def take(self, rows):
        """Return the columns of some rows, whose numbers are given."""
        other = copy(self)
        other.n_rows = len(rows)
        other._codes = {j: own[rows] for j, own in self._codes.items()}
        other._scores = {j: own[rows] for j, own in self._scores.items()}
        other._found = {
            j: tuple(part[rows] for part in own) for j, own in self._found.items()
        }
        return other


class DecodedTable(Table):
    """A ``Table`` of what encoded rows decode to; identifiers are not made yet.

    Parameters
    ----------
    decoding : Decoding
        Of the rows.
    schema : TableSchema
        Of the tables that they make: values pass through its dtypes.
    """

    def __init__(self, decoding, schema):
        super().__init__(_Columns(decoding, schema), schema)
        self._decoding = decoding

    def __len__(self):
        return self._decoding.n_rows

    def __getitem__(self, rows):
        return DecodedTable(self._decoding.take(rows), self.schema)


class _Columns(Sequence):
    """The columns of a table, each made when it is asked for."""

    def __init__(self, decoding, schema):
        self._decoding, self._schema, self._held = decoding, schema, {}

    def __len__(self):
        return len(self._schema.columns)

    def __getitem__(self, j):
        if j not in self._held:
            j = range(len(self))[j]
            self._held[j] = self._schema.hold(j, *self._decoding[j])
        return self._held[j]
