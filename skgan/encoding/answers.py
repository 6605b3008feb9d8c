"""What new rows can hold: which columns may be conditions, and which values."""

import numpy as np

from .columns import Identifier
from .relations import Map
from .relations.dependence import MISSING


def refusal_of(j, encoders, schema):
    """Return why no condition can be set on column j, None if one can.

    Parameters
    ----------
    j : int
        Index of the column.
    encoders : dict of ColumnEncoder
        Those of columns of their own, by their indices.
    schema : TableSchema
        How the table came.
    """
    if j in schema.dropped:
        return "is left out of new rows, as an identifier"
    if isinstance(encoders.get(j), Identifier):
        return "names rows: its values are made fresh, and say nothing"
    return None


def knows_values(j, column, encoders, relations):
    """Return which values can be those of new rows, bool ``(n,)``.

    Parameters
    ----------
    j : int
        Index of their column.
    column : Column
        The values, as the schema of the training rows reads them.
    encoders : dict of ColumnEncoder
        Those of columns of their own, by their indices.
    relations : list of Relation
        How the others are restored.
    """
    if j in encoders:
        return encoders[j].classify(column.values, column.missing) >= 0
    relation = next(own for own in relations if own.target == j)
    if not isinstance(relation, Map):
        return np.ones(len(column.values), dtype=bool)
    values = np.where(column.missing, MISSING, column.values)
    return np.isin(values, [*relation.values, relation.default])
