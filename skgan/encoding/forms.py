"""What columns came as: their dtypes, units and objects.

Columns of numbers, booleans and times are read by their physical values, categorical
dtypes by their codes, all others by their objects.
"""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import NoneType
from typing import NamedTuple

import narwhals as nw
import numpy as np

from .libraries import Arrow, bits_error, column_error

# Units of a second
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9, "D": Fraction(1, 86_400)}
FAMILIES = {"datetime": "date", "timedelta": "duration"}
EPOCH = date(1970, 1, 1).toordinal()


class Column(NamedTuple):
    """One column of a table as numbers.

    ``values`` ``(n,)`` are 0 where ``missing``. Numbers are float64, or whole: int64 or
    uint64, in the column's own unit (days, ns, 10^-scale). Booleans are 0 and 1,
    categories are codes: i stands for ``categories[i]``. Declared categories belong to
    the dtype (pandas' Categorical, polars' Enum), others come from the rows.
    """

    name: object
    kind: str  # "number", "boolean" or "category"
    values: np.ndarray
    missing: np.ndarray
    categories: tuple | None
    ordered: bool
    declared: bool
    is_text: bool
    is_whole: bool


class Form(NamedTuple):
    """What a column came as. Nothing in it is the value of a row."""

    library: type
    dtype: object  # the library's
    kind: str = "category"
    wide: str = "int64"  # the dtype of the numbers
    low: float = 0  # the least and the greatest of them that the dtype holds
    high: float = 1
    family: str = "number"  # values convert within a family ...
    per: Fraction = Fraction(1)  # ... by how many units are one of its own
    python: type | None = None  # the class of the objects that stand for the numbers
    null: object = None  # the object that stands for a missing value
    is_coded: bool = False  # the dtype itself has codes and categories
    categories: tuple | None = None  # those of the dtype, or kept for the caller
    ordered: bool = False
    declared: bool = False
    is_text: bool = False

    def column(self, name, values, missing, categories=None):
        """The column that values make."""
        values = np.where(missing, 0, values)  # a copy: X is the user's
        is_whole = self.kind == "number" and self.wide != "float64"
        flags = self.ordered, self.declared, self.is_text, is_whole
        return Column(name, self.kind, values, missing, categories, *flags)

    def build(self, name, values, missing):
        """The library's column of numbers, codes or objects."""
        values = np.asarray(values)
        missing = np.zeros(len(values), bool) if missing is None else missing
        if self.kind == "category":
            return self._build_categories(name, values, missing)
        values = self._settle(np.where(missing, 0, values))
        if self.python is None:
            return self.library.from_numbers(values, missing, self)
        distinct, codes = np.unique(values, return_inverse=True)
        objects = map(self._object, distinct.tolist())
        objects = self._pick(objects, np.where(missing, -1, codes))
        return self.library.from_objects(objects, self.dtype)

    def _build_categories(self, name, values, missing):
        if values.dtype.kind in "OU":
            objects = values.astype(object)  # a copy
            objects[missing] = self.null
            return self.library.from_objects(objects, self.dtype)
        codes = np.where(missing, -1, values)
        categories = self.kept_categories(name)
        if self.is_coded:
            return self.library.from_codes(codes, categories, self.dtype)
        return self.library.from_objects(self._pick(categories, codes), self.dtype)

    def kept_categories(self, name):
        """The categories that codes stand for."""
        if self.categories is None:
            raise column_error(
                name, "have its categories kept by TableForm.keep", "none"
            )
        return self.categories

    def _settle(self, values):
        """Values that the dtype holds: clipped, and whole where it is."""
        if self.wide == "float64":
            return values.astype(np.float64).clip(self.low, self.high)
        if values.dtype.kind == "f":
            high = float(self.high)
            if high > self.high:  # float(2**63 - 1) is 2**63
                high = np.nextafter(high, 0)
            values = np.rint(values).clip(float(self.low), high).astype(self.wide)
        info = np.iinfo(values.dtype)
        values = values.clip(max(self.low, info.min), min(self.high, info.max))
        return values.astype(self.wide)

    def _pick(self, objects, codes):
        """Objects by code, -1 is the last: null."""
        objects = [*objects, self.null]
        return np.fromiter(objects, object, len(objects))[codes]

    def _object(self, number):
        if self.python is Decimal:
            return number * (1 / Decimal(int(self.per)))
        if self.python is date:
            return date.fromordinal(number + EPOCH)
        return self.python(number)


def _unsupported(name, got):
    if "complex" in got:
        return ValueError(f"Complex data not supported in column {name!r}, got {got}.")
    rule = "hold numbers, booleans, dates, times, text or categories"
    return column_error(name, rule, got)


def check_finite(name, values):
    """Refuse infinite values, naming the column."""
    infinite = np.isinf(values)
    if infinite.any():
        raise column_error(name, "hold finite numbers", values[infinite][0])


def form_of(name, library, dtype, column):
    """The form that a dtype tells; of text or objects a first guess."""
    own = column.type if library is Arrow else column.dtype
    words = dtype.name if isinstance(dtype, np.dtype) else str(dtype)
    words = str(own) if dtype == nw.Unknown else words
    word, bits = re.match(r"([a-z]+)(\d*)", words.lower()).groups()
    form = Form(library, own)
    if word in ("bool", "boolean"):
        return form._replace(kind="boolean")
    if word in ("int", "uint", "float"):
        return _number_form(form, f"{word}{min(int(bits), 64)}")
    if word == "decimal":
        high = min(10**own.precision, 2**63) - 1
        per = Fraction(10) ** own.scale
        form = form._replace(kind="number", low=-high, high=high)
        return form._replace(per=per, python=Decimal)
    if word in ("categorical", "enum"):
        # Of polars' two only the Enum is, pyarrow's dictionaries declare nothing
        is_coded = word == "enum" or hasattr(own, "ordered")
        ordered = getattr(own, "ordered", is_coded)
        declared = is_coded and hasattr(own, "categories")
        return form._replace(is_coded=is_coded, ordered=ordered, declared=declared)
    if word in ("str", "string", "object", "period", "interval"):
        return form._replace(is_text=True)
    if word in ("date", "datetime", "timedelta", "duration", "time"):
        return _time_form(form, word, dtype, name)
    if word == "null":
        return form
    raise _unsupported(name, f"dtype {own}")


def _number_form(form, dtype):
    if dtype.startswith("float"):
        high = float(np.finfo(dtype).max)
        return form._replace(kind="number", wide="float64", low=-high, high=high)
    info = np.iinfo(dtype)
    wide = "uint64" if dtype == "uint64" else "int64"
    return form._replace(
        kind="number", wide=wide, low=int(info.min), high=int(info.max)
    )


def _time_form(form, word, dtype, name):
    unit = getattr(dtype, "time_unit", None) or getattr(form.dtype, "unit", "ns")
    if word == "date":
        unit = "D"
    elif isinstance(form.dtype, np.dtype):
        unit = np.datetime_data(form.dtype)[0]
    if unit not in UNITS:
        raise _unsupported(name, f"dtype {form.dtype}")
    per = Fraction(UNITS[unit])
    family = FAMILIES.get(word, word)
    if getattr(dtype, "time_zone", None):
        family = f"{family} with time zone"
    high = 2**31 - 1 if word == "date" else 2**63 - 1
    low, high = (0, 86_400 * per - 1) if word == "time" else (-high, high)
    form = form._replace(kind="number", low=int(low), high=int(high))
    return form._replace(family=family, per=per)


def read_objects(name, form, objects):
    """The form and the column of objects, numbers where they stand for some."""
    codes, categories, null = factorise(name, objects)
    form, numbers = _numbers_of(name, form._replace(null=null), categories)
    if numbers is None:
        return form, form.column(name, codes, codes < 0, tuple(categories))
    values = np.append(numbers, np.zeros(1, numbers.dtype))[codes]
    return form, form.column(name, values, codes < 0)


def factorise(name, objects):
    """Codes, -1 where missing; the distinct objects in order; one that is missing."""
    objects = objects.tolist()
    types = set(map(type, objects))
    odd = [t for t in types if issubclass(t, (bytes, complex, np.complexfloating))]
    if odd:
        raise _unsupported(name, f"an object of type {odd[0].__name__}")
    # Text equals no other type; 1, True and 1.0 are one key without their types
    by_type = len(types) > 1 and not types <= {str, float, NoneType}
    keys = list(zip(map(type, objects), objects, strict=True)) if by_type else objects
    try:
        distinct = dict.fromkeys(keys)
    except TypeError as error:
        raise column_error(
            name, "hold hashable values", _unhashable(objects)
        ) from error
    distinct = {key: key[1] if by_type else key for key in distinct}
    null = next(filter(_is_missing, distinct.values()), None)
    found = [(key, value) for key, value in distinct.items() if not _is_missing(value)]
    try:
        found.sort(key=lambda pair: (type(pair[1]).__name__, pair[1]))
    except TypeError:  # no order, so that of the rows
        pass
    code_of = dict.fromkeys(distinct, -1)
    code_of |= {key: code for code, (key, _) in enumerate(found)}
    codes = np.fromiter(map(code_of.__getitem__, keys), np.int64, len(keys))
    return codes, [value for _, value in found], null


def _is_missing(value):
    # Not by pandas, which need not be there
    if type(value) is str:
        return False
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def _unhashable(objects):
    for value in objects:
        try:
            hash(value)
        except TypeError:
            return f"a {type(value).__name__}"


def _numbers_of(name, form, objects):
    """The form of objects that stand for numbers, and these; None for all others."""
    types = set(map(type, objects))
    if form.python is Decimal or types == {Decimal}:
        return _decimals_of(name, form, objects)
    if types and types <= {bool, np.bool_}:
        form = form._replace(kind="boolean", python=bool, is_text=False)
        return form, np.array(objects, dtype=np.int64)
    if types != {date} and not (types and all(map(_is_numeric, types))):
        return form, None
    form = form._replace(kind="number", is_text=False)
    if types == {date}:
        low, high = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH
        form = form._replace(family="date", per=UNITS["D"], python=date)
        days = [day.toordinal() - EPOCH for day in objects]
        return form._replace(low=low, high=high), np.array(days)
    if all(issubclass(t, int | np.integer) for t in types):
        numbers = _whole(name, [*map(int, objects)])
        return _number_form(form, numbers.dtype.name)._replace(python=int), numbers
    try:
        numbers = np.array(objects, dtype=np.float64)
    except OverflowError as error:
        raise column_error(
            name, "hold finite numbers", "an int beyond float64"
        ) from error
    check_finite(name, numbers)
    return _number_form(form, "float64")._replace(python=float), numbers


def _decimals_of(name, form, objects):
    if not all(map(Decimal.is_finite, objects)):
        raise column_error(name, "hold finite numbers", max(objects, key=abs))
    if form.python is None:
        exponents = [value.as_tuple().exponent for value in objects]
        form = _number_form(form, "int64")._replace(is_text=False, python=Decimal)
        form = form._replace(per=Fraction(10) ** max(0, *(-e for e in exponents)))
    whole = [int(Fraction(value) * form.per) for value in objects]
    return form, _whole(name, whole)


def _whole(name, numbers):
    """Whole numbers of any size as int64, or uint64 where they need it."""
    dtype = np.uint64 if max(numbers, default=0) >= 2**63 else np.int64
    try:
        return np.array(numbers, dtype=dtype)
    except OverflowError as error:
        raise bits_error(name, numbers) from error


def _is_numeric(dtype):
    # Neither subclasses, as enumerations are, nor bools and numbers at once
    return dtype in (int, float) or issubclass(dtype, np.integer | np.floating)
