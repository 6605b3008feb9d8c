"""Columns of a library as numbers, and those of new rows as training rows have them."""

from datetime import datetime, time
from decimal import Decimal

import numpy as np

from skgan.privacy import MIN_ROWS

from .date_numbers import DateNumbers, adopt_dates, as_dates
from .errors import check_finite, column_error
from .libraries import Arrays
from .objects import distinct_objects, factorize, read_objects, read_written
from .schema import schema_of


def read_column(name, native):
    """Return the schema of a column of a library, and the column of numbers.

    Parameters
    ----------
    name : object
        The column's name, for messages.
    native : tuple
        Its library, its dtype and itself.
    """
    schema, column = _read(name, native)
    if schema.wide != "float64":
        return as_dates(schema, column)
    # Each is a class of its own where enough rows have it
    counts = np.isnan(column.values).sum(), column.missing.sum()
    if counts[0] and not counts[1]:
        schema = schema._replace(null=np.nan)
    schema = schema._replace(keeps_nan=bool(MIN_ROWS.allows(np.min(counts))))
    return as_dates(schema, _without_nan(schema, column))


def _without_nan(schema, column):
    """Return a column of numbers in which NaN is missing, unless that is apart."""
    nan = np.isnan(column.values)
    if schema.keeps_nan or not nan.any():
        return column
    return schema.column(column.name, column.values, column.missing | nan)


def _read(name, native):
    """Return the schema of a column, and the column, NaN as it stands."""
    library, dtype, column = native
    schema = schema_of(name, library, dtype, column)
    if schema.is_coded:
        codes, categories = library.codes(column)
        distinct_objects(name, np.fromiter(categories, object, len(categories)))
        if schema.declared:
            schema = schema._replace(categories=categories)
        return schema, schema.column(name, codes, codes < 0, categories)
    if schema.content == "category" or schema.python:
        return read_objects(name, schema, library.objects(column))
    values, missing = library.numbers(column, schema.wide)
    if schema.wide == "float64":
        check_finite(name, values)
    return schema, schema.column(name, values, missing)


def adopt_column(name, schema, native):
    """Return the column of new rows as one of training rows of the schema."""
    own, column = _read(name, native)
    missing, values = column.missing, column.values
    if schema.content == "category":
        if column.content != "category":
            library, _, objects = native
            codes, found, _ = factorize(name, library.objects(objects))
            column = column._replace(values=codes, categories=found)
        return recode_column(schema, column._replace(name=name))
    if schema.written is not None and (own.written or column.content == "category"):
        codes, texts, _ = factorize(name, native[0].objects(native[2]))
        numbers = schema.written.numbers([*map(str, texts)])
        return read_written(name, schema, codes, numbers)
    if missing.all():
        return schema.column(name, np.zeros(len(missing), schema.wide), missing)
    if isinstance(schema.written, DateNumbers) and own.family == "number":
        return adopt_dates(schema, _without_nan(schema, column))
    if own.content == "category" or own.family != schema.family:
        rule = f"convert to the {schema.dtype} of the training rows"
        raise column_error(name, rule, own.dtype)
    values = _convert(values, schema.per / own.per)
    if schema.content == "boolean":
        odd = values[(values != 0) & (values != 1)]
        if len(odd):
            raise column_error(name, "hold booleans as the training rows do", odd[0])
        values = values.astype(np.int64)
    return _without_nan(schema, schema.column(name, values, missing))


def convert_values(name, schema, values):
    """Return some values that a user wrote as a column of training rows of the schema.

    Text in ISO 8601 stands for a date or time, unless the column's own format reads it.

    Parameters
    ----------
    name : object
        The column's name, for messages.
    schema : ColumnSchema
        That of the training rows.
    values : list
        Objects, of one class.

    Raises
    ------
    ValueError
        If they do not convert.
    """
    if schema.content == "number":
        values = [_as_number(name, schema, value) for value in values]
    objects = np.fromiter(values, object, len(values))
    column = adopt_column(name, schema, (Arrays, objects.dtype, objects))
    if schema.wide != "float64":
        return column  # fractions beside whole numbers, too
    with np.errstate(over="ignore"):  # 0.1 stands for that of narrower floats
        narrow = column.values.astype(schema.stored)
    return column._replace(values=narrow.astype(schema.wide))


def recode_column(schema, column):
    """Return a column of categories by codes of the schema's, -1 where it has others.

    ``schema`` has kept categories, ``column`` its own.
    """
    categories = schema.kept_categories(column.name)
    kept = [(value, code) for code, value in enumerate(categories) if value is not None]
    by_type = len({value for value, _ in kept}) < len(kept)  # 1, True and 1.0
    code_of = {(by_type and type(value), value): code for value, code in kept}
    codes = [code_of.get((by_type and type(v), v), -1) for v in column.categories]
    values = np.array([*codes, -1])[np.where(column.missing, -1, column.values)]
    return schema.column(column.name, values, column.missing, categories)


def _as_number(name, schema, value):
    """Return an object that is no boolean, and no text but of dates and times.

    Text in the format that a column is written in stays. A float stands for the decimal
    that it prints as, where a column holds decimals.
    """
    is_text, written = isinstance(value, str), schema.written
    if is_text and written is not None and written.numbers([value]) != [None]:
        return value
    if is_text and schema.family.startswith("date"):
        return datetime.fromisoformat(value)
    if is_text and schema.family == "time":
        return time.fromisoformat(value)
    if isinstance(value, str | bool | np.bool_):
        raise column_error(name, "hold numbers", repr(value))
    has_decimals = schema.family == "number" and schema.per > 1
    if has_decimals and isinstance(value, float | np.floating) and np.isfinite(value):
        return Decimal(str(value))
    return value


def _convert(values, factor):
    """Return values in another unit, exact where whole numbers stay whole."""
    if factor == 1:
        return values
    up, down = factor.numerator, factor.denominator
    floats = values * (up / down)
    is_whole = values.dtype.kind in "iu" and np.abs(floats).max() * down < 2**63
    if is_whole and not (values * up % down).any():
        return values * up // down
    return floats
