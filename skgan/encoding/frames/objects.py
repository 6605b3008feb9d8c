"""Columns of objects: categories, or the numbers that they stand for."""

from decimal import Decimal
from fractions import Fraction
from types import NoneType

import numpy as np

from skgan.privacy import MIN_ROWS

from .errors import bits_error, check_finite, column_error, unsupported_error
from .schema import number_schema
from .texts import find_beside_code, find_format
from .times import read_times


def read_objects(name, schema, objects):
    """Return the schema and the column of objects, numbers where they are some."""
    codes, categories, null = factorize(name, objects)
    schema = schema._replace(null=null)
    if schema.is_text and all(isinstance(value, str) for value in categories):
        return _read_texts(name, schema, codes, categories)
    schema, numbers = _numbers_of(name, schema, categories)
    if numbers is None:
        schema = schema._replace(is_text=False)
        return schema, schema.column(name, codes, codes < 0, tuple(categories))
    values = np.append(numbers, np.zeros(1, numbers.dtype))[codes]
    return schema, schema.column(name, values, codes < 0)


def _read_texts(name, schema, codes, texts):
    """Return the schema and column of texts, numbers where nearly all write some."""
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    written = find_format(texts, counts)
    if (written is None or written.is_plain) and len(texts) and (codes >= 0).all():
        written = find_beside_code(texts, counts) or written
    if written is None:
        return schema, schema.column(name, codes, codes < 0, tuple(texts))
    numbers = written.numbers(texts)
    low, high = written.limits
    schema = schema._replace(written=written, family=written.family, per=written.per)
    schema = schema._replace(content="number", is_text=False, low=low, high=high)
    odd = np.array([number is None for number in numbers])
    if odd.any() and (codes >= 0).all():  # what stands for a missing value
        often = int(np.argmax(odd * counts))
        is_shared = MIN_ROWS.allows(counts[often])
        schema = schema._replace(null=texts[often] if is_shared else schema.null)
    return schema, read_written(name, schema, codes, numbers)


def read_written(name, schema, codes, numbers):
    """Return the column of texts that write numbers; None is a missing one.

    ``codes`` are those of texts, -1 where there is none.
    """
    missing = np.array([*(number is None for number in numbers), True])[codes]
    numbers = [0 if number is None else number for number in numbers]
    return schema.column(name, np.array([*numbers, 0], dtype=np.int64)[codes], missing)


def factorize(name, objects):
    """Return codes, -1 where missing, the distinct objects in order, a missing one."""
    keys, distinct = distinct_objects(name, objects)
    null = next(filter(is_missing, distinct.values()), None)
    found = [(key, value) for key, value in distinct.items() if not is_missing(value)]
    try:
        found.sort(key=lambda pair: (type(pair[1]).__name__, pair[1]))
    except TypeError:  # no order, so that of the rows
        pass
    code_of = dict.fromkeys(distinct, -1)
    code_of |= {key: code for code, (key, _) in enumerate(found)}
    codes = np.fromiter(map(code_of.__getitem__, keys), np.int64, len(keys))
    return codes, [value for _, value in found], null


def distinct_objects(name, objects):
    """Return the keys of objects, equal where these are, and an object of each key.

    Raises
    ------
    ValueError
        If objects of their types cannot be categories.
    """
    objects = objects.tolist()
    types = set(map(type, objects))
    odd = [t for t in types if issubclass(t, (bytes, complex, np.complexfloating))]
    if odd:
        raise unsupported_error(name, f"an object of type {odd[0].__name__}")
    # Text equals no other type; 1, True and 1.0 are one key without their types
    by_type = len(types) > 1 and not types <= {str, float, NoneType}
    keys = list(zip(map(type, objects), objects, strict=True)) if by_type else objects
    try:
        distinct = dict.fromkeys(keys)
    except TypeError as error:
        raise column_error(
            name, "hold hashable values", _unhashable(objects)
        ) from error
    return keys, {key: key[1] if by_type else key for key in distinct}


def is_missing(value):
    """Whether an object stands for a missing value."""
    # Not by pandas, which need not be there
    if type(value) is str:
        return False
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def _unhashable(objects):
    """Name the type of the first object that has no hash."""
    for value in objects:
        try:
            hash(value)
        except TypeError:
            return f"a {type(value).__name__}"


def _numbers_of(name, schema, objects):
    """Return the schema of objects that are numbers, and these; None for others."""
    types = set(map(type, objects))
    if schema.python is Decimal or types == {Decimal}:
        return _decimals_of(name, schema, objects)
    if types and types <= {bool, np.bool_}:
        schema = schema._replace(content="boolean", python=bool, is_text=False)
        return schema, np.array(objects, dtype=np.int64)
    times = read_times(schema, objects)
    if times:
        return times[0], _whole(name, times[1])
    if not types or not all(map(_is_numeric, types)):
        return schema, None
    schema = schema._replace(content="number", is_text=False)
    if all(issubclass(t, int | np.integer) for t in types):
        numbers = _whole(name, [*map(int, objects)])
        return number_schema(schema, numbers.dtype.name)._replace(python=int), numbers
    try:
        numbers = np.array(objects, dtype=np.float64)
    except OverflowError as error:
        raise column_error(
            name, "hold finite numbers", "an int beyond float64"
        ) from error
    check_finite(name, numbers)
    return number_schema(schema, "float64")._replace(python=float), numbers


def _decimals_of(name, schema, objects):
    """Return the schema of decimals, and these in units of the finest of them."""
    if not all(map(Decimal.is_finite, objects)):
        raise column_error(name, "hold finite numbers", max(objects, key=abs))
    if schema.python is None:
        exponents = [value.as_tuple().exponent for value in objects]
        schema = number_schema(schema, "int64")._replace(is_text=False, python=Decimal)
        schema = schema._replace(per=Fraction(10) ** max(0, *(-e for e in exponents)))
    whole = [int(Fraction(value) * schema.per) for value in objects]
    return schema, _whole(name, whole)


def _whole(name, numbers):
    """Return whole numbers of any size as int64, or uint64 where they need it."""
    dtype = np.uint64 if max(numbers, default=0) >= 2**63 else np.int64
    try:
        return np.array(numbers, dtype=dtype)
    except OverflowError as error:
        raise bits_error(name, numbers) from error


def _is_numeric(dtype):
    """Whether a type of objects is one of numbers."""
    # Neither subclasses, as enumerations are, nor bools and numbers at once
    if issubclass(dtype, np.timedelta64):
        return False
    return dtype in (int, float) or issubclass(dtype, np.integer | np.floating)
