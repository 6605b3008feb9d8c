"""What new rows can hold: which columns may be conditions, and which values."""

import numpy as np

from .columns import Identifier
from .relations import Copy, Map
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
        known = encoders[j].classify(column.values, column.missing) >= 0
        return known & (column.missing | encoders[j].may_be(column.values))
    relation = next(own for own in relations if own.target == j)
    if not isinstance(relation, Map):
        return np.ones(len(column.values), dtype=bool)
    values = np.where(column.missing, MISSING, column.values)
    return np.isin(values, [*relation.values, relation.default])


def spans_of(j, encoders, relations, schema):
    """Return ranges of numbers that have all those of new rows; None: not known.

    Parameters
    ----------
    j : int
        Index of the column, one of numbers.
    encoders : dict of ColumnEncoder
        Those of columns of their own, by their indices.
    relations : list of Relation
        How the others are restored.
    schema : TableSchema
        How tables leave.

    Returns
    -------
    spans : ndarray of shape (n, 2) or None
        Their ends, as a table holds them.
    """
    own = next((own for own in relations if own.target == j), None)
    if own is None:
        spans = encoders[j].spans
    elif isinstance(own, Map):
        spans = np.array([*own.values, own.default])[:, None].repeat(2, axis=1)
    elif isinstance(own, Copy) and own.sources[0] in encoders:
        source = encoders[own.sources[0]].spans
        spans = None if source is None else own.restore(source)
    else:
        spans = None
    return None if spans is None else np.sort(schema.columns[j].held(spans))
