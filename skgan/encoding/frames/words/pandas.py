"""Words for the dtypes, indices and scalars of pandas."""

import re

from skgan.storage import Value

from .. import namespaces
from .base import is_of, of_library, one_of_them

_pandas = namespaces.pandas
MASKED = ("Boolean", "Float32", "Float64")
MASKED += tuple(f"{own}{bits}" for own in ("Int", "UInt") for bits in (8, 16, 32, 64))
MASKED = tuple(f"{own}Dtype" for own in MASKED)
CLASSES = "Timestamp", "Timedelta", "Period"
STORAGES, UNITS = ("python", "pyarrow"), ("s", "ms", "us", "ns")
SIDES = "left", "right", "both", "neither"
FREQUENCY = re.compile(r"\d{0,4}[A-Za-z]{1,4}(?:-[A-Z]{3})?")
INDICES = "Index", "CategoricalIndex", "DatetimeIndex", "IntervalIndex", "PeriodIndex"
INDICES += ("TimedeltaIndex",)


def _unpack_class(name):
    """Return a class of objects that stand for numbers."""
    return {own: getattr(_pandas(), own) for own in CLASSES}[name]


def _unpack_masked(name):
    """Return the dtype of numbers or booleans beside missing values."""
    return {own: getattr(_pandas(), own) for own in MASKED}[name]()


def _unpack_string(plain):
    """Return the dtype of text."""
    storage, null = plain
    return _pandas().StringDtype(one_of_them(storage, STORAGES), null)


def _unpack_zoned(plain):
    """Return the dtype of times in a zone."""
    unit, zone = plain
    return _pandas().DatetimeTZDtype(one_of_them(unit, UNITS), zone)


def checked_frequency(name):
    """Return the name of a frequency of periods, and refuse any other."""
    if type(name) is not str or not FREQUENCY.fullmatch(name):
        raise ValueError(f"{name!r:.40} is no frequency")
    return name


def _unpack_interval_dtype(plain):
    """Return the dtype of intervals."""
    own, closed = plain
    return _pandas().IntervalDtype(own, one_of_them(closed, SIDES))


def _unpack_index(plain):
    """Return an index of some labels."""
    labels, dtype, name = plain
    return _pandas().Index(labels, dtype=dtype, name=name)


def _unpack_timestamp(plain):
    """Return a time, in a zone where it had one."""
    instant, zone = plain
    own = _pandas().Timestamp(instant)
    return own if zone is None else own.tz_localize("UTC").tz_convert(zone)


def _unpack_period(plain):
    """Return a period."""
    ordinal, name = plain
    return _pandas().Period(ordinal=ordinal, freq=checked_frequency(name))


def _unpack_interval(plain):
    """Return an interval."""
    left, right, closed = plain
    return _pandas().Interval(left, right, one_of_them(closed, SIDES))


def _of_pandas(name, pack, unpack):
    """Return the word for values of a class of pandas."""
    return of_library("pandas", name, pack, unpack)


pandas_class = Value(
    "pandas_class",
    lambda value: isinstance(value, type) and is_of(value, "pandas", *CLASSES),
    lambda value: value.__name__,
    _unpack_class,
)
DTYPES = (
    Value(
        "pandas_masked",
        lambda value: is_of(type(value), "pandas", *MASKED),
        lambda value: type(value).__name__,
        _unpack_masked,
    ),
    _of_pandas("StringDtype", lambda own: [own.storage, own.na_value], _unpack_string),
    _of_pandas(
        "CategoricalDtype",
        lambda own: [own.categories, bool(own.ordered)],
        lambda plain: _pandas().CategoricalDtype(*plain),
    ),
    _of_pandas("DatetimeTZDtype", lambda own: [own.unit, own.tz], _unpack_zoned),
    _of_pandas(
        "PeriodDtype",
        lambda own: own.name[len("period[") : -1],
        lambda name: _pandas().PeriodDtype(checked_frequency(name)),
    ),
    _of_pandas(
        "IntervalDtype", lambda own: [own.subtype, own.closed], _unpack_interval_dtype
    ),
    _of_pandas(
        "ArrowDtype",
        lambda own: own.pyarrow_dtype,
        lambda own: _pandas().ArrowDtype(own),
    ),
)
SCALARS = (
    _of_pandas("NAType", lambda own: None, lambda plain: _pandas().NA),
    _of_pandas("NaTType", lambda own: None, lambda plain: _pandas().NaT),
    _of_pandas("Timestamp", lambda own: [own.asm8, own.tz], _unpack_timestamp),
    _of_pandas(
        "Timedelta",
        lambda own: own.asm8,
        lambda span: _pandas().Timedelta(span),
    ),
    _of_pandas("Period", lambda own: [own.ordinal, own.freqstr], _unpack_period),
    _of_pandas(
        "Interval", lambda own: [own.left, own.right, own.closed], _unpack_interval
    ),
)
PANDAS_VALUES = (
    *DTYPES,
    *SCALARS,
    _of_pandas(
        "RangeIndex",
        lambda own: [own.start, own.stop, own.step, own.name],
        lambda plain: _pandas().RangeIndex(*plain[:3], name=plain[3]),
    ),
    _of_pandas(
        "MultiIndex",
        lambda own: [own.tolist(), list(own.names)],
        lambda plain: _pandas().MultiIndex.from_tuples(plain[0], names=plain[1]),
    ),
    Value(
        "pandas_index",
        lambda value: is_of(type(value), "pandas", *INDICES),
        lambda own: [own.tolist(), own.dtype, own.name],
        _unpack_index,
    ),
)
