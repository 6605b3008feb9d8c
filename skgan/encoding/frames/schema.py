"""The schema of a column: its dtype, unit and objects, and how a new one leaves.

Columns of numbers, booleans and times are read by their physical values, categorical
dtypes by their codes, all others by their objects.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import narwhals as nw
import numpy as np

from skgan.storage import fields, stored
from skgan.storage.fields import flag, text

from .calendars import DateFormat
from .clocks import Clock, known_zone
from .date_numbers import DateNumbers
from .errors import column_error, unsupported_error
from .libraries import LIBRARIES, Arrow
from .rounding import Grid
from .times import FAMILIES, UNITS, time_object
from .written import NumberFormat


class Column(NamedTuple):
    """One column of a table as numbers.

    ``values`` ``(n,)`` are 0 where ``missing``. Numbers are float64, or whole: int64 or
    uint64, in the column's own unit (days, ns, 10^-scale). Booleans are 0 and 1,
    categories are codes: i stands for ``categories[i]``. NaN is a missing value, unless
    a column has others besides. Declared categories belong to
    the dtype (pandas' Categorical, polars' Enum), others come from the rows. Times in a
    zone are those of UTC; ``clock`` knows what its clocks show.
    """

    name: object
    content: str  # "number", "boolean" or "category"
    values: np.ndarray
    missing: np.ndarray
    categories: tuple | None
    ordered: bool
    declared: bool
    is_text: bool
    is_whole: bool
    is_number: bool = False  # and no date, time or duration
    clock: Clock | None = None
    has_decimals: bool = False

    def take(self, rows):
        """Return some rows of the column."""
        return self._replace(values=self.values[rows], missing=self.missing[rows])


STORED = "bool", *(f"{own}int{8 * 2**i}" for own in ("", "u") for i in range(4))
STORED += tuple(f"float{bits}" for bits in (16, 32, 64, 128))


@stored(
    "column_schema/1",
    library=fields.one_of(*LIBRARIES),
    dtype=fields.anything,
    content=fields.one_of("number", "boolean", "category"),
    wide=fields.one_of("int64", "uint64", "float64"),
    stored=fields.one_of(*STORED),
    low=fields.number(),
    high=fields.number(),
    family=text,
    per=fields.instance(Fraction),
    python=fields.optional(fields.instance(type)),
    calendar=fields.anything,
    zone=fields.optional(text),
    written=fields.optional(fields.instance(DateFormat, DateNumbers, NumberFormat)),
    null=fields.anything,
    is_coded=flag,
    categories=fields.optional(fields.many(fields.anything, tuple)),
    ordered=flag,
    declared=flag,
    is_text=flag,
    grid=fields.instance(Grid),
    keeps_nan=flag,
)
class ColumnSchema(NamedTuple):
    """What a column came as. Nothing in it is the value of a row.

    ``grid`` is that to which ``from_rows`` rounds.
    """

    library: type
    dtype: object  # the library's
    content: str = "category"
    wide: str = "int64"  # the dtype of the numbers
    stored: str = "int64"  # and the one that the table holds them in
    low: float = 0  # the least and the greatest of them that the dtype holds
    high: float = 1
    family: str = "number"  # values convert within a family ...
    per: Fraction = Fraction(1)  # ... by how many units are one of its own
    python: type | None = None  # the class of the objects that stand for the numbers
    calendar: object = None  # their time zone, frequency or unit
    zone: str | None = None  # whose clocks show other times than those of UTC
    written: object = None  # the format of text that stands for the numbers
    null: object = None  # the object that stands for a missing value
    is_coded: bool = False  # the dtype itself has codes and categories
    categories: tuple | None = None  # those of the dtype, or kept for the caller
    ordered: bool = False
    declared: bool = False
    is_text: bool = False
    grid: Grid = Grid()
    keeps_nan: bool = False  # beside missing values

    def check_stored(self):
        """Check what can be checked without the table."""
        fields.require(self.low <= self.high, "low is not beyond high")
        fields.require(1e-12 < self.per < 2**64, "units are some")
        fields.require(not self.zone or known_zone(self.zone), "its zone is known")
        hash((self.null, self.categories))  # they are looked up

    def column(self, name, values, missing, categories=None):
        """Make the ``Column`` of values that were read by this schema."""
        values = np.where(missing, 0, values)  # a copy: X is the user's
        is_whole = self.content == "number" and self.wide != "float64"
        is_number = self.content == "number" and self.family == "number"
        flags = self.ordered, self.declared, self.is_text, is_whole, is_number
        clock = Clock(self.zone, self.per) if self.zone else None
        flags = *flags, clock, self.per > 1
        return Column(name, self.content, values, missing, categories, *flags)

    def build(self, name, values, missing):
        """Make the library's column of numbers, codes or objects."""
        values = np.asarray(values)
        if missing is None:
            missing = np.zeros(len(values), bool)
        elif self.content != "category":
            values = np.where(missing, 0, values)
        if self.content == "category":
            return self._build_categories(name, values, missing)
        values = self._clip(values)
        if isinstance(self.written, DateNumbers):
            values = self.written.written(values)
        elif self.written is not None:
            return self._build_objects(values, missing, self.written.text)
        if self.python is None:
            return self.library.from_numbers(values, missing, self)
        return self._build_objects(values, missing, self._object)

    def _build_objects(self, values, missing, make):
        """Make the library's column of the objects that stand for numbers."""
        distinct, codes = np.unique(values, return_inverse=True)
        objects = map(make, distinct.tolist())
        objects = self._pick(objects, np.where(missing, -1, codes))
        return self.library.from_objects(objects, self.dtype)

    def _build_categories(self, name, values, missing):
        """Make the library's column of categories, of codes or objects."""
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
        """Return the categories that codes stand for.

        Raises
        ------
        ValueError
            If nobody has said which of them may be kept.
        """
        if self.categories is None:
            raise column_error(
                name, "have its categories kept by TableSchema.keep", "none"
            )
        return self.categories

    def from_rows(self, values):
        """Round float64 values to the column's grid, in its own unit.

        ``values`` are of a numeric array or data frame. ``build`` takes what returns.
        """
        if self.content == "boolean":
            return (values >= 0.5).astype(np.int64)
        values = self.grid.snap(values)
        return values * float(self.per) if self.python is Decimal else values

    def to_rows(self, values):
        """Return float64 values as they come back from the column they are built to."""
        values = self._clip(self.from_rows(values)).astype(self.stored)
        values = values.astype(np.float64)
        return values / float(self.per) if self.python is Decimal else values

    def held(self, values):
        """Return values of a new column as they are read from the table it is in.

        Codes of categories stay as they are.
        """
        if self.content == "category":
            return values
        return self._clip(values).astype(self.stored).astype(self.wide)

    def cast(self, values):
        """Return float64 values as numpy's array of the column's dtype."""
        return self._clip(self.from_rows(values)).astype(self.dtype)

    def _clip(self, values):
        """Return values that the dtype holds: clipped, and whole where it is."""
        if self.wide == "float64":
            return values.astype(np.float64, copy=False).clip(self.low, self.high)
        if values.dtype.kind == "f":
            high = float(self.high)
            if high > self.high:  # float(2**63 - 1) is 2**63
                high = np.nextafter(high, 0)
            values = np.rint(values).clip(float(self.low), high).astype(self.wide)
            if float(self.low) == self.low:
                return values
        info = np.iinfo(values.dtype)
        values = values.clip(max(self.low, info.min), min(self.high, info.max))
        return values.astype(self.wide)

    def _pick(self, objects, codes):
        """Return objects by their codes, of which -1 is null."""
        objects = [*objects, self.null]
        return np.fromiter(objects, object, len(objects))[codes]

    def _object(self, number):
        """Return the object that stands for a number."""
        if self.python is Decimal:
            return number * (1 / Decimal(int(self.per)))
        if self.family == "number" or self.python is int:  # of dates, too
            return self.python(number)
        return time_object(number, self.python, self.per, self.calendar)


def schema_of(name, library, dtype, column):
    """Return the schema that a dtype tells; of text or objects a first guess.

    Parameters
    ----------
    name : object
        The column's name, for messages.
    library : type
        One of those of ``libraries``.
    dtype : object
        The dtype as narwhals or numpy has it.
    column : object
        The library's column.

    Raises
    ------
    ValueError
        If no table may have such a column.
    """
    own = column.type if library is Arrow else column.dtype
    words = dtype.name if isinstance(dtype, np.dtype) else str(dtype)
    words = str(own) if dtype == nw.Unknown else words
    words = own.name if isinstance(own, np.dtype) else words  # whatever its byte order
    word, bits = re.match(r"([a-z]+)(\d*)", words.lower()).groups()
    schema = ColumnSchema(library, own)
    if word in ("bool", "boolean"):
        return schema._replace(content="boolean", stored="bool")
    if word in ("int", "uint", "float"):
        return number_schema(schema, f"{word}{min(int(bits), 64)}")
    if word == "decimal":
        high = min(10**own.precision, 2**63) - 1
        per = Fraction(10) ** own.scale
        schema = schema._replace(content="number", low=-high, high=high)
        return schema._replace(per=per, python=Decimal)
    if word in ("categorical", "enum"):
        # Of polars' two only the Enum is, pyarrow's dictionaries declare nothing
        is_coded = word == "enum" or hasattr(own, "ordered")
        ordered = getattr(own, "ordered", is_coded)
        declared = is_coded and hasattr(own, "categories")
        return schema._replace(is_coded=is_coded, ordered=ordered, declared=declared)
    if word in ("str", "string", "object"):
        return schema._replace(is_text=True)
    if word == "interval":
        return schema
    if word == "period":
        family = f"period {own.freq.freqstr}"
        return number_schema(schema, "int64")._replace(family=family)
    if word in ("date", "datetime", "timedelta", "duration", "time"):
        return _time_schema(schema, word, dtype, name)
    if word == "null":
        return schema
    raise unsupported_error(name, f"dtype {own}")


def number_schema(schema, dtype):
    """Return the schema with the range of a numeric dtype, given by its name."""
    if dtype.startswith("float"):
        high = float(np.finfo(dtype).max)
        schema = schema._replace(content="number", wide="float64", stored=dtype)
        return schema._replace(low=-high, high=high)
    info = np.iinfo(dtype)
    wide = "uint64" if dtype == "uint64" else "int64"
    schema = schema._replace(content="number", wide=wide, stored=dtype)
    return schema._replace(low=int(info.min), high=int(info.max))


def _time_schema(schema, word, dtype, name):
    """Return the schema of dates, times and durations, in the dtype's own unit."""
    unit = getattr(dtype, "time_unit", None) or getattr(schema.dtype, "unit", "ns")
    if word == "date":
        unit = "D"
    elif isinstance(schema.dtype, np.dtype):
        unit = np.datetime_data(schema.dtype)[0]
    if unit not in UNITS:
        raise unsupported_error(name, f"dtype {schema.dtype}")
    per = UNITS[unit]
    family = FAMILIES.get(word, word)
    # Of the library's dtype: narwhals finds no zone in "America/Sao_Paulo"
    zones = (getattr(schema.dtype, name, None) for name in ("tz", "time_zone"))
    zone = next(filter(None, zones), None)
    family = f"{family} with time zone" if zone else family
    high = 2**31 - 1 if word == "date" else 2**63 - 1
    low, high = (0, 86_400 * per - 1) if word == "time" else (-high, high)
    schema = schema._replace(content="number", low=int(low), high=int(high))
    return schema._replace(family=family, per=per, zone=zone and known_zone(str(zone)))
