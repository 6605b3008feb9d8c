"""Values that too few of some rows share, and enough of all."""

from copy import copy
from dataclasses import replace

import numpy as np

from skgan.privacy import MIN_ROWS

from ..columns import MAX_CLASSES, Constant, Discrete, HighCardinality
from ..frames import adopt_column

NO_ROWS = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)


def knowing(encoder, distinct, min_rows=MIN_ROWS):
    """Return an encoder of tables with the values that enough of all rows share.

    Columns that others determine, and those that determine others, stay as they are.

    Parameters
    ----------
    encoder : TableEncoder
        One that has learned from some rows.
    distinct : DistinctValues
        The values of all rows.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share what is kept of them.
    """
    free = set(range(encoder.n_features_in_)) & encoder._encoders.keys()
    for relation in encoder.relations_:
        free -= {relation.target, *relation.sources}
    encoders, columns = dict(encoder._encoders), list(encoder.schema.columns)
    for j in sorted(free):
        own = encoder._names[j], encoders[j], columns[j]
        encoders[j], columns[j] = extended(j, *own, distinct, min_rows)
    return with_encoders(encoder, encoders, replace(encoder.schema, columns=columns))


def with_encoders(encoder, encoders, schema):
    """Return a copy of an encoder of tables with other encoders of columns.

    Parameters
    ----------
    encoder : TableEncoder
        One that has learned.
    encoders : dict of ColumnEncoder
        Those of all columns that have one, by their indices.
    schema : TableSchema
        With the categories that they know.
    """
    other = copy(encoder)
    other._encoders, other._schema = encoders, schema
    other._set_layout()
    return other


def extended(j, name, encoder, schema, distinct, min_rows):
    """Return encoder and schema of a column, with the values that all rows have.

    Parameters
    ----------
    j : int
        The index of the column.
    name : object
        Its name.
    encoder : ColumnEncoder
        What was learned of some rows.
    schema : ColumnSchema
        How the column came, with the categories that are kept.
    distinct : DistinctValues
        The counts of all rows.
    min_rows : MinRows
        How many rows share what is kept of them.
    """
    found = distinct.column(j)
    if found is None or not isinstance(encoder, Constant | Discrete | HighCardinality):
        return encoder, schema
    native, counts = found
    column = adopt_column(name, schema, native)
    values = column.values
    if schema.content == "category" and not schema.declared:
        schema, values = _with_categories(schema, column, native, counts, min_rows)
    here = ~column.missing & ((values >= 0) | (schema.content != "category"))
    values, at = np.unique(values[here], return_inverse=True)
    counts = np.bincount(at, counts[here], minlength=len(values)).astype(np.int64)
    kept = schema.declared | min_rows.allows(counts) | np.isin(values, _own(encoder))
    has_missing = bool(encoder.has_missing or column.missing.any())
    values, counts = values[kept], counts[kept]
    return _of(encoder, schema, values, counts, has_missing), schema


def _own(encoder):
    """The values that an encoder knows."""
    return encoder.value if isinstance(encoder, Constant) else encoder._values


def _with_categories(schema, column, native, counts, min_rows):
    """The schema with further categories that enough rows share, and all codes.

    They follow those that are known, the most frequent first.
    """
    library, _, objects = native
    texts = library.objects(objects)
    new = (column.values < 0) & ~column.missing & min_rows.allows(counts)
    rows = sorted(np.flatnonzero(new), key=lambda i: (-counts[i], str(texts[i])))
    values = column.values.copy()
    values[rows] = len(schema.categories) + np.arange(len(rows))
    categories = (*schema.categories, *(texts[i] for i in rows))
    return schema._replace(categories=categories), values


def _of(encoder, schema, values, counts, has_missing):
    """The encoder of values and their counts."""
    if len(values) < 2:
        return encoder
    is_text = schema.content == "category"
    if len(values) > MAX_CLASSES and not (
        is_text or isinstance(encoder, HighCardinality)
    ):
        return encoder  # of numbers that the sample has few of
    if len(values) > MAX_CLASSES and not isinstance(encoder, HighCardinality):
        encoder = HighCardinality(values, NO_ROWS[1])
    elif isinstance(encoder, Constant):
        ordered = not is_text or schema.ordered
        encoder = Discrete(values, NO_ROWS[1], ordered=ordered)
    return encoder.with_counts(values, counts, has_missing)
