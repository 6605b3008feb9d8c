"""What a table's encoder has read as what, in words."""

from datetime import timedelta

from .columns import (
    Constant,
    Discrete,
    Given,
    HighCardinality,
    Identifier,
    Key,
    NanApart,
    Numeric,
    WallClock,
)
from .relations import Order


class Description:
    """How each column of a table is read. Prints as a table.

    Attributes
    ----------
    columns : list of (str, str)
        Names of columns, and how each is read.
    relations : list of str
        What holds between columns, so that some are restored.
    """

    def __init__(self, columns, relations):
        self.columns, self.relations = columns, relations

    def __str__(self):
        width = max(len(name) for name, _ in self.columns)
        return "\n".join(f"{name:{width}}  {words}" for name, words in self.columns)

    def __repr__(self):
        return f"<Description of {len(self.columns)} columns; print it>"


def describe_columns(names, schema, encoders, relations, indicators):
    """Return a ``Description``.

    Parameters
    ----------
    names : list of str
        Names of all columns, and of those that were merged behind them.
    schema : TableSchema
        How the table came.
    encoders : dict of ColumnEncoder
        Those of columns of their own, by their indices.
    relations : list of Relation
        How the others are restored.
    indicators : Indicators
        Groups of columns of which at most one is set.
    """
    words, found, of_groups = {}, [], indicators.describe()
    for relation in relations:
        text = relation.describe(names)
        own = text.removeprefix(f"{names[relation.target]} is ")
        is_order = isinstance(relation, Order)
        words[relation.target] = own if is_order else f"determined by others: {own}"
        if relation.target not in indicators.members:
            found.append(text)
    for group, text in zip(indicators.groups, of_groups, strict=True):
        words |= dict.fromkeys(group, text)
    for j, encoder in encoders.items():
        if j < len(schema.columns):
            own = _words(encoder, schema.columns[j])
            words[j] = f"{own}, dropped" if j in schema.dropped else own
    columns = [(names[j], words[j]) for j in range(len(schema.columns))]
    return Description(columns, found + of_groups)


def _words(encoder, schema):
    """Return how a column of its own is read."""
    if isinstance(encoder, NanApart):
        return f"{_words(encoder.inner, schema)}, or NaN"
    if isinstance(encoder, WallClock):
        return _words(encoder.inner, schema)
    gaps = ", or missing" if encoder.has_missing else ""
    return f"{_values(encoder, schema)}{gaps}"


def _values(encoder, schema):
    """Return what the values of a column are that are present."""
    if isinstance(encoder, Identifier):
        return _identifier(encoder, schema)
    if isinstance(encoder, Constant):
        return "one value" if encoder.n_classes > encoder.has_missing else "no value"
    if schema.content == "boolean":
        return "true or false"
    own = f"{schema.family}s" if schema.written is None else str(schema.written)
    own = "categories" if schema.content == "category" else own
    if isinstance(encoder, Discrete):
        return f"{own} of {encoder.n_classes - encoder.has_missing} values"
    if isinstance(encoder, HighCardinality):
        return f"{own} of many values"
    is_shown = isinstance(encoder, Numeric) and schema.written is None
    return f"{own}{_steps(encoder, schema)}" if is_shown else own


def _steps(encoder, schema):
    """Return in which steps numbers, dates and times are, if they are."""
    if encoder.step is None or schema.family.startswith("period"):
        return ""
    size = float(encoder.step / schema.per)
    if schema.family == "number":
        return f" in steps of {size:g}"
    span = timedelta(seconds=size)  # of nanoseconds 0, which are no steps of a clock
    return f" in steps of {str(span).removesuffix(', 0:00:00')}" if span else ""


def _identifier(encoder, schema):
    """Return what the values of an identifier are."""
    if isinstance(encoder, Key):
        return f"key, counted on in steps of {encoder.step}"
    if isinstance(encoder, Given):
        return "identifier, made by a function"
    what = "text" if schema.content == "category" else "numbers"
    return f"identifier, fresh {what} of the same pattern"
