"""Values and ranges that a user writes, as a column has them."""

import numpy as np

from .frames import convert_values

CONTENTS = {"boolean": "booleans", "category": "categories"}


def read_value(name, schema, value, error):
    """Return the column of one value in the units of a training column.

    Parameters
    ----------
    name : object
        The column's name.
    schema : ColumnSchema
        That of the training rows.
    value : object
        What the user wrote.
    error : callable
        ``error(rule, got)`` makes the error of what breaks a rule.

    Raises
    ------
    ValueError
        If the column can hold no such value, or if it is a missing one.
    """
    what = CONTENTS.get(schema.content, str(schema.written or f"a {schema.family}"))
    rule = f"hold {what}, as the column does"
    try:
        column = convert_values(name, schema, [value])
    except (ValueError, TypeError) as cause:
        raise error(rule, value) from cause
    if column.missing[0]:
        raise error(rule, value)
    return column


def read_range(name, schema, ends, error):
    """Return the numbers of two ends, of which None is none.

    An infinity on its own side is no end, either. Parameters are those of
    ``read_value``, but for ``ends``, a pair.

    Raises
    ------
    ValueError
        If the column can hold no such end, or if the first is above the second.
    """
    low, high = (
        None
        if end is None or (isinstance(end, float) and end == infinity)
        else read_value(name, schema, end, error).values[0].item()
        for end, infinity in zip(ends, (-np.inf, np.inf), strict=True)
    )
    if low is not None and high is not None and low > high:
        raise error("be a range that is not empty: low <= high", ends)
    return low, high
